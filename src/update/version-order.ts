import type { SemVer } from 'semver';
import parse from 'semver/functions/parse.js';
import { z } from 'zod';

/** A version as a release has it: nothing before it and nothing behind it. */
export const VERSION = z
  .string()
  .max(64)
  .refine((text) => read(text) !== null, 'is no version');

/** Below zero when `a` is older than `b`; zero when neither is newer. @throws RangeError for an invalid version */
export function compareVersions(a: string, b: string): number {
  return versionOf(a).compare(versionOf(b));
}

/** True for a pre-release such as 1.2.0-beta.1. */
export function isPrerelease(version: string): boolean {
  return versionOf(version).prerelease.length > 0;
}

function versionOf(text: string): SemVer {
  const version = read(text);
  if (version === null) throw new RangeError(`${JSON.stringify(text)} is no version`);
  return version;
}

/** semver itself takes `v1.0.0` and space around a version. */
function read(text: string): SemVer | null {
  return /^\d\S*$/.test(text) && !text.endsWith('\n') ? parse(text) : null;
}
