import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Notification } from '../protocol.ts';
import { type OpenTurn, RolloutReader } from './rollout.ts';
import { RolloutTail } from './rollout-tail.ts';
import type { ToolCall } from './tool-calls.ts';

/** The conversation of the terminal, as Codex writes it down. */
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

  /** One that is written just now: all of it is told. */
  static begun(
    path: string,
    thread: string,
    told: (notifications: Notification[]) => void,
    logger: Logger,
  ): ConversationFile {
    const reader = new RolloutReader(thread);
    return new ConversationFile(path, thread, reader, tailOf(path, 0, reader, told, logger));
  }

  /** One of before, in which nothing runs: what is written from now on is told. */
  static async resumed(
    path: string,
    thread: string,
    told: (notifications: Notification[]) => void,
    logger: Logger,
  ): Promise<ConversationFile> {
    const bytes = await readFile(path);
    const whole = bytes.lastIndexOf('\n') + 1;
    const reader = new RolloutReader(thread);
    for (const row of bytes.toString('utf8', 0, whole).split('\n')) reader.read(row);
    reader.close();
    return new ConversationFile(path, thread, reader, tailOf(path, whole, reader, told, logger));
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

  /** Something is expected soon. */
  set busy(busy: boolean) {
    this.#tail.busy = busy;
  }

  read(): Promise<void> {
    return this.#tail.read();
  }

  /** The program that ran the turn is gone. */
  lost(): void {
    this.#reader.close();
  }

  /** The turn is over, as the screen shows. */
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
  told: (notifications: Notification[]) => void,
  logger: Logger,
): RolloutTail {
  return new RolloutTail(path, offset, (row) => told(reader.read(row)), logger);
}
