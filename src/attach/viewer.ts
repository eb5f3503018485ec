import type { Frame } from '../terminal/frame.ts';
import { Painter } from './painter.ts';

/** At most 60 frames a second. */
const FRAME_MS = 1_000 / 60;

interface ViewerOptions {
  /** Returns the current screen. @param scroll rows above the newest */
  frame: (scroll: number) => Frame;
  /** The row below it, as sequences that begin and end reset. */
  footer: () => string;
  /** Row of the footer on the user's terminal, from 1 on. Default: the one below the frame. */
  footerRow?: () => number;
  /** Sends data to the user's terminal, which answers with `painted` when it has taken them. */
  send: (data: string) => void;
}

/**
 * Shows a hidden terminal to one client. Changes while a frame is in transit are sent with the next frame, so a slow or
 * suspended client costs nothing and delays nothing.
 */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #painter = new Painter();
  #scroll = 0;
  #changed = false;
  #underWay = false;
  #paintedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
  }

  /** Rows between the view and the newest rows. */
  get scrolled(): number {
    return this.#scroll;
  }

  /** Call it when the screen or the footer has changed. */
  changed(): void {
    this.#changed = true;
    this.#plan();
  }

  /** The user's terminal has taken the last frame. */
  painted(): void {
    this.#underWay = false;
    this.#plan();
  }

  /** Paints the whole frame again. */
  repaint(): void {
    this.#painter.forget();
    this.changed();
  }

  /** Scrolls back (rows > 0) or towards the newest rows. @param limit number of rows above */
  scroll(rows: number, limit: number): void {
    this.#scroll = Math.max(0, Math.min(limit, this.#scroll + rows));
    this.changed();
  }

  /** Scrolls to the newest rows, so that the user sees what they type. */
  follow(): void {
    if (this.#scroll !== 0) this.scroll(-this.#scroll, 0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (!this.#changed || this.#underWay || this.#closed || this.#timer) return;
    const wait = this.#paintedAt + FRAME_MS - performance.now();
    if (wait <= 0) this.#paint();
    else
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#plan();
      }, wait);
  }

  #paint(): void {
    this.#changed = false;
    this.#paintedAt = performance.now();
    const { frame, footer, footerRow } = this.#options;
    const data = this.#painter.paint(frame(this.#scroll), footer(), footerRow?.());
    if (data === '') return;
    this.#underWay = true;
    this.#options.send(data);
  }
}
