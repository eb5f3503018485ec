import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Paths } from '../files/paths.ts';
import type { Journal } from '../journal/journal.ts';
import type { Settings } from '../settings/schema.ts';
import type { Utterance } from '../utterance.ts';
import { ProjectWords } from '../vocabulary/project-words.ts';
import { ownList } from '../vocabulary/word-list.ts';

/** Utterances of the journal that are looked at for the conversation of a project, and of what each is used. */
const MOST_UTTERANCES = 20;
const MOST_LETTERS = 4_000;

/** A start has more urgent work: Whisper's model and Codex, ms. */
const START_MS = 3_000;

interface SpokenWordsOptions {
  settings: () => Settings;
  paths: Paths;
  /** The folder of a project. @throws VoiceError project-unknown */
  directoryOf: (project: string) => string;
  /** Whether the settings name a folder; what lies in others is not looked at. */
  trusts: (directory: string) => boolean;
  journal: Journal;
  logger: Logger;
}

/** The words of the projects, by the projects' names. */
export class SpokenWords {
  readonly #directoryOf: (project: string) => string;
  readonly #words: ProjectWords;
  #starting: NodeJS.Timeout | undefined;

  constructor({ settings, paths, directoryOf, trusts, journal, logger }: SpokenWordsOptions) {
    this.#directoryOf = directoryOf;
    this.#words = new ProjectWords({
      folder: join(paths.state, 'vocabulary'),
      lists: [ownList(paths.config)],
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

  /** The daemon has started: what it will hear first is likely about this project. */
  start(project: string): void {
    this.#starting = setTimeout(() => this.prepare(project), START_MS);
    this.#starting.unref();
  }

  /** Somebody begins to speak. */
  prepare(project: string): void {
    const directory = folderOf(this.#directoryOf, project);
    if (directory !== null) this.#words.prepare(directory);
  }

  /** Words and phrases that are likely in what is said about a project; the same array until they change. */
  phrases(project: string): readonly string[] {
    const directory = folderOf(this.#directoryOf, project);
    return this.#words.phrases(directory);
  }

  /** The prompt and the changes, as the utterance keeps them. */
  rewrite(project: string, said: string): Pick<Utterance, 'changes'> & { prompt: string } {
    const directory = folderOf(this.#directoryOf, project);
    if (directory === null) return { prompt: said, changes: null };
    const { text, changes } = this.#words.rewrite(directory, said);
    // For the next one, when the engine has nothing to do.
    this.#words.refresh(directory);
    return { prompt: text, changes };
  }

  async close(): Promise<void> {
    clearTimeout(this.#starting);
    await this.#words.close();
  }
}

/** null: the project of an older utterance may be gone from the settings. */
function folderOf(directoryOf: (project: string) => string, project: string): string | null {
  try {
    return directoryOf(project);
  } catch {
    return null;
  }
}
