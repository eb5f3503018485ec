import type { Logger } from 'pino';
import { ConversationFile } from '../history/conversation-file.ts';
import { findRollout } from '../history/find-rollout.ts';
import { fileOf } from '../history/rollout-files.ts';
import type { Notification } from '../protocol.ts';

/** How often the file of a new conversation is looked for, while one is expected, and while none is. */
const FIND_MS = 100;
const FIND_IDLE_MS = 1_000;

/** What following the terminal needs of the session. */
export interface CurrentConversationPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** The terminal as it is now: `pid` is null while nothing runs in it. */
  terminal(): { pid: number | null; directory: string; startedAt: Date };
  /** The terminal went to another conversation. */
  moved(thread: string): void;
  /** What was written into it; also told, with nothing, when it is another one. */
  told(notifications: readonly Notification[]): void;
}

/** The conversation that the terminal is in, wherever a person goes in it. */
export class CurrentConversation {
  readonly #place: CurrentConversationPlace;
  /** What was typed and has not come to its end. */
  readonly #prompts = new Set<{ text: string }>();
  #file: ConversationFile | null = null;
  #finding: NodeJS.Timeout | undefined;
  #watching = false;

  constructor(place: CurrentConversationPlace) {
    this.#place = place;
  }

  /** What is known of it; null: the terminal has written none yet. */
  get file(): ConversationFile | null {
    return this.#file;
  }

  /** A turn runs in it. */
  get active(): boolean {
    return Boolean(this.#file?.turn);
  }

  /** Before the terminal is started: the conversation of before; false: there is none any more. */
  async resume(thread: string | null): Promise<boolean> {
    this.close();
    const path = thread === null ? null : await fileOf(this.#place.env, thread);
    if (path === null || thread === null) return false;
    this.#file = await ConversationFile.resumed(path, thread, (told) => this.#told(told), this.#place.logger);
    return true;
  }

  /** From now on the terminal is looked at for where it is. */
  watch(): void {
    this.#watching = true;
    this.#plan();
  }

  /** Reads what there is by now. */
  async read(): Promise<void> {
    await this.#file?.read();
  }

  /** While this is typed and answered, it is looked at more often; call the result when that is over. */
  expect(text: string): () => void {
    const prompt = { text };
    this.#prompts.add(prompt);
    this.#plan();
    return () => {
      this.#prompts.delete(prompt);
      this.#plan();
    };
  }

  close(): void {
    this.#watching = false;
    clearTimeout(this.#finding);
    this.#file?.close();
    this.#file = null;
  }

  #plan(): void {
    if (this.#file) this.#file.busy = this.#prompts.size > 0 || this.active;
    clearTimeout(this.#finding);
    if (!this.#watching) return;
    this.#finding = setTimeout(() => void this.#find(), this.#prompts.size > 0 ? FIND_MS : FIND_IDLE_MS);
  }

  /** Looks for the file of a conversation that is begun in the terminal, by a first prompt or by /new. */
  async #find(): Promise<void> {
    const { env, logger } = this.#place;
    try {
      const { pid, directory, startedAt } = this.#place.terminal();
      const prompts = [...this.#prompts].map(({ text }) => text);
      const found =
        pid === null ? null : await findRollout({ env, pid, directory, since: startedAt, prompts });
      const here = this.#watching && this.#place.terminal().pid === pid;
      if (found && here && found.thread !== this.#file?.thread) await this.#follow(found.thread, found.path);
    } catch (error) {
      logger.debug({ err: error }, 'the conversations cannot be listed just now');
    }
    this.#plan();
  }

  async #follow(thread: string, path: string): Promise<void> {
    this.#file?.close();
    this.#place.moved(thread);
    this.#file = ConversationFile.begun(path, thread, (told) => this.#told(told), this.#place.logger);
    await this.#file.read();
    this.#place.told([]);
  }

  #told(notifications: readonly Notification[]): void {
    if (this.#file) this.#file.busy = this.#prompts.size > 0 || this.active;
    this.#place.told(notifications);
  }
}
