import type { LoopbackModel } from '../../src/loopback/model.ts';
import type { Utterance } from '../../src/utterance.ts';

/** States of an utterance that has its fate. */
const ENDED: readonly string[] = ['answered', 'interrupted', 'failed', 'cancelled', 'empty'];

export interface Account {
  /** Prompts that were taken. */
  asked: number;
  /** How many ended in which state. */
  fates: Record<string, number>;
  /** Why those that failed did, by code. */
  failures: Record<string, number>;
  /** Taken, and neither ended nor the person asked about them. */
  lost: string[];
  /** In a conversation more than once. */
  twice: string[];
  /**
   * Asked of the model again: Codex was killed after it had asked and before it had written the prompt down, so that
   * its conversation never had it. What dies there has done nothing yet.
   */
  askedAgain: string[];
  /** Said to be answered, and in no conversation. */
  unheard: string[];
}

/** Holds what was asked, by a word of its own in each prompt, against what the model was sent and the journal says. */
export class Ledger {
  /** Prompts, and whether the daemon has said that it took them. */
  readonly #words = new Map<string, boolean>();
  #count = 0;

  /** A prompt that nobody else says. */
  prompt(): string {
    this.#count += 1;
    const word = `word${this.#count}x${Math.random().toString(36).slice(2, 8)}`;
    return `Please note ${word}.`;
  }

  /** The daemon is about to be given it, and may die before it says so: then it counts only when it is known. */
  perhaps(prompt: string): void {
    this.#words.set(prompt, false);
  }

  /** The daemon has taken it. */
  taken(prompt: string): void {
    this.#words.set(prompt, true);
  }

  get size(): number {
    return this.#words.size;
  }

  /** @param uncertain prompts of which the person is asked whether they were sent */
  settle(history: readonly Utterance[], model: LoopbackModel, uncertain: readonly string[]): Account {
    const counts = timesHeard(model);
    const asked = timesAsked(model);
    const fates: Record<string, number> = {};
    const account: Account = {
      asked: 0,
      fates,
      failures: {},
      lost: [],
      twice: [],
      askedAgain: [],
      unheard: [],
    };
    for (const [prompt, taken] of this.#words) {
      const records = history.filter((each) => each.prompt === prompt);
      if (!taken && records.length === 0) continue;
      account.asked += 1;
      const ended = records.filter(({ state }) => ENDED.includes(state));
      const fate = uncertain.includes(prompt) ? 'uncertain' : (ended[0]?.state ?? 'none');
      fates[fate] = (fates[fate] ?? 0) + 1;
      const code = fate === 'failed' ? ended[0]?.error?.code : undefined;
      if (code) account.failures[code] = (account.failures[code] ?? 0) + 1;
      const heard = counts.get(prompt) ?? 0;
      if (records.length !== 1 || fate === 'none') account.lost.push(prompt);
      if (heard > 1) account.twice.push(prompt);
      else if ((asked.get(prompt) ?? 0) > 1) account.askedAgain.push(prompt);
      if (fate === 'answered' && heard === 0) account.unheard.push(prompt);
    }
    return account;
  }
}

/** How often each prompt stands in one conversation that the model was sent, at most. */
function timesHeard(model: LoopbackModel): Map<string, number> {
  const most = new Map<string, number>();
  for (const { userTexts } of model.requests) {
    for (const [text, count] of counted(userTexts)) most.set(text, Math.max(most.get(text) ?? 0, count));
  }
  return most;
}

/** How often a turn was begun with each prompt. */
function timesAsked(model: LoopbackModel): Map<string, number> {
  const first = model.requests.filter(({ toolOutput }) => toolOutput === null);
  return counted(first.map(({ lastUserText }) => lastUserText));
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
