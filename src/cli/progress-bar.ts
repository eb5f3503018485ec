/** Characters of the bar. */
const WIDTH = 24;
/** Interval of lines where the output is not a terminal, ms. */
const EVERY_MS = 100;

/** Shows the progress of a download on stderr, if it is a terminal. */
export class ProgressBar {
  readonly #shown: boolean;
  readonly #began = performance.now();
  #first: number | null = null;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(shown: boolean) {
    this.#shown = shown && process.stderr.isTTY;
  }

  /** @param done bytes of `all` */
  show(done: number, all: number): void {
    this.#first ??= done;
    const now = performance.now();
    if (!this.#shown || (now - this.#drawnAt < EVERY_MS && done < all)) return;
    this.#drawnAt = now;
    this.#open = true;
    const rate = (done - this.#first) / Math.max(1, now - this.#began);
    process.stderr.write(`\r${barOf(done, all, rate)}\x1b[K`);
  }

  /** Goes to the next line. */
  end(): void {
    if (this.#open) process.stderr.write('\n');
    this.#open = false;
  }
}

/** @param rate bytes a ms, of this download alone */
export function barOf(done: number, all: number, rate: number): string {
  const share = Math.min(1, done / all);
  const full = Math.floor(share * WIDTH);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
  const left = rate > 0 && done < all ? `  ${timeOf((all - done) / rate)} left` : '';
  const speed = rate > 0 ? `  ${(rate / 1_000).toFixed(1)} MB/s` : '';
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `${bar} ${percent} %  ${(done / 1e6).toFixed(0)} of ${Math.ceil(all / 1e6)} MB${speed}${left}`;
}

/** @param ms a time */
function timeOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
