import { existsSync, renameSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Logger } from 'pino';
import { type ErrorReport, VoiceError } from '../errors.ts';
import { makePrivateFile, setAside, unwritable } from '../files/private-files.ts';
import type { Timings, Utterance } from '../utterance.ts';
import { searchCondition } from './query.ts';
import { QueueTable } from './queue-table.ts';
import { COLUMNS, fromRow, toColumn } from './row.ts';
import { migrate, versionOf } from './schema.ts';

export interface JournalOptions {
  logger: Logger;
  /** Utterances that are kept; older finished ones are removed when the journal is opened. Default 50,000. */
  keep?: number;
}

interface ListOptions {
  /** Words that must occur in prompt, transcript or answer. */
  query?: string;
  limit: number;
  /** Only those older than the utterance with this id. */
  before?: string;
}

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const SQLITE = { corrupt: 11, notADatabase: 26 } as const;
/** How long a write waits for another process with a lock on the file, ms. */
const BUSY_MS = 2_000;

/**
 * Every utterance, durable and searchable. WAL, and synchronous = FULL: a commit has reached the disk before the
 * call returns, so that what was said survives a power cut too (NORMAL would lose the last commits then). There
 * are about four commits an utterance, and one that does not wait: `insertSoon`.
 */
export class Journal {
  /** New path of a corrupt journal that was moved aside. */
  readonly setAside: string | null;
  readonly #queue: QueueTable;
  readonly #database: DatabaseSync;

  /**
   * Opens or creates the file (0600). One that is corrupt is moved aside, never deleted.
   * @throws VoiceError state-unwritable, journal-failed
   */
  static open(file: string, { logger, keep = 50_000 }: JournalOptions): Journal {
    refuseFolder(file);
    makePrivateFile(file);
    try {
      return new Journal(openDatabase(file, keep), null);
    } catch (error) {
      if (!isCorrupt(error)) throw failed(file, error);
      const aside = moveAside(file);
      logger.error(
        { err: error, file, aside },
        'the journal is corrupt: it was moved aside, a new one begins',
      );
      makePrivateFile(file);
      return new Journal(openDatabase(file, keep), aside);
    }
  }

  private constructor(database: DatabaseSync, aside: string | null) {
    this.#database = database;
    this.setAside = aside;
    this.#queue = new QueueTable(database);
  }

  /** @throws VoiceError journal-failed, also when the id is there already */
  insert(utterance: Utterance): void {
    const values = COLUMNS.map((column) => toColumn(utterance[column]));
    const marks = COLUMNS.map(() => '?').join(', ');
    this.#run(`INSERT INTO utterances (${COLUMNS.join(', ')}) VALUES (${marks})`, values);
  }

  /**
   * Inserts without waiting for the disk, which may take a second on a busy machine: what has only begun has nothing to
   * lose. The next commit brings it there. @throws VoiceError journal-failed
   */
  insertSoon(utterance: Utterance): void {
    this.#guarded(() => this.#database.exec('PRAGMA synchronous = NORMAL'));
    try {
      this.insert(utterance);
    } finally {
      this.#guarded(() => this.#database.exec('PRAGMA synchronous = FULL'));
    }
  }

  /** Changes the given fields. @throws VoiceError not-found, journal-failed */
  update(id: string, patch: Partial<Omit<Utterance, 'id'>>): void {
    const changed = COLUMNS.filter((column) => column !== 'id' && patch[column] !== undefined);
    if (changed.length === 0) return;
    const values = changed.map((column) => toColumn(patch[column as keyof typeof patch] ?? null));
    const sets = changed.map((column) => `${column} = ?`).join(', ');
    const changes = this.#run(`UPDATE utterances SET ${sets} WHERE id = ?`, [...values, id]);
    if (changes === 0) throw notFound(id);
  }

  /** Runs work with the stored queue, in the order of the calls. @throws VoiceError journal-failed */
  queue<T>(work: (queue: QueueTable) => T): T {
    return this.#guarded(() => work(this.#queue));
  }

  /** Runs work in one transaction. @throws VoiceError journal-failed, what `work` throws */
  together(work: () => void): void {
    this.#guarded(() => this.#database.exec('BEGIN IMMEDIATE'));
    try {
      work();
      this.#guarded(() => this.#database.exec('COMMIT'));
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  get(id: string): Utterance | null {
    return this.#all('WHERE id = ?', [id])[0] ?? null;
  }

  /** Those whose id begins so, at most two: more than one is one too many. */
  beginningWith(id: string): Utterance[] {
    return this.#all('WHERE substr(id, 1, ?) = ? LIMIT 2', [id.length, id]);
  }

  /** Newest first. @throws VoiceError not-found for an unknown `before` */
  list({ query = '', limit, before }: ListOptions): Utterance[] {
    const conditions = ['TRUE'];
    const parameters: SQLInputValue[] = [];
    if (query.trim() !== '') {
      const { sql, parameter } = searchCondition(query);
      conditions.push(sql);
      parameters.push(parameter);
    }
    if (before !== undefined) {
      if (this.get(before) === null) throw notFound(before);
      conditions.push('seq < (SELECT seq FROM utterances WHERE id = ?)');
      parameters.push(before);
    }
    return this.#all(`WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`, [...parameters, limit]);
  }

  /** Those that a crash or a stop has left without an end, oldest first. */
  unfinished(): Utterance[] {
    return this.#all("WHERE state IN ('listening', 'heard', 'accepted') ORDER BY seq", []);
  }

  /** The timings of the newest answered utterances, for the percentiles. */
  timings(limit: number): Timings[] {
    return this.#all("WHERE state = 'answered' ORDER BY seq DESC LIMIT ?", [limit]).map(
      (each) => each.timings,
    );
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #all(where: string, parameters: SQLInputValue[]): Utterance[] {
    return this.#guarded(() => {
      const statement = this.#database.prepare(`SELECT ${COLUMNS.join(', ')} FROM utterances ${where}`);
      return statement.all(...parameters).map(fromRow);
    });
  }

  #run(sql: string, parameters: SQLInputValue[]): number {
    return this.#guarded(() => Number(this.#database.prepare(sql).run(...parameters).changes));
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw failed('The journal', error);
    }
  }
}

/**
 * Looks whether a journal that is there is whole and can be written, beside a daemon that uses it; changes nothing.
 * @throws VoiceError journal-failed
 */
export function inspectJournal(file: string): { utterances: number } {
  refuseFolder(file);
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_MS });
    try {
      checkWhole(database);
      // A write that is taken back needs the same rights and locks as one that stays.
      database.exec('BEGIN IMMEDIATE; ROLLBACK;');
      if (versionOf(database) === 0) return { utterances: 0 };
      return { utterances: Number(database.prepare('SELECT count(*) AS n FROM utterances').get()?.n) };
    } finally {
      database.close();
    }
  } catch (error) {
    throw isCorrupt(error) ? damaged(file, error) : failed(file, error);
  }
}

/** The report of a journal that was moved aside. @param aside its new path */
export function asideReport(aside: string): ErrorReport {
  return {
    code: 'journal-failed',
    message: `The journal was damaged. It was moved to ${aside}, and a new journal was started.`,
    hint: 'Your earlier prompts are in that file. Run `sqlite3 FILE .recover` to read it, then move or delete it.',
  };
}

/** SQLite would only say that it is unable to open a file. */
function refuseFolder(file: string): void {
  if (!isFolder(file)) return;
  throw new VoiceError(
    'journal-failed',
    `The journal ${file} is a folder.`,
    `Move it away (mv ${file} ${file}.folder), then run \`codex-voice restart\`.`,
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Not there, or out of reach: who opens it says which.
  }
}

function openDatabase(file: string, keep: number): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    checkWhole(database);
    migrate(database);
    prune(database, keep);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkWhole(database: DatabaseSync): void {
  const check = database.prepare('PRAGMA quick_check(1)').get();
  if (check?.quick_check !== 'ok') throw new CorruptError(String(check?.quick_check));
}

function prune(database: DatabaseSync, keep: number): void {
  const oldest = database.prepare('SELECT seq FROM utterances ORDER BY seq DESC LIMIT 1 OFFSET ?').get(keep);
  if (!oldest) return;
  database
    .prepare("DELETE FROM utterances WHERE seq <= ? AND state NOT IN ('listening', 'heard', 'accepted')")
    .run(Number(oldest.seq));
}

class CorruptError extends Error {
  override readonly name = 'CorruptError';
}

function isCorrupt(error: unknown): boolean {
  if (error instanceof CorruptError) return true;
  // The low byte of an extended result code is the primary one.
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === SQLITE.corrupt || code === SQLITE.notADatabase;
}

/** Moves the database and its companions: a write-ahead log belongs to its file alone. */
function moveAside(file: string): string {
  try {
    const aside = setAside(file);
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
    return aside;
  } catch (error) {
    throw unwritable(file, error);
  }
}

function notFound(id: string): VoiceError {
  return new VoiceError(
    'not-found',
    `There is no utterance ${id}.`,
    'Run `codex-voice history` to list them.',
  );
}

function failed(what: string, cause: unknown): VoiceError {
  if (cause instanceof VoiceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Make sure that the disk has space and that you own the file, then run `codex-voice restart`.';
  return new VoiceError('journal-failed', `${what} failed: ${reason}.`, hint, { cause });
}

function damaged(file: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'The next start of the daemon moves it aside and starts a new one. Nothing is deleted.';
  return new VoiceError('journal-failed', `${file} is damaged: ${reason}.`, hint, { cause });
}
