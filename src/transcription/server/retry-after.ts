import { VoiceError } from '../../errors.ts';

/** Longer waits than this are not believed, ms: a day. */
const MOST_MS = 86_400_000;

/** The error of a server that names the time before which it takes no request. */
export class ServerBusy extends VoiceError {
  /** Requested pause, ms from now. */
  readonly waitMs: number;

  /** @param who the server, as a message names it */
  constructor(who: string, status: number, waitMs: number, says: string) {
    super(
      'engine-failed',
      `${who} takes no request before ${clock(Date.now() + waitMs)} (${status}).${says}`,
      'Wait until then, raise its limit, or set engine = "whisper" under [transcription] in config.toml.',
    );
    this.waitMs = waitMs;
  }
}

/**
 * Reads how long a server wants to be left alone: `retry-after-ms` (OpenAI, Azure), or `retry-after` with seconds or
 * a date.
 * @param now ms since 1970
 * @returns ms, at most a day; null: it does not say
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | null {
  const ms = positive(headers.get('retry-after-ms'));
  if (ms !== null) return Math.min(ms, MOST_MS);
  const text = headers.get('retry-after');
  const seconds = positive(text);
  if (seconds !== null) return Math.min(seconds * 1_000, MOST_MS);
  // Only a date has a letter: Date.parse() makes a year of any number.
  const date = text !== null && /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(0, date - now), MOST_MS);
}

function positive(text: string | null): number | null {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/** Time of day, with the day unless it is today. @param at ms since 1970 */
function clock(at: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()}, ${time}`;
}
