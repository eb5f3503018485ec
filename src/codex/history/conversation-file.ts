import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Notification } from '../protocol.ts';
import { type OpenTurn, RolloutReader } from './rollout.ts';
import { RolloutTail } from './rollout-tail.ts';
import type { ToolCall } from './tool-calls.ts';

/** The terminal's conversation in Codex's history. Close it with `close`. */
export class ConversationFile {
  readonly path: string;
  readonly thread: string;
  readonly #reader: RolloutReader;
  readonly #tail: RolloutTail;

  private constructor(path: string, thread: string, reader: RolloutReader, tail: RolloutTail) {
    this.path = path;
    this.thread = thread;
    this.#reader = reader;
    this.#tail = tail;
  }

  /** Opens a new file and reads it from the beginning. */
  static begun(
    path: string,
    thread: string,
    onNotifications: (notifications: Notification[]) => void,
    logger: Logger,
  ): ConversationFile {
    const reader = new RolloutReader(thread);
    return new ConversationFile(path, thread, reader, tailOf(path, 0, reader, onNotifications, logger));
  }

  /** Opens an earlier file, in which no turn runs, and reads only what is added. */
  static async resumed(
    path: string,
    thread: string,
    onNotifications: (notifications: Notification[]) => void,
    logger: Logger,
  ): Promise<ConversationFile> {
    const bytes = await readFile(path);
    const whole = bytes.lastIndexOf('\n') + 1;
    const reader = new RolloutReader(thread);
    for (const row of bytes.toString('utf8', 0, whole).split('\n')) reader.read(row);
    reader.close();
    return new ConversationFile(path, thread, reader, tailOf(path, whole, reader, onNotifications, logger));
  }

  get turn(): OpenTurn | null {
    return this.#reader.turn;
  }

  get calls(): readonly ToolCall[] {
    return this.#reader.calls;
  }

  get model(): string | null {
    return this.#reader.model;
  }

  /** True while new lines are expected soon. */
  set busy(busy: boolean) {
    this.#tail.busy = busy;
  }

  read(): Promise<void> {
    return this.#tail.read();
  }

  /** The program that ran the turn has ended. */
  lost(): void {
    this.#reader.close();
  }

  /** The screen shows the end of the turn. */
  end(status: 'completed' | 'failed', message?: string): Notification[] {
    return this.#reader.end(status, message);
  }

  close(): void {
    this.#tail.close();
  }
}

function tailOf(
  path: string,
  offset: number,
  reader: RolloutReader,
  onNotifications: (notifications: Notification[]) => void,
  logger: Logger,
): RolloutTail {
  return new RolloutTail(path, offset, (row) => onNotifications(reader.read(row)), logger);
}
