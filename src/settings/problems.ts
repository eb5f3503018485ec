import type { z } from 'zod';
import { VoiceError } from '../errors.ts';
import { visibleText } from '../text/encoding.ts';
import type { KeyPath, Position } from './locate.ts';
import { knownKeys } from './schema.ts';
import { closest } from './suggest.ts';

/** One thing that is wrong in config.toml. */
interface ConfigProblem extends Position {
  /** As written in the file: `speech.endpoint_ms`, `project[1].path`; '' for the file itself. */
  key: string;
  /** The problem. */
  what: string;
  /** Allowed values. */
  allowed?: string;
}

/** A problem whose position in the file is not known yet. */
export type Unplaced = Omit<ConfigProblem, 'line' | 'column'> & { path: KeyPath };

/** All that is wrong in the file, one line each: `FILE:LINE: key: what (allowed: ...)`. */
export class ConfigError extends VoiceError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const ordered = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(
      'config-invalid',
      ordered.map((problem) => `${file}:${sentence(problem)}`).join('\n'),
      'Correct the file; `codex-voice config check` checks it. A running daemon keeps its last good settings.',
      options,
    );
    this.problems = ordered;
  }
}

function sentence({ line, key, what, allowed }: ConfigProblem): string {
  const name = key === '' ? '' : `${visibleText(key)}: `;
  return `${line}: ${name}${what}${allowed === undefined ? '' : ` (allowed: ${allowed})`}`;
}

/** `['project', 1, 'path']` -> `project[1].path` */
export function keyName(path: KeyPath): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? part : `${name}.${part}`;
  }, '');
}

/** Turns the checker's issues into plain words, one problem for each key. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  document: unknown,
  locate: (path: KeyPath) => Position,
): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  const add = (path: KeyPath, what: string, allowed: string): void => {
    const key = keyName(path);
    if (!problems.has(key)) problems.set(key, { ...locate(path), key, what, allowed });
  };
  for (const issue of issues) {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(path);
      for (const name of issue.keys) add([...path, name], unknownKey(name, known), known.join(', '));
    } else {
      const value = valueAt(document, path);
      add(path, value === undefined ? 'is missing' : `${quoted(value)} is not allowed`, issue.message);
    }
  }
  return [...problems.values()];
}

function keysAt(path: KeyPath): string[] {
  return knownKeys()[String(path[0] ?? '')] ?? [];
}

/** The nearest name of the same table, or else the table in which that name exists. */
function unknownKey(name: string, known: readonly string[]): string {
  const elsewhere = Object.entries(knownKeys()).find(([table, keys]) => table !== '' && keys.includes(name));
  const near = closest(name, known) ?? (elsewhere && `${elsewhere[0]}.${name}`);
  return near === undefined ? 'unknown key' : `unknown key, did you mean ${near}?`;
}

/** The value at a path of parsed TOML; undefined where nothing is written. */
export function valueAt(document: unknown, path: KeyPath): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return 'a table';
  const text = visibleText(JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
