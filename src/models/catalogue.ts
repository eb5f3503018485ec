import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { VoiceError } from '../errors.ts';
import { assetPath } from '../platform/assets.ts';
import { embedded } from '../platform/embedded.ts';

/** A Whisper model this program knows by name. */
export interface CatalogueModel {
  name: string;
  /** File name; what is embedded lies in assets/models. */
  file: string;
  bytes: number;
  sha256: string;
  /** Where its weights come from: `embedded` ones are part of the program. */
  origin: 'embedded';
}

/** A model as it is loaded. */
export interface Model {
  /** The catalogue name, or the file name of a model that was given as a path. */
  name: string;
  /** Asking for it extracts the embedded model in the single file. @throws VoiceError cache-unusable, program-damaged */
  readonly path: string;
  /** Checked at every load; null for a file of the user's own, whose hash nobody knows. */
  sha256: string | null;
}

/**
 * Every model that can be asked for by name. tiny.en is OpenAI's Whisper tiny.en (39 M parameters, MIT licence) in
 * whisper.cpp's ggml format, quantised to q8_0.
 */
export const catalogue: readonly CatalogueModel[] = [
  {
    name: 'tiny.en',
    file: 'ggml-tiny.en-q8_0.bin',
    bytes: 43_550_795,
    sha256: '61e9a0e72b4561f999906d79ed8f98e1e724c86130bb429a4f9fd9cb562d0b78',
    origin: 'embedded',
  },
];

/**
 * The model that `whisper_model` means: a catalogue name, or a path (absolute, `~/...`, or relative to `folder`).
 * Whether the file is there and whole is checked when it is loaded.
 * @throws VoiceError model-missing for a name that is neither
 */
export function resolveModel(setting: string, options: { home: string; folder: string }): Model {
  const known = catalogue.find((model) => model.name === setting);
  if (known) {
    return {
      name: known.name,
      get path() {
        return assetPath(`models/${known.file}`);
      },
      sha256: known.sha256,
    };
  }
  if (looksLikePath(setting)) {
    const path = absolute(setting, options);
    return { name: basename(path), path, sha256: null };
  }
  const names = catalogue.map((model) => model.name).join(', ');
  throw new VoiceError(
    'model-missing',
    `There is no Whisper model called "${setting}".`,
    `Set whisper_model in config.toml to one of: ${names}; or to the path of a ggml or GGUF file.`,
  );
}

/**
 * Where the model is now: a cleaner may have emptied the cache while the program runs, and the single file puts its
 * own model back.
 */
export function presentModel({ path, sha256 }: Pick<Model, 'path' | 'sha256'>): string {
  if (embedded() === null || existsSync(path)) return path;
  const known = catalogue.find((model) => model.sha256 === sha256);
  return known === undefined ? path : assetPath(`models/${known.file}`);
}

function looksLikePath(setting: string): boolean {
  return setting.includes('/') || setting.startsWith('~') || /\.(bin|gguf)$/.test(setting);
}

function absolute(path: string, { home, folder }: { home: string; folder: string }): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(folder, path);
}
