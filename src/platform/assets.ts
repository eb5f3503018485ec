import { fileURLToPath } from 'node:url';

/** The absolute path of a bundled file, e.g. `assetPath('models/ggml-tiny.en-q8_0.bin')`. */
export function assetPath(name: string): string {
  return fileURLToPath(new URL(`../../assets/${name}`, import.meta.url));
}
