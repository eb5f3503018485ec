import { lstatSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedGroup } from './embedded.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Files of another version that nobody used for so long are removed. */
const UNUSED_MS = 30 * DAY_MS;
/** A folder that was being written so long ago is what a crash left. */
const ABANDONED_MS = DAY_MS;

/** Digits of the hash in a folder's name: enough to tell versions apart. */
const HASH_DIGITS = 16;

/** The name of the group's folder. */
export function groupFolder(name: string, { hash }: EmbeddedGroup): string {
  return `${name}-${hash.slice(0, HASH_DIGITS)}`;
}

/** The folder's time says when it was used last, to the day. */
export function markUsed(folder: string, now = Date.now()): void {
  try {
    if (Math.abs(now - lstatSync(folder).mtimeMs) > DAY_MS) utimesSync(folder, now / 1_000, now / 1_000);
  } catch {
    // Removed under our hands, or on a read-only disk: it is only a note for another day.
  }
}

/**
 * Removes groups of other versions that were not used for 30 days, and what crashes left. A clock that was wrong
 * costs another extraction and no more: the group of a program that runs is marked every day it is asked for.
 */
export function removeStale(
  folder: string,
  groups: Readonly<Record<string, EmbeddedGroup>>,
  now = Date.now(),
): void {
  const current = new Set(Object.entries(groups).map(([name, group]) => groupFolder(name, group)));
  const known = new RegExp(`^(${Object.keys(groups).join('|')})-[0-9a-f]{${HASH_DIGITS}}$`);
  const unfinished = new RegExp(`^(\\.(${Object.keys(groups).join('|')})-|.*-broken-)`);
  for (const entry of readdirSync(folder)) {
    const limit = known.test(entry) && !current.has(entry) ? UNUSED_MS : ABANDONED_MS;
    if (!known.test(entry) && !unfinished.test(entry)) continue;
    if (current.has(entry)) continue;
    removeOlder(join(folder, entry), now - limit);
  }
}

function removeOlder(path: string, time: number): void {
  try {
    if (lstatSync(path).mtimeMs < time) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process removes it just now, or it cannot be removed: the next extraction tries again.
  }
}
