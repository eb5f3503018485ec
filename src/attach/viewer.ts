import type { Frame } from '../terminal/frame.ts';
import { Painter } from './painter.ts';

/** At most 60 frames a second. */
const FRAME_MS = 1_000 / 60;

export interface ViewerOptions {
  /** The screen as it is now. @param scroll rows above the newest */
  frame: (scroll: number) => Frame;
  /** The row below it, as sequences that begin and end reset. */
  footer: () => string;
  /** Which row of the person's terminal that is, from 1 on; absent: the one below the frame. */
  footerRow?: () => number;
  /** To the person's terminal; it answers with `painted` when it has taken it. */
  send: (data: string) => void;
}

/**
 * Somebody who looks at a hidden terminal. What changes while the last frame is on its way comes with the next one:
 * one who is slow or suspended costs nothing and holds nobody back.
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

  /** Rows above the newest. */
  get scrolled(): number {
    return this.#scroll;
  }

  /** Something to be seen has changed. */
  changed(): void {
    this.#changed = true;
    this.#plan();
  }

  /** The person's terminal shows what was sent. */
  painted(): void {
    this.#underWay = false;
    this.#plan();
  }

  /** What was sent last; paints all again. */
  repaint(): void {
    this.#painter.forget();
    this.changed();
  }

  /** Looks further back (rows > 0) or towards the newest. @param limit rows there are above */
  scroll(rows: number, limit: number): void {
    this.#scroll = Math.max(0, Math.min(limit, this.#scroll + rows));
    this.changed();
  }

  /** Back to the newest rows: whoever types wants to see what they type. */
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
