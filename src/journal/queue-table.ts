import type { DatabaseSync } from 'node:sqlite';

/** That a prompt may have been sent: written down before the key that sends it is pressed. */
export interface SentMark {
  /** Codex's id of the conversation into which it was typed. */
  thread: string;
  at: Date;
}

/** More prompts than are said between the sending of one and the look at its fate. */
const MOST_OTHERS = 1_000;

/** The stored part of the queue beside the utterances. A row is deleted when its utterance ends. */
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

  /** Codex has the prompt, in this turn. */
  accepted(utterance: string, turn: string): void {
    this.#database.prepare('UPDATE utterances SET turn = ? WHERE id = ?').run(turn, utterance);
  }

  /**
   * Returns the turns of the newest other prompts. A user who is not sure whether a prompt was sent repeats it, and the
   * second prompt is not the first.
   */
  others(utterance: string): { turn: string; prompt: string }[] {
    const sql = `SELECT turn, prompt FROM utterances WHERE turn IS NOT NULL AND id <> ? ORDER BY seq DESC LIMIT ?`;
    return this.#database
      .prepare(sql)
      .all(utterance, MOST_OTHERS)
      .map(({ turn, prompt }) => ({ turn: String(turn), prompt: String(prompt) }));
  }

  /** Stores the order in which prompts are to be sent. */
  order(utterances: readonly string[]): void {
    const sql = `INSERT INTO queue (utterance, position) VALUES (?, ?)
      ON CONFLICT (utterance) DO UPDATE SET position = excluded.position`;
    const statement = this.#database.prepare(sql);
    for (const [position, utterance] of utterances.entries()) statement.run(utterance, position);
  }

  /** The position that `order` has stored; null: it keeps the order in which it was heard. */
  position(utterance: string): number | null {
    const row = this.#database.prepare('SELECT position FROM queue WHERE utterance = ?').get(utterance);
    return typeof row?.position === 'number' ? row.position : null;
  }

  /** It is shown to the user before it is sent. */
  reviewing(utterance: string): void {
    const sql = `INSERT INTO queue (utterance, review) VALUES (?, 1) ON CONFLICT (utterance) DO UPDATE SET review = 1`;
    this.#database.prepare(sql).run(utterance);
  }

  /** They have seen it, and it may be sent. */
  reviewed(utterance: string): void {
    this.#database.prepare('UPDATE queue SET review = NULL WHERE utterance = ?').run(utterance);
  }

  inReview(utterance: string): boolean {
    const row = this.#database.prepare('SELECT review FROM queue WHERE utterance = ?').get(utterance);
    return row?.review === 1;
  }

  /** Its utterance has ended. */
  forget(utterance: string): void {
    this.#database.prepare('DELETE FROM queue WHERE utterance = ?').run(utterance);
  }
}
