import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `$XDG_CONFIG_HOME`, or its default. */
export function configHome({ XDG_CONFIG_HOME: config = '', HOME }: NodeJS.ProcessEnv): string {
  return isAbsolute(config) ? config : join(HOME || homedir(), '.config');
}

/** The text of a file; null when there is none. */
export async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Text for the inside of an XML element (XML 1.0, which has no control characters at all). */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
