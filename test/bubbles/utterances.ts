import type { Utterance } from '../../src/utterance.ts';

/** An utterance that was heard; `more` says what else is known of it. */
export function utterance(more: Partial<Utterance> = {}): Utterance {
  return {
    id: 'u1',
    at: '2026-01-02T03:04:05.000Z',
    source: 'hotkey',
    project: 'backend',
    rule: null,
    transcript: 'What does the endpoint test do?',
    confidence: null,
    prompt: 'What does the endpoint test do?',
    changes: null,
    state: 'heard',
    answer: null,
    error: null,
    timings: {},
    ...more,
  };
}

/** An answer of so many short words; at least 5 characters each. */
export function longAnswer(words: number): string {
  return Array.from({ length: words }, (_, index) => `word${index}`).join(' ');
}
