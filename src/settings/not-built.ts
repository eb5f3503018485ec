import type { KeyPath, Position } from './locate.ts';
import { type ConfigProblem, keyName, valueAt } from './problems.ts';

interface Row {
  path: KeyPath;
  /** Is this value of the key without a part that serves it? */
  missing: (value: unknown) => boolean;
}

const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);

/**
 * Documented values whose part is not in this version: writing one into the file is refused with that reason,
 * never silently ignored. Delete a row when its part is built.
 */
const ROWS: readonly Row[] = [{ path: ['hotkey', 'backend'], missing: oneOf('uiohook') }];

/** What the file asks for and this version cannot do. */
export function notBuiltProblems(document: unknown, locate: (path: KeyPath) => Position): ConfigProblem[] {
  return ROWS.flatMap(({ path, missing }) => {
    const value = valueAt(document, path);
    if (value === undefined || !missing(value)) return [];
    const what = `${shown(value)} is documented but not built in this version`;
    return [{ ...locate(path), key: keyName(path), what, notBuilt: true as const }];
  });
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'this value' : JSON.stringify(value);
}
