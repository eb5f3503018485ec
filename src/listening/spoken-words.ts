import { join } from 'node:path';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import type { Paths } from '../files/paths.ts';
import type { Journal } from '../journal/journal.ts';
import type { Settings } from '../settings/schema.ts';
import type { Utterance } from '../utterance.ts';
import { addToList } from '../vocabulary/own-words.ts';
import { ProjectWords } from '../vocabulary/project-words.ts';
import { ownList } from '../vocabulary/word-list.ts';

/** Utterances of a project's conversation that are used, and characters of each. */
const MOST_UTTERANCES = 20;
const MOST_LETTERS = 4_000;

/** Delay after the start, ms, because loading Whisper's model and starting Codex are more urgent. */
const START_MS = 3_000;

interface SpokenWordsOptions {
  settings: () => Settings;
  paths: Paths;
  /** Returns the folder of a project. @throws VoiceError project-unknown */
  directoryOf: (project: string) => string;
  /** True for folders that the settings name; others are not searched. */
  trusts: (directory: string) => boolean;
  journal: Journal;
  logger: Logger;
}

/** Likely words for speech about each project. */
export class SpokenWords {
  readonly #directoryOf: (project: string) => string;
  readonly #words: ProjectWords;
  readonly #list: string;
  #starting: NodeJS.Timeout | undefined;

  constructor({ settings, paths, directoryOf, trusts, journal, logger }: SpokenWordsOptions) {
    this.#directoryOf = directoryOf;
    this.#list = ownList(paths.config);
    this.#words = new ProjectWords({
      folder: join(paths.state, 'vocabulary'),
      lists: [this.#list],
      enabled: () => settings().prompt.vocabulary,
      trusts,
      replacements: () => settings().replace,
      conversation: (directory) =>
        journal
          .list({ limit: MOST_UTTERANCES })
          .filter(({ project }) => folderOf(directoryOf, project) === directory)
          .flatMap(({ prompt, answer }) => [prompt ?? '', answer ?? ''])
          .map((text) => text.slice(0, MOST_LETTERS)),
      logger: logger.child({ part: 'vocabulary' }),
    });
  }

  /** Prepares a project after the daemon's start, because the first utterance is probably about it. */
  start(project: string): void {
    this.#starting = setTimeout(() => this.prepare(project), START_MS);
    this.#starting.unref();
  }

  /** Prepares a project when the user begins to speak. */
  prepare(project: string): void {
    const directory = folderOf(this.#directoryOf, project);
    if (directory !== null) this.#words.prepare(directory);
  }

  /** Returns likely words and phrases for a project; the same array until they change. */
  phrases(project: string): readonly string[] {
    const directory = folderOf(this.#directoryOf, project);
    return this.#words.phrases(directory);
  }

  /** Returns the prompt with corrected spelling, and the changes. */
  rewrite(project: string, said: string): Pick<Utterance, 'changes'> & { prompt: string } {
    const directory = folderOf(this.#directoryOf, project);
    if (directory === null) return { prompt: said, changes: null };
    const { text, changes } = this.#words.rewrite(directory, said);
    // For the next utterance, while the engine is idle.
    this.#words.refresh(directory);
    return { prompt: text, changes };
  }

  /** Returns the text if the user may want to add it to their own words; null: it is plain English, or known. */
  memorable(text: string): string | null {
    return this.#words.memorable(text);
  }

  /**
   * Adds a word to the user's own list, with effect from the next utterance.
   * @throws VoiceError usage: it is no such word; config-invalid, config-unreadable, state-unwritable
   */
  async remember(text: string): Promise<void> {
    const word = this.#words.memorable(text);
    if (word === null)
      throw new VoiceError('usage', 'This word is already known.', 'Nothing has to be remembered.');
    addToList(this.#list, word);
    await this.#words.learn(word);
  }

  async close(): Promise<void> {
    clearTimeout(this.#starting);
    await this.#words.close();
  }
}

/** Returns null when the project of an older utterance is not in the settings any more. */
function folderOf(directoryOf: (project: string) => string, project: string): string | null {
  try {
    return directoryOf(project);
  } catch {
    return null;
  }
}
