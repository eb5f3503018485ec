import type { KeyPath, Position } from './locate.ts';
import { type ConfigProblem, keyName, valueAt } from './problems.ts';
import type { Settings } from './schema.ts';

interface Row {
  path: KeyPath;
  /** Is this value of the key without a part that serves it? */
  missing: (value: unknown, settings: Settings) => boolean;
  /** For a key whose default is not built: what is in force instead while the file does not name the key. */
  instead?: (settings: Settings) => void;
}

const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const otherThan =
  (...values: unknown[]) =>
  (value: unknown) =>
    !values.includes(value);

/**
 * Documented values whose part is not in this version: writing one into the file is refused with that reason,
 * never silently ignored. Delete a row when its part is built.
 */
const ROWS: readonly Row[] = [
  { path: ['hotkey', 'backend'], missing: oneOf('portal', 'uiohook') },
  {
    path: ['performance', 'cache_transcripts'],
    missing: oneOf(true),
    instead: (settings) => {
      settings.performance.cache_transcripts = false;
    },
  },
  { path: ['transcription', 'engine'], missing: oneOf('openai') },
  { path: ['transcription', 'url'], missing: otherThan('') },
  {
    // The English-only models of Whisper carry `.en` in their name.
    path: ['transcription', 'language'],
    missing: (value, { performance }) => value !== 'en' && /\.en\b/.test(performance.whisper_model),
  },
  { path: ['prompt', 'review'], missing: oneOf('notify') },
];

/** What the file asks for and this version cannot do. */
export function notBuiltProblems(
  document: unknown,
  settings: Settings,
  locate: (path: KeyPath) => Position,
): ConfigProblem[] {
  return ROWS.flatMap(({ path, missing }) => {
    const value = valueAt(document, path);
    if (value === undefined || !missing(value, settings)) return [];
    const what = `${shown(value)} is documented but not built in this version`;
    return [{ ...locate(path), key: keyName(path), what, notBuilt: true as const }];
  });
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'another one' : JSON.stringify(value);
}

/** Turns off the defaults that are not built where the file says nothing; returns their keys. */
export function turnOffNotBuilt(document: unknown, settings: Settings): string[] {
  const rows = ROWS.filter((row) => row.instead && valueAt(document, row.path) === undefined);
  for (const row of rows) row.instead?.(settings);
  return rows.map((row) => keyName(row.path));
}
