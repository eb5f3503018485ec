import type { Logger } from 'pino';
import { ConversationFile } from '../history/conversation-file.ts';
import { findRollout } from '../history/find-rollout.ts';
import { fileOf } from '../history/rollout-files.ts';
import type { Notification } from '../protocol.ts';

/** Pauses between two searches for the file of a new conversation, with and without a recent prompt. */
const FIND_MS = 100;
const FIND_IDLE_MS = 1_000;

/** The session, as its conversation sees it. */
interface CurrentConversationPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** The current terminal; `pid` is null while no program runs in it. */
  terminal(): { pid: number | null; directory: string; startedAt: Date };
  /** The terminal shows another conversation. */
  moved(thread: string): void;
  /** Called with new notifications of the conversation, and with none after a change of conversation. */
  notified(notifications: readonly Notification[]): void;
}

/** Follows the conversation in the terminal, even when the user changes it. */
export class CurrentConversation {
  readonly #place: CurrentConversationPlace;
  /** Prompts that were typed and have not ended. */
  readonly #prompts = new Set<{ text: string }>();
  #file: ConversationFile | null = null;
  #finding: NodeJS.Timeout | undefined;
  #watching = false;

  constructor(place: CurrentConversationPlace) {
    this.#place = place;
  }

  /** The conversation's file; null: the terminal has written none yet. */
  get file(): ConversationFile | null {
    return this.#file;
  }

  /** True while a turn runs. */
  get active(): boolean {
    return Boolean(this.#file?.turn);
  }

  /** Opens the earlier conversation before the terminal starts; false: it does not exist any more. */
  async resume(thread: string | null): Promise<boolean> {
    this.close();
    const path = thread === null ? null : await fileOf(this.#place.env, thread);
    if (path === null || thread === null) return false;
    this.#file = await ConversationFile.resumed(
      path,
      thread,
      (added) => this.#added(added),
      this.#place.logger,
    );
    return true;
  }

  /** Starts to follow the terminal. */
  watch(): void {
    this.#watching = true;
    this.#plan();
  }

  /** Reads new lines now. */
  async read(): Promise<void> {
    await this.#file?.read();
  }

  /** Looks more often while this prompt is typed and answered; call the result afterwards. */
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

  /** Looks for the file of a conversation that was begun in the terminal, by a first prompt or by /new. */
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
    this.#file = ConversationFile.begun(path, thread, (added) => this.#added(added), this.#place.logger);
    await this.#file.read();
    this.#place.notified([]);
  }

  #added(notifications: readonly Notification[]): void {
    if (this.#file) this.#file.busy = this.#prompts.size > 0 || this.active;
    this.#place.notified(notifications);
  }
}
