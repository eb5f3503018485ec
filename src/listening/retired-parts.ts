import type { Logger } from 'pino';

/** Something that is closed once. */
export interface Closable {
  close(): Promise<void>;
}

/** Closes parts that new settings have replaced, each once, when nothing uses it any more. */
export class RetiredParts {
  readonly #logger: Logger;
  readonly #closing = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param unused resolves when nothing uses these parts any more; it never rejects */
  add(parts: readonly Closable[], unused: Promise<void>): void {
    for (const part of parts) {
      const closing = this.#close(part, unused).finally(() => this.#closing.delete(closing));
      this.#closing.add(closing);
    }
  }

  /** Resolves when all that were added are closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** Never rejects: one that cannot be closed does not keep the others open. */
  async #close(part: Closable, unused: Promise<void>): Promise<void> {
    await unused;
    try {
      await part.close();
    } catch (error) {
      this.#logger.error({ err: error }, 'a part that was replaced could not be closed');
    }
  }
}
