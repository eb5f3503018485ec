import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { ErrorReport } from '../errors.ts';
import type { TextChange, Timings, Utterance } from '../utterance.ts';

/** The columns of an utterance, in the order of its fields. */
export const COLUMNS = [
  'id',
  'at',
  'source',
  'project',
  'rule',
  'transcript',
  'confidence',
  'prompt',
  'changes',
  'state',
  'answer',
  'error',
  'timings',
] as const satisfies readonly (keyof Utterance)[];

/** A field as SQLite keeps it: records as JSON. */
export function toColumn(value: Utterance[keyof Utterance]): string | number | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

const text = z.string().nullable();
const ROW = z.object({
  id: z.string(),
  at: z.string(),
  source: z.enum(['hotkey', 'cli', 'file', 'reply', 'editor']),
  project: z.string(),
  rule: z.enum(['said', 'asked', 'chosen', 'focused', 'default']).nullable(),
  transcript: text,
  confidence: z.number().nullable(),
  prompt: text,
  changes: text.transform((value) => (value === null ? null : (JSON.parse(value) as TextChange[]))),
  state: z.enum([
    'listening',
    'heard',
    'accepted',
    'answered',
    'interrupted',
    'failed',
    'cancelled',
    'empty',
  ]),
  answer: text,
  error: text.transform((value) => (value === null ? null : (JSON.parse(value) as ErrorReport))),
  timings: z.string().transform((value) => JSON.parse(value) as Timings),
});

/** @throws when the row is not valid */
export function fromRow(row: Record<string, SQLOutputValue>): Utterance {
  return ROW.parse(row);
}
