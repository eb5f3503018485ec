import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedded } from './embedded.ts';
import { partFolder } from './part-folder.ts';

/**
 * Returns the absolute path of a bundled file, e.g. `assetPath('demo/recording.wav')`. In the single file, extracts it
 * first if necessary.
 * @throws VoiceError cache-unusable, program-damaged
 */
export function assetPath(name: string): string {
  const parts = embedded();
  if (parts === null) return fileURLToPath(new URL(`../../assets/${name}`, import.meta.url));
  const slash = name.indexOf('/');
  return join(partFolder(name.slice(0, slash), parts), name.slice(slash + 1));
}
