import { SAMPLE_RATE } from '../../microphone/microphone.ts';

/** Duration of a frame whose loudness is measured, samples: 20 ms at 16 kHz. */
const FRAME = 320;
/** Frames this much quieter than the loud ones are pauses, dB. */
const PAUSE_DB = 30;
/** Share of the frames that are louder than the loud one that counts: a click is not speech. */
const LOUDER = 0.05;
/** Duration of speech from which on a text can be too short, s. */
const LEAST_SPEECH = 2.5;
/**
 * Tokens in a second of sound without pauses. Right texts of test/data/speech, alone and three in a row, have 2.7 to 6; those
 * that stopped where another voice went on have 0.5 to 1.6.
 */
const LEAST_TOKENS_PER_SECOND = 2;

/** A text that is repeated at least this often in a row is a loop, by the length of what is repeated, tokens. */
const LOOPS = [
  { least: 1, times: 8 },
  { least: 2, times: 5 },
  { least: 3, times: 4 },
  { least: 6, times: 3 },
  { least: 12, times: 2 },
] as const;
/** The longest stretch that is looked for, tokens. */
const LONGEST = 64;
/**
 * Least mean log probability of a token, nats: below it the text is a guess. Of 225 clips of known sentences, plain, in noise
 * and before long silence, none with less than 30 % wrong words came below -1.0, and the one below -1.3 with at least
 * LEAST_TOKENS was all wrong (test/support/hard-sounds.ts).
 */
const LEAST_LOG_PROB = -1.3;
/** Single words cut out of a sentence came down to -2.7 though they were right, tokens. */
const LEAST_TOKENS = 4;

/** Input of the guards. */
export interface Judged {
  tokens: readonly number[];
  logProbs: readonly number[];
  /** Log probability of the end; null: the limit of tokens ended the text. */
  end: number | null;
}

/** Why a text cannot be what was said. */
export type Suspicion = 'too long' | 'repeats itself' | 'a guess';

/** Looks for signs that a text is not what was said; null: there are none. */
export function suspicionOf({ tokens, logProbs, end }: Judged): Suspicion | null {
  if (end === null) return 'too long';
  if (repeats(tokens)) return 'repeats itself';
  if (tokens.length < LEAST_TOKENS) return null;
  const sum = logProbs.reduce((total, each) => total + each, end);
  return sum / (tokens.length + 1) < LEAST_LOG_PROB ? 'a guess' : null;
}

/**
 * True when a text is too short for its sound: the network stops early if another voice follows a sentence. Noise or
 * music may yield only a few tokens.
 * @param audio 16 kHz mono
 */
export function stopsEarly(audio: Float32Array, tokens: number): boolean {
  if (tokens < LEAST_TOKENS) return false;
  const seconds = speechSeconds(audio);
  return seconds >= LEAST_SPEECH && tokens < seconds * LEAST_TOKENS_PER_SECOND;
}

/** Returns the duration of a sound without its pauses, s. */
function speechSeconds(audio: Float32Array): number {
  const powers = new Float64Array(Math.floor(audio.length / FRAME));
  for (let frame = 0; frame < powers.length; frame += 1) {
    let power = 0;
    for (let at = frame * FRAME; at < (frame + 1) * FRAME; at += 1) power += (audio[at] ?? 0) ** 2;
    powers[frame] = power;
  }
  const loud = powers.toSorted().at(-1 - Math.floor(powers.length * LOUDER)) ?? 0;
  const least = loud / 10 ** (PAUSE_DB / 10);
  return (powers.filter((power) => power > 0 && power >= least).length * FRAME) / SAMPLE_RATE;
}

/** True when a stretch of tokens repeats too often. */
export function repeats(tokens: readonly number[]): boolean {
  for (let length = 1; length <= Math.min(LONGEST, tokens.length / 2); length += 1) {
    const { times } = LOOPS.findLast(({ least }) => length >= least) ?? LOOPS[0];
    let same = 0;
    for (let at = length; at < tokens.length; at += 1) {
      same = tokens[at] === tokens[at - length] ? same + 1 : 0;
      if (same === length * (times - 1)) return true;
    }
  }
  return false;
}
