/** Semantic versioning 2.0.0, its own expression: major, minor, patch, pre-release. */
export const VERSION_PATTERN =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** Below zero when `a` is older than `b`; zero when neither is newer. @throws RangeError for what is no version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const part of [0, 1, 2] as const) {
    const order = compareNumbers(left.numbers[part], right.numbers[part]);
    if (order !== 0) return order;
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

/** Does it carry a pre-release, as 1.2.0-beta.1 does? */
export function isPrerelease(version: string): boolean {
  return parse(version).prerelease.length > 0;
}

/** Digits that may be more than a number holds exactly. */
type Digits = string;

function parse(version: string): { numbers: [Digits, Digits, Digits]; prerelease: string[] } {
  const [, major, minor, patch, prerelease] = VERSION_PATTERN.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) {
    throw new RangeError(`${JSON.stringify(version)} is no version`);
  }
  return { numbers: [major, minor, patch], prerelease: prerelease?.split('.') ?? [] };
}

/** A version with a pre-release is older than the same without; then field by field, numbers before words. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, field] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareFields(field, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareFields(a: string, b: string): number {
  const [aNumber, bNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aNumber && bNumber) return compareNumbers(a, b);
  if (aNumber !== bNumber) return aNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareNumbers(a: Digits, b: Digits): number {
  return a.length - b.length || (a === b ? 0 : a < b ? -1 : 1);
}
