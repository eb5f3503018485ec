import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorReport, reportOf } from '../../errors.ts';
import { countIdentifiers } from '../identifiers.ts';
import type { Found } from '../matching/rank.ts';
import { MOST_LIST_BYTES, wordsOf } from '../word-list.ts';
import { askGit } from './git.ts';
import { isManifest, namesInManifest } from './manifests.ts';
import { isReadable, readBytesInside, readInside } from './readable.ts';
import { walk } from './walk.ts';

/** Limits of one collection. */
interface Limits {
  files: number;
  bytes: number;
  ms: number;
}
const LIMITS: Limits = { files: 1_500, bytes: 12 * 1024 * 1024, ms: 6_000 };
const MOST_MANIFESTS = 20;
/** Additional weight of an identifier in a file that is being changed, and in one of the latest commits. */
const CHANGED = 8;
const RECENT = 3;
/** One commit can touch everything. */
const MOST_RECENT = 500;
/** The names of more files than this say nothing more. */
const MOST_NAMED = 20_000;
/** The user's list of words for one project. */
const PROJECT_LIST = '.codex-voice/vocabulary.txt';

/** The words that were found, and the cost. */
interface Collected extends Found {
  readFiles: number;
  readBytes: number;
  /** Problems of the project's own list. */
  problems: ErrorReport[];
}

/**
 * Looks through a project: names of files, identifiers, packages, branches, the user's list. What is being changed
 * is read first, then what was committed lately, then the rest as far as the limits go. Ignored files, links out of the
 * folder, binary, huge and generated files, and those that may hold secrets, are not read.
 */
export async function collect(folder: string, limits: Limits = LIMITS): Promise<Collected> {
  const until = performance.now() + limits.ms;
  const root = await realpath(folder);
  const facts = (await askGit(root)) ?? { files: await walk(root), changed: [], recent: [], branches: [] };
  const known = new Set(facts.files);
  const changed = (await newestFirst(root, facts.changed)).filter((path) => known.has(path));
  const recent = facts.recent.filter((path) => known.has(path)).slice(0, MOST_RECENT);
  const order = new Map<string, number>();
  for (const path of changed) order.set(path, CHANGED);
  for (const path of recent) if (!order.has(path)) order.set(path, RECENT);
  for (const path of evenly(facts.files.filter(isReadable), limits.files))
    if (!order.has(path)) order.set(path, 1);

  const identifiers = new Map<string, number>();
  let readFiles = 0;
  let readBytes = 0;
  for (const [path, weight] of order) {
    if (readFiles >= limits.files || readBytes >= limits.bytes || performance.now() > until) break;
    if (!isReadable(path)) continue;
    const text = await readInside(root, path);
    if (text === null) continue;
    readFiles += 1;
    readBytes += text.length;
    const counts = new Map<string, number>();
    countIdentifiers(text, counts);
    for (const [name, count] of counts) identifiers.set(name, (identifiers.get(name) ?? 0) + weight * count);
  }
  const named = [...new Set([...changed, ...recent, ...evenly(facts.files, MOST_NAMED)])];
  return {
    files: named,
    identifiers,
    names: [
      ...(await manifestNames(root, facts.files)),
      ...facts.branches.flatMap((name) => [name, ...name.split('/')]),
    ],
    ...(await projectList(root)),
    recent: new Set([...changed, ...recent.slice(0, 50)]),
    readFiles,
    readBytes,
  };
}

async function projectList(root: string): Promise<{ own: string[]; problems: ErrorReport[] }> {
  const bytes = await readBytesInside(root, PROJECT_LIST, MOST_LIST_BYTES);
  if (bytes === null) return { own: [], problems: [] };
  try {
    return { own: wordsOf(bytes, join(root, PROJECT_LIST)), problems: [] };
  } catch (error) {
    return { own: [], problems: [reportOf(error)] };
  }
}

async function manifestNames(root: string, files: readonly string[]): Promise<string[]> {
  const manifests = files.filter(isManifest).toSorted((a, b) => a.split('/').length - b.split('/').length);
  const names: string[] = [];
  for (const path of manifests.slice(0, MOST_MANIFESTS)) {
    const text = await readInside(root, path);
    if (text !== null) names.push(...namesInManifest(path, text));
  }
  return names;
}

async function newestFirst(root: string, paths: readonly string[]): Promise<string[]> {
  const times = await Promise.all(
    paths.slice(0, 500).map(async (path) => {
      const found = await stat(join(root, path)).catch(() => null);
      return { path, time: found?.mtimeMs ?? 0 };
    }),
  );
  return times.toSorted((a, b) => b.time - a.time).map(({ path }) => path);
}

/** Returns at most this many entries, evenly from the whole list. */
function evenly<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const step = list.length / most;
  return Array.from({ length: most }, (_, index) => list[Math.floor(index * step)]).filter(
    (each) => each !== undefined,
  );
}
