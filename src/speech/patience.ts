/** The text up to a pause. */
export interface PauseText {
  text: string;
  /** Probability of the mark that ends it, 0 to 1; undefined where the engine does not report it. */
  endMark?: number | undefined;
}

/** What is known about a pause. `undefined`: not known yet; null: unknown. */
interface Witnesses {
  /** The turn detector's probability that the speaker has finished. */
  turn: number | null | undefined;
  /** The text up to the pause. */
  text: PauseText | null | undefined;
}

export type Tier = 'finished' | 'likely' | 'unsure' | 'unfinished';

/** Chosen on the curve of docs/endpointing.md. */
export const THRESHOLDS = {
  /** From here on a sentence that the text completes is finished. */
  finished: 0.5,
  /** The same without a text. */
  finishedAlone: 0.95,
  /** Below this it is not, where the text does not say that it is. */
  unfinished: 0.1,
  /** A mark less probable than this does not say so: engines end half a sentence with a full stop, too. */
  sureMark: 0.65,
  /** A mark at least this probable says that it is likely, although smart-turn does not hear an end. */
  likelyMark: 0.7,
  /** Below this it is not, where the text ends without any mark. */
  unfinishedUnmarked: 0.97,
} as const;

export type Thresholds = { readonly [name in keyof typeof THRESHOLDS]: number };

/** Silence that ends what is finished, ms; what likely is; and what is not. */
const FINISHED_MS = 224;
const LIKELY_MS = 352;
export const UNFINISHED_MS = 2_000;

/** Words with which no English sentence ends, or hardly one. */
const OPEN_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the my your our their its his and or but nor because if unless while although though whereas since until ' +
    'of to from with by for in into onto at as than via per and/or that which who whose where when how what ' +
    'is are was were am be been being has have had can could will would shall should may might must do does did ' +
    'this these very so such too also just like let make uh um er hmm'
  ).split(' '),
);

/** Words of that list with which a question or a command does end: "what is this?", "where is it in?". */
const OPEN_ONLY_WITHOUT_MARK: ReadonlySet<string> = new Set(
  'in to for with of at by from is are was were do does did have has had be this these that so such too also like can could will would should may might must what where when how who which'.split(
    ' ',
  ),
);

/** Judges from its end whether a text is a complete sentence. */
export function endingOf(text: string): 'complete' | 'open' | 'unclear' {
  const trimmed = text.trim();
  if (trimmed === '' || /(?:\.\.\.|…|[,;:–—-])$/u.test(trimmed)) return 'open';
  const mark = /[.?!]["'”’)]*$/u.exec(trimmed);
  const last = /([\p{L}\p{N}/'’]+)[^\p{L}\p{N}]*$/u.exec(trimmed)?.[1]?.toLowerCase() ?? '';
  const asks = mark !== null && !mark[0].startsWith('.');
  if (OPEN_WORDS.has(last) && !(asks && OPEN_ONLY_WITHOUT_MARK.has(last))) return 'open';
  return mark === null ? 'unclear' : 'complete';
}

/** How sure it is that the speaker has finished. */
export function tierOf({ turn, text }: Witnesses, thresholds: Thresholds = THRESHOLDS): Tier {
  if (turn === null || turn === undefined) return 'unsure';
  if (text === undefined || text === null) {
    if (turn < thresholds.unfinished) return 'unfinished';
    return text === null && turn >= thresholds.finishedAlone ? 'finished' : 'unsure';
  }
  switch (endingOf(text.text)) {
    case 'complete': {
      if (turn >= thresholds.finished) return 'finished';
      const { endMark } = text;
      if (endMark === undefined) return 'unsure';
      if (endMark >= thresholds.likelyMark) return 'likely';
      return turn < thresholds.unfinished && endMark < thresholds.sureMark ? 'unfinished' : 'unsure';
    }
    case 'open':
      return 'unfinished';
    case 'unclear':
      return turn < thresholds.unfinishedUnmarked ? 'unfinished' : 'unsure';
  }
}

/** Silence that ends the utterance, ms. @param endpointMs the setting: it counts where the end is uncertain */
export function patienceOf(tier: Tier, endpointMs: number): number {
  if (tier === 'finished') return Math.min(FINISHED_MS, endpointMs);
  if (tier === 'likely') return Math.min(LIKELY_MS, endpointMs);
  return tier === 'unfinished' ? Math.max(UNFINISHED_MS, endpointMs) : endpointMs;
}
