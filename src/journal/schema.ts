import type { DatabaseSync } from 'node:sqlite';
import { VoiceError } from '../errors.ts';

/** One step a version of the file; never change one that was released, add another. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE utterances (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     at TEXT NOT NULL,
     source TEXT NOT NULL,
     project TEXT NOT NULL,
     transcript TEXT,
     prompt TEXT,
     state TEXT NOT NULL,
     answer TEXT,
     error TEXT,
     timings TEXT NOT NULL
   ) STRICT;
   CREATE INDEX utterances_unfinished ON utterances (seq) WHERE state IN ('listening', 'heard', 'accepted');
   CREATE VIRTUAL TABLE utterances_text USING fts5 (
     transcript, prompt, answer, content = 'utterances', content_rowid = 'seq', tokenize = 'unicode61'
   );
   CREATE TRIGGER utterances_inserted AFTER INSERT ON utterances BEGIN
     INSERT INTO utterances_text (rowid, transcript, prompt, answer)
       VALUES (new.seq, new.transcript, new.prompt, new.answer);
   END;
   CREATE TRIGGER utterances_deleted AFTER DELETE ON utterances BEGIN
     INSERT INTO utterances_text (utterances_text, rowid, transcript, prompt, answer)
       VALUES ('delete', old.seq, old.transcript, old.prompt, old.answer);
   END;
   CREATE TRIGGER utterances_updated AFTER UPDATE OF transcript, prompt, answer ON utterances BEGIN
     INSERT INTO utterances_text (utterances_text, rowid, transcript, prompt, answer)
       VALUES ('delete', old.seq, old.transcript, old.prompt, old.answer);
     INSERT INTO utterances_text (rowid, transcript, prompt, answer)
       VALUES (new.seq, new.transcript, new.prompt, new.answer);
   END;`,
  `CREATE TABLE queue (
     utterance TEXT PRIMARY KEY,
     position INTEGER,
     thread TEXT,
     sent_at INTEGER
   ) STRICT;`,
  'ALTER TABLE utterances ADD COLUMN rule TEXT;',
  // Codex's id of the turn that has the prompt; not a field of the utterance.
  'ALTER TABLE utterances ADD COLUMN turn TEXT;',
  'ALTER TABLE utterances ADD COLUMN changes TEXT;',
  'ALTER TABLE queue ADD COLUMN review INTEGER;',
  'ALTER TABLE utterances ADD COLUMN confidence REAL;',
];

/** The version of the file; 0: it has no tables yet. @throws VoiceError journal-failed when it is unknown here */
export function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  const version = Number(row?.user_version);
  if (version > MIGRATIONS.length) {
    throw new VoiceError(
      'journal-failed',
      `The journal has version ${version}. This program supports versions up to ${MIGRATIONS.length}.`,
      'A newer codex-voice wrote it. Use that version, or move journal.sqlite away.',
    );
  }
  return version;
}

/** Brings the file to the newest version, each step whole or not at all. @throws VoiceError journal-failed */
export function migrate(database: DatabaseSync): void {
  const version = versionOf(database);
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
