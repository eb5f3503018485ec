import type { ErrorReport } from '../errors.ts';
import type { Memory } from './memory.ts';
import type { Channel } from './release.ts';

const DAY_MS = 24 * 60 * 60_000;
/** The maintainers sign the newest manifest again at least this often, even without a new release. */
const STALE_DAYS = 90;

/** How old the newest manifest of a channel is. */
export interface ReleaseAge {
  /** ISO 8601, as it was signed; null: none has been seen yet. */
  date: string | null;
  /** No newer one has come for STALE_DAYS: newer releases may be kept from this machine. */
  stale: boolean;
}

/** @param now ms since 1970 */
export function releaseAge({ dates }: Pick<Memory, 'dates'>, channel: Channel, now = Date.now()): ReleaseAge {
  const date = dates[channel] ?? null;
  return { date, stale: date !== null && now - Date.parse(date) > STALE_DAYS * DAY_MS };
}

/** Returns a warning for the user; null: there is none. */
export function staleWarning({ date, stale }: ReleaseAge, now = Date.now()): ErrorReport | null {
  if (!stale || date === null) return null;
  const days = Math.floor((now - Date.parse(date)) / DAY_MS);
  return {
    code: 'update-stale',
    message: `The newest manifest of the release host is ${days} days old (${date.slice(0, 10)}).`,
    hint: 'Run `codex-voice update --check` on another network: someone may be keeping newer releases from you.',
  };
}
