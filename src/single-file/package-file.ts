import { findPackageJSON } from 'node:module';

/**
 * Returns the path of an npm package's package.json, found from this program; null: it is not installed. Node 24.21
 * throws for a missing package, although its documentation says undefined.
 */
export function packageFile(name: string): string | null {
  try {
    return findPackageJSON(name, import.meta.url) ?? null;
  } catch {
    return null;
  }
}
