import type { Fact, QueueEntry, Review } from '../facts.ts';
import type { Utterance } from '../utterance.ts';
import { replacingLead } from '../wording/replacing.ts';
import type { RecentPrompt } from './interpretation.ts';

interface RecentPromptsParts {
  reviews: () => readonly Review[];
  /** All unanswered prompts. */
  queue: () => readonly QueueEntry[];
}

/** Knows the newest spoken prompt of this run, and where it is. */
export class RecentPrompts {
  readonly #parts: RecentPromptsParts;
  #last: { utterance: Utterance; sentAt: number | null } | null = null;

  constructor(parts: RecentPromptsParts) {
    this.#parts = parts;
  }

  learn(fact: Fact): void {
    if (fact.type === 'heard') {
      const { source, transcript } = fact.utterance;
      const spoken = (source === 'hotkey' || source === 'reply') && transcript !== null;
      if (spoken) this.#last = { utterance: fact.utterance, sentAt: null };
    } else if (fact.type === 'accepted' || fact.type === 'ended') {
      const last = this.#last;
      if (last?.utterance.id !== fact.utterance.id) return;
      last.utterance = fact.utterance;
      if (fact.type === 'accepted') last.sentAt = performance.now();
    }
  }

  /** Null: there is none, or it is being edited, was cancelled or has failed. */
  get newest(): RecentPrompt | null {
    if (!this.#last) return null;
    const { utterance, sentAt } = this.#last;
    const { id, project } = utterance;
    const review = this.#parts.reviews().find((each) => each.id === id);
    const entry = this.#parts.queue().find((each) => each.id === id);
    const state = review ? reviewState(review) : entry ? queueState(entry) : endState(utterance);
    if (state === null) return null;
    const prompt = review?.prompt ?? entry?.prompt ?? utterance.prompt ?? '';
    return { id, project, prompt: prompt.slice(replacingLead(prompt)), state, sentAt };
  }
}

function reviewState({ state }: Review): 'held' | null {
  return state === 'editing' ? null : 'held';
}

function queueState({ state }: QueueEntry): 'queued' | 'sent' | null {
  if (state === 'uncertain') return null;
  return state === 'queued' ? 'queued' : 'sent';
}

function endState({ state }: Utterance): 'ended' | null {
  return state === 'answered' || state === 'interrupted' ? 'ended' : null;
}
