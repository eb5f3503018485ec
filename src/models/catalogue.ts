import { basename, join, resolve } from 'node:path';
import { VoiceError } from '../errors.ts';
import { expandHome } from '../files/user-paths.ts';
import { EAR_BYTES, earFolder } from './ear-files.ts';

interface KnownModel {
  /** Its name in `whisper_model` and `codex-voice models`. */
  name: string;
  /** Size of its weights in bytes. */
  bytes: number;
  /** Millions of parameters: how long a decode takes grows with them. */
  parameters: number;
  /** English alone, or Whisper's 99 languages. */
  languages: 'en' | 'all';
}

/** The model that is part of the program: ONNX files for the embedded engine. */
interface EmbeddedModel extends KnownModel {
  kind: 'ear';
}

/** A model that whisper.cpp publishes, for transcribe-cpp. */
export interface PublishedModel extends KnownModel {
  kind: 'ggml';
  /** File name, at the publisher's and in the folder of downloaded models. */
  file: string;
  sha256: string;
}

/** A Whisper model this program knows by name. */
export type CatalogueModel = EmbeddedModel | PublishedModel;

/** The embedded model, ready to load. */
interface EarModel {
  kind: 'ear';
  name: string;
  /**
   * Current folder of its files. The single file extracts missing or incomplete files at every access, so read it
   * before each start of the engine, and load what checkedEar() returns for it.
   * @throws VoiceError cache-unusable, program-damaged
   */
  readonly folder: string;
}

/** A file in the ggml or GGUF format, ready to load. */
export interface GgmlModel {
  kind: 'ggml';
  /** The catalogue name, or the file name of a model that was given as a path. */
  name: string;
  path: string;
  /** Checked at every load; null for the user's own file, whose hash is unknown. */
  sha256: string | null;
}

/** A model for `whisper_model`; the kind decides which engine loads it. */
export type Model = EarModel | GgmlModel;

/** Address of whisper.cpp's models (MIT licence), at the revision of the hashes below. */
export const PUBLISHED_AT =
  'https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1';

function published(name: string, parameters: number, bytes: number, sha256: string): PublishedModel {
  const languages = /\.en\b/.test(name) ? 'en' : 'all';
  return { kind: 'ggml', name, file: `ggml-${name}.bin`, bytes, sha256, parameters, languages };
}

/**
 * Every model that can be asked for by name. tiny.en comes with the program: OpenAI's Whisper tiny.en, further trained
 * (MIT licence, assets/ear). Sizes and hashes of the others are those of PUBLISHED_AT, smallest first.
 */
export const catalogue: readonly CatalogueModel[] = [
  { kind: 'ear', name: 'tiny.en', bytes: EAR_BYTES, parameters: 39, languages: 'en' },
  published('tiny-q5_1', 39, 32_152_673, '818710568da3ca15689e31a743197b520007872ff9576237bda97bd1b469c3d7'),
  published('tiny-q8_0', 39, 43_537_433, 'c2085835d3f50733e2ff6e4b41ae8a2b8d8110461e18821b09a15c40c42d1cca'),
  published('tiny', 39, 77_691_713, 'be07e048e1e599ad46341c8d2a135645097a538221678b7acdd1b1919c6e1b21'),
  published(
    'base.en-q5_1',
    74,
    59_721_011,
    '4baf70dd0d7c4247ba2b81fafd9c01005ac77c2f9ef064e00dcf195d0e2fdd2f',
  ),
  published(
    'base.en-q8_0',
    74,
    81_781_811,
    'a4d4a0768075e13cfd7e19df3ae2dbc4a68d37d36a7dad45e8410c9a34f8c87e',
  ),
  published('base.en', 74, 147_964_211, 'a03779c86df3323075f5e796cb2ce5029f00ec8869eee3fdfb897afe36c6d002'),
  published('base-q5_1', 74, 59_707_625, '422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898'),
  published('base-q8_0', 74, 81_768_585, 'c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9'),
  published('base', 74, 147_951_465, '60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe'),
  published(
    'small.en-q5_1',
    244,
    190_098_681,
    'bfdff4894dcb76bbf647d56263ea2a96645423f1669176f4844a1bf8e478ad30',
  ),
  published(
    'small.en-q8_0',
    244,
    264_477_561,
    '67a179f608ea6114bd3fdb9060e762b588a3fb3bd00c4387971be4d177958067',
  ),
  published('small.en', 244, 487_614_201, 'c6138d6d58ecc8322097e0f987c32f1be8bb0a18532a3f88f734d1bbf9c41e5d'),
  published(
    'small-q5_1',
    244,
    190_085_487,
    'ae85e4a935d7a567bd102fe55afc16bb595bdb618e11b2fc7591bc08120411bb',
  ),
  published(
    'small-q8_0',
    244,
    264_464_607,
    '49c8fb02b65e6049d5fa6c04f81f53b867b5ec9540406812c643f177317f779f',
  ),
  published('small', 244, 487_601_967, '1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b'),
  published(
    'large-v3-turbo-q5_0',
    809,
    574_041_195,
    '394221709cd5ad1f40c46e6031ca61bce88931e6e088c188294c6d5a55ffa7e2',
  ),
  published(
    'large-v3-turbo-q8_0',
    809,
    874_188_075,
    '317eb69c11673c9de1e1f0d459b253999804ec71ac4c23c17ecf5fbe24e259a1',
  ),
  published(
    'large-v3-turbo',
    809,
    1_624_555_275,
    '1fc70f774d38eb169993ac391eea357ef47c88757ef72ee5943879b7e8e2bc69',
  ),
];

/**
 * Returns the model for `whisper_model`: a catalogue name, or a path (absolute, `~/...`, or relative to `folder`). The
 * file is checked when it is loaded.
 * @throws VoiceError model-missing for a name that is neither
 */
export function resolveModel(setting: string, options: { home: string; folder: string }): Model {
  const known = catalogue.find((model) => model.name === setting);
  if (known) return modelOf(known, options.folder);
  if (looksLikePath(setting)) {
    const path = absolute(setting, options);
    return { kind: 'ggml', name: basename(path), path, sha256: null };
  }
  const names = catalogue.map((model) => model.name).join(', ');
  throw new VoiceError(
    'model-missing',
    `There is no Whisper model called "${setting}".`,
    `Use one of: ${names}; or the path of a ggml or GGUF file.`,
  );
}

/** A model of the catalogue, ready to load. @param folder of downloaded models */
function modelOf(known: CatalogueModel, folder: string): Model {
  const { name } = known;
  if (known.kind === 'ggml')
    return { kind: 'ggml', name, path: pathOfKnown(known, folder), sha256: known.sha256 };
  return {
    kind: 'ear',
    name,
    get folder() {
      return earFolder();
    },
  };
}

/** Path of a published model's file, whether it exists or not. @param folder of downloaded models */
export function pathOfKnown({ file }: PublishedModel, folder: string): string {
  return join(folder, file);
}

/**
 * The models of the catalogue that are here and can be run.
 * @param installed file names in the folder of downloaded models
 * @param onnxRuntime whether the engine of the embedded model runs on this machine
 */
export function presentModels(
  installed: ReadonlyMap<string, number>,
  onnxRuntime: boolean,
): CatalogueModel[] {
  return catalogue.filter((model) => (model.kind === 'ear' ? onnxRuntime : installed.has(model.file)));
}

/** The models of the catalogue that can be downloaded. */
export function publishedModels(): PublishedModel[] {
  return catalogue.filter((model) => model.kind === 'ggml');
}

function looksLikePath(setting: string): boolean {
  const separator = process.platform === 'win32' ? /[\\/]/ : /\//;
  return separator.test(setting) || setting.startsWith('~') || /\.(bin|gguf)$/.test(setting);
}

function absolute(path: string, { home, folder }: { home: string; folder: string }): string {
  return resolve(folder, expandHome(path, home));
}
