import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from 'zod';
import { replaceFile, setAside } from '../files/private-files.ts';

const STATE = z.object({
  version: z.literal(1),
  /** Folder -> the Codex thread that was last used in it, oldest entry first. */
  threads: z.record(z.string(), z.string()),
  /** The project that was chosen; null: none. */
  project: z.string().nullable().default(null),
  /** The user has paused listening. */
  paused: z.boolean().default(false),
});
type State = z.infer<typeof STATE>;

/** Folders whose thread is remembered. */
const MAX_THREADS = 200;

/** State between runs, in a small private JSON file that is always replaced as a whole. */
export class StateFile {
  readonly #file: string;
  #state: State;

  /** Reads the file; one that makes no sense is set aside, with a line in the log, and all starts afresh. */
  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#state = read(file, logger) ?? { version: 1, threads: {}, project: null, paused: false };
  }

  /** The Codex thread last used in this folder (absolute path). */
  thread(folder: string): string | null {
    return Object.hasOwn(this.#state.threads, folder) ? (this.#state.threads[folder] ?? null) : null;
  }

  /** Remembers the thread of a folder; null forgets it. @throws VoiceError state-unwritable */
  setThread(folder: string, thread: string | null): void {
    if (this.thread(folder) === thread) return;
    const others = Object.entries(this.#state.threads).filter(([name]) => name !== folder);
    const entries = thread === null ? others : [...others, [folder, thread]];
    this.#write({ ...this.#state, threads: Object.fromEntries(entries.slice(-MAX_THREADS)) });
  }

  /** The name of the project that was chosen. */
  get chosen(): string | null {
    return this.#state.project;
  }

  /** Remembers the chosen project; null forgets it. @throws VoiceError state-unwritable */
  choose(project: string | null): void {
    if (this.chosen !== project) this.#write({ ...this.#state, project });
  }

  /** True while the user has paused listening. */
  get paused(): boolean {
    return this.#state.paused;
  }

  /** @throws VoiceError state-unwritable */
  pause(paused: boolean): void {
    if (this.paused !== paused) this.#write({ ...this.#state, paused });
  }

  #write(state: State): void {
    replaceFile(this.#file, `${JSON.stringify(state, null, 2)}\n`);
    this.#state = state;
  }
}

function read(file: string, logger: Logger): State | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    logger.debug({ err: error, file }, 'no machine-written state yet');
    return null;
  }
  const state = STATE.safeParse(parsed(text));
  if (state.success) return state.data;
  try {
    logger.warn({ file, aside: setAside(file) }, 'the state file made no sense and was set aside');
  } catch (error) {
    logger.error({ err: error, file }, 'the state file makes no sense and cannot be moved');
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller sets the file aside and says so.
  }
}
