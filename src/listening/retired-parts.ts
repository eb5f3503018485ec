import type { Logger } from 'pino';

/** A part that is closed once. */
export interface Closable {
  close(): Promise<void>;
}

/** Closes replaced parts, each once, when they are unused. */
export class RetiredParts {
  readonly #logger: Logger;
  readonly #closing = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param unused resolves when these parts are unused; never rejects */
  add(parts: readonly Closable[], unused: Promise<void>): void {
    for (const part of parts) {
      const closing = this.#close(part, unused).finally(() => this.#closing.delete(closing));
      this.#closing.add(closing);
    }
  }

  /** Resolves when all added parts are closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** Never rejects: a part that cannot be closed does not affect the others. */
  async #close(part: Closable, unused: Promise<void>): Promise<void> {
    await unused;
    try {
      await part.close();
    } catch (error) {
      this.#logger.error({ err: error }, 'a part that was replaced could not be closed');
    }
  }
}
