import type { Utterance } from '../../src/utterance.ts';

/** An utterance with the given fields; the rest is of one that has just begun. */
export function utterance(fields: Partial<Utterance> & { id: string }): Utterance {
  return {
    at: '2026-01-02T03:04:05.678Z',
    source: 'hotkey',
    project: 'backend',
    rule: null,
    transcript: null,
    confidence: null,
    prompt: null,
    changes: null,
    state: 'listening',
    answer: null,
    error: null,
    timings: {},
    ...fields,
  };
}
