import type { DatabaseSync } from 'node:sqlite';

/** That a prompt may have been sent: written down before the key that sends it is pressed. */
export interface SentMark {
  /** Codex's id of the conversation into which it was typed. */
  thread: string;
  at: Date;
}

/** What is kept of the queue beside the utterances themselves; a row goes with the end of its utterance. */
export class QueueTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The key that sends the prompt is about to be pressed. */
  sent(utterance: string, { thread, at }: SentMark): void {
    const sql = `INSERT INTO queue (utterance, thread, sent_at) VALUES (?, ?, ?)
      ON CONFLICT (utterance) DO UPDATE SET thread = excluded.thread, sent_at = excluded.sent_at`;
    this.#database.prepare(sql).run(utterance, thread, at.getTime());
  }

  /** It surely was not sent. */
  unsent(utterance: string): void {
    this.#database
      .prepare('UPDATE queue SET thread = NULL, sent_at = NULL WHERE utterance = ?')
      .run(utterance);
  }

  sentMark(utterance: string): SentMark | null {
    const row = this.#database
      .prepare('SELECT thread, sent_at FROM queue WHERE utterance = ?')
      .get(utterance);
    if (typeof row?.thread !== 'string' || typeof row.sent_at !== 'number') return null;
    return { thread: row.thread, at: new Date(row.sent_at) };
  }

  /** Remembers the order in which these are to be sent. */
  order(utterances: readonly string[]): void {
    const sql = `INSERT INTO queue (utterance, position) VALUES (?, ?)
      ON CONFLICT (utterance) DO UPDATE SET position = excluded.position`;
    const statement = this.#database.prepare(sql);
    for (const [position, utterance] of utterances.entries()) statement.run(utterance, position);
  }

  /** Where it was put by `order`; null: it was not, and comes in the order in which it was heard. */
  position(utterance: string): number | null {
    const row = this.#database.prepare('SELECT position FROM queue WHERE utterance = ?').get(utterance);
    return typeof row?.position === 'number' ? row.position : null;
  }

  /** Its utterance has ended. */
  forget(utterance: string): void {
    this.#database.prepare('DELETE FROM queue WHERE utterance = ?').run(utterance);
  }
}
