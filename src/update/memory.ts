import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { replaceFile, setAside } from '../files/private-files.ts';
import { VERSION } from './version-order.ts';

const DATE = z.iso.datetime();

const MEMORY = z.object({
  version: z.literal(1),
  /** The newest release that each channel has ever offered: an older manifest is a replayed one. */
  seen: z.object({ stable: VERSION.optional(), beta: VERSION.optional() }),
  /** When the newest manifest of each channel was signed, ISO 8601: an older one is a replayed one. */
  dates: z.object({ stable: DATE.optional(), beta: DATE.optional() }).default({}),
  /** When the daemon looked for the last time and when it looks again, ms since 1970. */
  looked: z.number().nullable(),
  due: z.number().nullable(),
  /** The release that was reported to the user. */
  told: VERSION.nullable(),
  /** Result of the last update. */
  outcome: z
    .object({
      version: VERSION,
      result: z.enum(['installed', 'undone']),
      reason: z.string(),
      told: z.boolean(),
    })
    .nullable(),
});

/** State of updates between runs. */
export type Memory = z.infer<typeof MEMORY>;

const NOTHING: Memory = {
  version: 1,
  seen: {},
  dates: {},
  looked: null,
  due: null,
  told: null,
  outcome: null,
};

/** A private file that is replaced as a whole; every change is read, made and written at once. */
export class UpdateMemory {
  readonly #file: string;
  readonly #logger: Logger;

  /** @param folder see updateFolder */
  constructor(folder: string, logger: Logger) {
    this.#file = join(folder, 'memory.json');
    this.#logger = logger;
  }

  /** An invalid file is moved aside, and everything starts afresh. */
  read(): Memory {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#logger.debug({ err: error }, 'nothing is remembered about updates');
      return NOTHING;
    }
    const memory = MEMORY.safeParse(parsed(text));
    if (memory.success) return memory.data;
    try {
      this.#logger.warn({ aside: setAside(this.#file) }, 'what was remembered about updates made no sense');
    } catch (error) {
      this.#logger.debug({ err: error }, 'another process has set it aside');
    }
    return NOTHING;
  }

  /** @throws VoiceError state-unwritable */
  change(part: Partial<Memory>): void {
    replaceFile(this.#file, `${JSON.stringify({ ...this.read(), ...part }, null, 2)}\n`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema refuses that.
  }
}
