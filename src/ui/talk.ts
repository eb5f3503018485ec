import type { Utterance } from '../control/shapes.ts';

/** A scrollable list of utterances. */
export interface Talk {
  /** Oldest first. */
  utterances: readonly Utterance[];
  /** True when the journal has older ones. */
  older: 'unknown' | 'loading' | 'none';
  /** An id; null: always the newest. */
  selected: string | null;
  /** The first visible row, as a row of an utterance; null: the end is visible and followed. */
  top: { id: string; row: number } | null;
  /** Show the timings of the selected one below it. */
  details: boolean;
}

export const EMPTY_TALK: Talk = {
  utterances: [],
  older: 'unknown',
  selected: null,
  top: null,
  details: false,
};

export function selectedOf({ utterances, selected }: Talk): Utterance | null {
  return utterances.find(({ id }) => id === selected) ?? utterances.at(-1) ?? null;
}

const ENDED: readonly Utterance['state'][] = ['answered', 'interrupted', 'failed', 'cancelled', 'empty'];

export function hasEnded({ state }: Utterance): boolean {
  return ENDED.includes(state);
}

/** An utterance that is known only from an event, until its record arrives. */
function unknown(id: string, at: string): Utterance {
  return {
    id,
    at,
    source: 'cli',
    project: '',
    rule: null,
    transcript: null,
    confidence: null,
    prompt: null,
    changes: null,
    state: 'heard',
    answer: null,
    error: null,
    timings: {},
  };
}

/** Returns the talk with one utterance changed or added. @param at ISO 8601, for a new one */
export function withUtterance(
  talk: Talk,
  id: string,
  at: string,
  change: (utterance: Utterance) => Utterance,
): Talk {
  const index = talk.utterances.findLastIndex((utterance) => utterance.id === id);
  if (index < 0) return { ...talk, utterances: [...talk.utterances, change(unknown(id, at))] };
  const before = talk.utterances[index] as Utterance;
  return { ...talk, utterances: talk.utterances.with(index, change(before)) };
}

/**
 * Adds the newest of the journal. Later events take precedence.
 * @param newestFirst as `history` returns them
 */
export function withNewest(talk: Talk, newestFirst: readonly Utterance[], limit: number): Talk {
  const known = new Map(talk.utterances.map((utterance) => [utterance.id, utterance]));
  const records = newestFirst.toReversed().map((record) => {
    const live = known.get(record.id);
    known.delete(record.id);
    if (!live || hasEnded(record)) return record;
    const longer = (live.answer ?? '').length > (record.answer ?? '').length;
    return hasEnded(live) || longer ? live : record;
  });
  const first = records[0];
  const rest = [...known.values()];
  const before = first ? rest.filter(({ at }) => at < first.at) : [];
  const after = first ? rest.filter(({ at }) => at >= first.at) : rest;
  const older = newestFirst.length < limit && before.length === 0 ? 'none' : talk.older;
  return {
    ...talk,
    utterances: [...before, ...records, ...after],
    older: older === 'loading' ? 'unknown' : older,
  };
}

/**
 * Adds older utterances at the beginning. @param newestFirst as `history` returns them; fewer than `limit`: there are
 * no more
 */
export function withOlder(talk: Talk, newestFirst: readonly Utterance[], limit: number): Talk {
  const known = new Set(talk.utterances.map(({ id }) => id));
  const fresh = newestFirst.filter(({ id }) => !known.has(id)).toReversed();
  const older = newestFirst.length < limit ? 'none' : 'unknown';
  return { ...talk, utterances: [...fresh, ...talk.utterances], older };
}
