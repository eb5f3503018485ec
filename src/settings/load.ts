import { open } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';
import { VoiceError } from '../errors.ts';
import { expandHome, homeOf } from '../files/user-paths.ts';
import { deceptiveCharacter, decodeUtf8, EncodingProblem } from '../text/encoding.ts';
import { locateKeys } from './locate.ts';
import { ConfigError, keyName, problemsOf, type Unplaced, valueAt } from './problems.ts';
import { DEFAULT_MODEL, SETTINGS, type Settings } from './schema.ts';
import { unclearProjects } from './unclear-projects.ts';

/** Settings, and where they come from. */
export interface LoadedSettings {
  settings: Settings;
  /** Absolute path of config.toml. */
  file: string;
  /** False: the file does not exist, and all values are defaults. */
  exists: boolean;
  /** `whisper_model = "auto"`: what is in force instead was picked for this machine, or stands in for it. */
  autoModel: boolean;
  /** The file names a model. */
  modelNamed: boolean;
}

/** A check that only another part can make, e.g. whether a chord is one. */
export interface ValueCheck {
  path: readonly string[];
  /** @throws VoiceError when the value is wrong: its message says why, its hint what is allowed. */
  check: (value: string, settings: Settings) => unknown;
}

interface LoadOptions {
  /** Replaces `~`. Default: the home folder of the environment. */
  home?: string;
  checks?: readonly ValueCheck[];
  /** Models that were chosen outside the file: `used` where it names none, `picked` where it says "auto". */
  models?: { used: string | null; picked: string | null };
}

/** Config files are a few kB; bytes. */
const MAX_BYTES = 1024 * 1024;
/** Nesting of inline tables and arrays: the schema needs 2. */
const MAX_DEPTH = 16;

/**
 * Reads and checks config.toml; a missing file means the defaults.
 * @throws ConfigError with every problem of the file; VoiceError config-unreadable
 */
export async function loadSettings(file: string, options: LoadOptions = {}): Promise<LoadedSettings> {
  const bytes = await readConfig(file);
  const text = bytes === null ? '' : decode(file, bytes);
  return { ...parseSettings(text, file, options), exists: bytes !== null };
}

/** Checks the text of a config file; `file` is for the messages. @throws ConfigError */
export function parseSettings(text: string, file: string, options: LoadOptions = {}): LoadedSettings {
  const document = parseToml(text, file);
  const locate = locateKeys(text);
  const result = SETTINGS.safeParse(document);
  if (!result.success) throw new ConfigError(file, problemsOf(result.error.issues, document, locate));
  const settings = result.data;
  const autoModel = settings.performance.whisper_model === 'auto';
  const modelNamed = valueAt(document, ['performance', 'whisper_model']) !== undefined;
  settings.performance.whisper_model = modelOf(
    settings.performance.whisper_model,
    modelNamed,
    options.models,
  );
  const problems = [
    ...unclearProjects(settings.project),
    ...(options.checks ?? []).flatMap((check) => checked(check, settings)),
  ];
  if (problems.length > 0) {
    throw new ConfigError(
      file,
      problems.map((problem) => ({ ...problem, ...locate(problem.path) })),
    );
  }
  return {
    settings: withHome(settings, options.home ?? homeOf(process.env)),
    file,
    exists: true,
    autoModel,
    modelNamed,
  };
}

/** The file takes precedence; without a value, the model that was chosen elsewhere counts. */
function modelOf(setting: string, named: boolean, models: LoadOptions['models']): string {
  if (setting === 'auto') return models?.picked ?? DEFAULT_MODEL;
  return named ? setting : (models?.used ?? setting);
}

function checked({ path, check }: ValueCheck, settings: Settings): Unplaced[] {
  try {
    check(String(valueAt(settings, path)), settings);
    return [];
  } catch (error) {
    if (!(error instanceof VoiceError)) throw error;
    return [{ key: keyName(path), path, what: error.message.replace(/\.$/, ''), allowed: error.hint }];
  }
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0]?.replace('Invalid TOML document: ', '') ?? '';
    const { line, column } = error;
    const strange = deceptiveCharacter(text.split('\n')[line - 1] ?? '');
    const hidden =
      strange === null ? '' : `; column ${strange.column} holds a ${strange.name} (${strange.code})`;
    throw new ConfigError(file, [{ line, column, key: '', what: `not valid TOML, ${what}${hidden}` }], {
      cause: error,
    });
  }
}

async function readConfig(file: string): Promise<Buffer | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw unreadable(file, 'it is not a file');
      if (stat.size > MAX_BYTES) throw unreadable(file, `it has ${stat.size} bytes, more than ${MAX_BYTES}`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    if (isMissing(error)) return null;
    throw unreadable(file, error instanceof Error ? error.message : String(error), error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unreadable(file: string, reason: string, cause?: unknown): VoiceError {
  const hint = 'Make the file readable for you, or move it away to use the defaults.';
  return new VoiceError('config-unreadable', `${file} cannot be read: ${reason}.`, hint, { cause });
}

/** TOML is UTF-8; its byte order mark may stand at the beginning. */
function decode(file: string, bytes: Buffer): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (!(error instanceof EncodingProblem)) throw error;
    const { encoding, line } = error;
    const what = encoding === null ? error.message : `${error.message}: save it as UTF-8`;
    throw new ConfigError(file, [{ line, column: 1, key: '', what }], { cause: error });
  }
}

/** `~` and `~/...` of the values that are paths. */
function withHome(settings: Settings, home: string): Settings {
  const expand = (path: string): string => expandHome(path, home);
  return {
    ...settings,
    performance: { ...settings.performance, whisper_model: expand(settings.performance.whisper_model) },
    transcription: { ...settings.transcription, key_file: expand(settings.transcription.key_file) },
    codex: {
      ...settings.codex,
      command: expand(settings.codex.command),
      directory: expand(settings.codex.directory),
    },
    project: settings.project.map((project) => ({ ...project, path: expand(project.path) })),
  };
}
