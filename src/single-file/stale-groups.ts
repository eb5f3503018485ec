import { lstatSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedGroup } from './embedded.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Files of another version that were unused for this long are removed. */
const UNUSED_MS = 30 * DAY_MS;
/** A temporary folder older than this was left by a crash. */
const ABANDONED_MS = DAY_MS;

/** Digits of the hash in a folder's name, enough to distinguish versions. */
const HASH_DIGITS = 16;

/** The name of the group's folder. */
export function groupFolder(name: string, { hash }: EmbeddedGroup): string {
  return `${name}-${hash.slice(0, HASH_DIGITS)}`;
}

/** Keeps the day of the last use in the folder's time. */
export function markUsed(folder: string): void {
  const now = Date.now();
  try {
    if (Math.abs(now - lstatSync(folder).mtimeMs) > DAY_MS) utimesSync(folder, now / 1_000, now / 1_000);
  } catch {
    // Another process removed it, or the disk is read-only: the next use marks it.
  }
}

/**
 * Removes groups of other versions that were unused for 30 days, and leftovers of crashes. A wrong clock costs only
 * another extraction: every use marks a group.
 */
export function removeStale(folder: string, groups: Readonly<Record<string, EmbeddedGroup>>): void {
  const current = new Set(Object.entries(groups).map(([name, group]) => groupFolder(name, group)));
  const known = new RegExp(`^(${Object.keys(groups).join('|')})-[0-9a-f]{${HASH_DIGITS}}$`);
  const unfinished = new RegExp(`^(\\.(${Object.keys(groups).join('|')})-|.*-broken-)`);
  for (const entry of readdirSync(folder)) {
    const limit = known.test(entry) && !current.has(entry) ? UNUSED_MS : ABANDONED_MS;
    if (!known.test(entry) && !unfinished.test(entry)) continue;
    if (current.has(entry)) continue;
    removeOlder(join(folder, entry), Date.now() - limit);
  }
}

function removeOlder(path: string, time: number): void {
  try {
    if (lstatSync(path).mtimeMs < time) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process is removing it, or it cannot be removed: the next extraction tries again.
  }
}
