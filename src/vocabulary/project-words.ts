import type { Logger } from 'pino';
import { output } from '../processes/run.ts';
import { childCommand } from '../single-file/child.ts';
import { cacheFile, readVocabulary } from './cache-file.ts';
import { type CollectRequest, readReport } from './child-messages.ts';
import { type English, loadEnglish } from './english.ts';
import { TermIndex } from './matching/index-terms.ts';
import type { Matched } from './matching/match.ts';
import { rewrite } from './matching/rewrite.ts';
import { memorableWord } from './own-words.ts';
import { NO_PHRASES, phrasesOf, TRADE_PHRASES } from './phrases.ts';
import type { Replacement, Term, Vocabulary } from './vocabulary.ts';

/** A project is looked through again no sooner than this, ms. */
const FRESH_MS = 60_000;
/** Longer than any collection, because reading is limited (collect.ts). */
const COLLECT_TIMEOUT_MS = 60_000;
/** Projects whose words are kept in memory, some 10 MB each. */
const MOST_LOADED = 2;

interface ProjectWordsOptions {
  /** Folder of the files with the words, private. */
  folder: string;
  /** The user's lists of words, read with each collecting. */
  lists: readonly string[];
  /** `[prompt] vocabulary` */
  enabled: () => boolean;
  /** True for folders that the user trusts; others are not searched. */
  trusts: (directory: string) => boolean;
  /** The `[[replace]]` rules. */
  replacements: () => readonly Replacement[];
  /** Returns recent prompts and answers in the project of this folder. */
  conversation: (directory: string) => string[];
  logger: Logger;
}

interface Loaded {
  index: TermIndex;
  phrases: readonly string[];
}

/**
 * The words of the projects: collected by a child in the background, kept on the disk, and used at once from memory.
 * Nothing here waits and nothing fails: without words the text stays as it was heard.
 */
export class ProjectWords {
  readonly #options: ProjectWordsOptions;
  /** The one used last is the last. */
  readonly #loaded = new Map<string, Loaded>();
  readonly #loading = new Map<string, Promise<void>>();
  /** performance.now() of the last collecting that began, ms. */
  readonly #collected = new Map<string, number>();
  readonly #closing = new AbortController();
  /** Words that the user added in this run. */
  readonly #learned: Term[] = [];
  #english: English | null = null;
  #learnedIndex = new TermIndex();
  #problems: ReadonlySet<string> = new Set();
  #collecting: Promise<void> = Promise.resolve();

  constructor(options: ProjectWordsOptions) {
    this.#options = options;
  }

  /** Somebody begins to speak in this project: its words are brought into memory. */
  prepare(directory: string): void {
    if (!this.#options.enabled() || this.#closing.signal.aborted) return;
    const loaded = this.#loaded.get(directory);
    if (loaded) {
      this.#loaded.delete(directory);
      this.#loaded.set(directory, loaded);
    } else if (!this.#loading.has(directory)) {
      void this.#load(directory).then((found) => found || this.refresh(directory));
    }
  }

  /** Looks through the project again in the background, unless that was done lately. */
  refresh(directory: string): void {
    const { enabled, trusts } = this.#options;
    if (!enabled() || !trusts(directory) || this.#closing.signal.aborted) return;
    const last = this.#collected.get(directory);
    if (last !== undefined && performance.now() - last < FRESH_MS) return;
    this.#collected.set(directory, performance.now());
    this.#collecting = this.#collecting.then(() => this.#collect(directory));
  }

  /** Resolves when what was begun is done. */
  async settled(): Promise<void> {
    while (this.#loading.size > 0) await Promise.all(this.#loading.values());
    await this.#collecting;
  }

  /**
   * Words and phrases that are likely in what is said, for the engine: those of the trade, and the project's own once
   * they are in memory. The same array until they change.
   * @param directory null: of no project
   */
  phrases(directory: string | null): readonly string[] {
    if (!this.#options.enabled()) return NO_PHRASES;
    const loaded = directory === null ? undefined : this.#loaded.get(directory);
    return loaded?.phrases ?? TRADE_PHRASES;
  }

  /** Rewrites a prompt for this project; also returns the changes. */
  rewrite(directory: string, prompt: string): Matched {
    const index = this.#loaded.get(directory)?.index;
    const english = this.#english;
    if (!this.#options.enabled() || !english) return { text: prompt, changes: [] };
    return rewrite(prompt, {
      replacements: this.#options.replacements(),
      index: index ?? this.#learnedIndex,
      english,
    });
  }

  /** Returns the text if it can be added to the user's words; null: it is plain English, no word, or known. */
  memorable(text: string): string | null {
    if (!this.#options.enabled() || !this.#english) return null;
    const word = memorableWord(text, this.#english);
    return word === null || this.#learned.some(({ written }) => written === word) ? null : word;
  }

  /** Uses a new word of the user's list from now on. Resolves when it is in effect. */
  async learn(written: string): Promise<void> {
    this.#learned.push({ written, kind: 'user', weight: 1 });
    this.#learnedIndex = new TermIndex({ terms: this.#learned });
    this.#collected.clear();
    await Promise.all([...this.#loaded.keys()].map((directory) => this.#load(directory)));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  async #load(directory: string): Promise<boolean> {
    const loading = this.#read(directory);
    this.#loading.set(
      directory,
      loading.then(() => undefined),
    );
    const found = await loading;
    this.#loading.delete(directory);
    return found;
  }

  /** false: the words of this project are not on the disk. */
  async #read(directory: string): Promise<boolean> {
    try {
      this.#english ??= await loadEnglish();
      const collected = await readVocabulary(cacheFile(this.#options.folder, directory));
      if (collected === null) return false;
      const vocabulary = this.#withLearned(collected);
      this.#loaded.set(directory, {
        index: await TermIndex.of(vocabulary),
        phrases: phrasesOf(vocabulary, this.#english),
      });
      for (const oldest of [...this.#loaded.keys()].slice(0, -MOST_LOADED)) this.#loaded.delete(oldest);
      return true;
    } catch (error) {
      this.#options.logger.warn({ err: error, directory }, 'the words of the project cannot be used');
      return true;
    }
  }

  #withLearned({ terms }: Vocabulary): Vocabulary {
    const others = terms.filter(({ written }) => !this.#learned.some((each) => each.written === written));
    return { terms: [...this.#learned, ...others] };
  }

  /** Each problem once, until the lists have others: they are read again after every utterance. */
  #warn(problems: readonly { message: string; hint: string }[]): void {
    for (const { message, hint } of problems)
      if (!this.#problems.has(message)) this.#options.logger.warn({ hint }, message);
    this.#problems = new Set(problems.map(({ message }) => message));
  }

  async #collect(directory: string): Promise<void> {
    const { folder, lists, conversation, logger } = this.#options;
    const { signal } = this.#closing;
    if (signal.aborted) return;
    try {
      const { command, args } = childCommand('vocabulary');
      const request: CollectRequest = {
        folder: directory,
        file: cacheFile(folder, directory),
        lists: [...lists],
        conversation: conversation(directory),
      };
      const input = JSON.stringify(request);
      const report = await output(command, args, { input, signal, timeoutMs: COLLECT_TIMEOUT_MS });
      const { problems, ...found } = readReport(report);
      logger.debug({ directory, ...found }, 'the words of the project were collected');
      this.#warn(problems);
      await this.#load(directory);
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ err: error, directory }, 'the words of the project were not collected');
    }
  }
}
