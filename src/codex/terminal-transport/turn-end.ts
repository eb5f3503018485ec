import type { Logger } from 'pino';
import { unattended } from '../../processes/unattended.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import type { OpenTurn } from '../history/rollout.ts';
import { readScreen } from '../tui/screen.ts';

/** Time for which the screen must show no activity, ms: between two steps of a turn it may briefly show none. */
const QUIET_MS = 1_500;

interface TurnEndPlace {
  rows(): readonly ScreenRow[];
  turn(): OpenTurn | null;
  read(): Promise<void>;
  /** The turn has ended. @param message why it failed */
  over(status: 'completed' | 'failed', message?: string): void;
  readonly logger: Logger;
}

/** Detects the end of a turn on the screen, for versions that do not write it to the file (Codex 0.98.0). */
export class TurnEnd {
  readonly #place: TurnEndPlace;
  #timer: NodeJS.Timeout | null = null;

  constructor(place: TurnEndPlace) {
    this.#place = place;
  }

  /** Restarts the quiet time after new lines in the file. */
  restart(): void {
    this.stop();
    this.look();
  }

  /** Call it when the screen has changed. */
  look(): void {
    if (this.#verdict()) this.#timer ??= setTimeout(() => this.#endSoon(), QUIET_MS);
    else this.stop();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Ends the turn after the quiet time; a failure is retried. */
  #endSoon(): void {
    const again = (): void => {
      this.#timer = setTimeout(() => this.#endSoon(), QUIET_MS);
    };
    unattended(this.#place.logger, 'the end of a turn on the screen', () => this.#end(), again);
  }

  async #end(): Promise<void> {
    const timer = this.#timer;
    await this.#place.read();
    if (this.#timer !== timer) return; // There was more to read.
    this.#timer = null;
    const verdict = this.#verdict();
    if (verdict) this.#place.over(verdict.status, verdict.message);
  }

  #verdict(): { status: 'completed' | 'failed'; message?: string } | null {
    const turn = this.#place.turn();
    return turn && !turn.bounded ? endOnScreen(this.#place.rows(), turn.last) : null;
  }
}

/** Returns how a turn ended, as Codex 0.98.0 shows it; null: it runs, or the screen does not show it. */
export function endOnScreen(
  rows: readonly ScreenRow[],
  last: OpenTurn['last'],
): { status: 'completed' | 'failed'; message?: string } | null {
  if (readScreen(rows).kind !== 'composer') return null;
  if (rows.some(({ text }) => /^• .*\besc to interrupt\b/.test(text))) return null;
  const composer = rows.findLastIndex(({ text }) => text === '›' || text.startsWith('› '));
  const begins = rows.findLastIndex(({ text }, row) => row < composer && /^[•›■✗]/u.test(text));
  if (rows[begins]?.text.startsWith('■ ')) {
    const message = rows.slice(begins, composer).map(({ text }) => text.trim());
    return { status: 'failed', message: message.join(' ').slice(2).trim() };
  }
  return last === 'agent' ? { status: 'completed' } : null;
}
