import { z } from 'zod';
import { isVoiceRule } from '../approvals/voice.ts';
import { isBelowHome, isFullPath } from '../files/user-paths.ts';
import { phrasePattern } from '../vocabulary/matching/replace.ts';

/**
 * config.toml: every key, its default and its allowed values. The keys keep their names of the file. The error
 * text of a field is the sentence that says what is allowed there (see problems.ts).
 */

const choice = <const T extends [string, ...string[]]>(values: T, preset: T[number]) =>
  z.enum(values, values.map((value) => `"${value}"`).join(', ')).default(preset);

const flag = (preset: boolean) => z.boolean('true, false').default(preset);

const whole = (min: number, max: number, preset: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed).default(preset);
};

const seconds = (min: number, max: number, preset: number) => {
  const allowed = `a number of seconds from ${min} to ${max}`;
  return z.number(allowed).min(min, allowed).max(max, allowed).default(preset);
};

const ONE_LINE = /^[^\x00-\x1f\x7f-\x9f]*$/;
const text = (allowed: string, max = 4096) => z.string(allowed).max(max, allowed).regex(ONE_LINE, allowed);
const words = (allowed: string, max = 4096) => text(allowed, max).regex(/\S/, allowed);

/** A whole spoken phrase, because a word or two could be part of anything. */
const phrases = (preset: string[]) =>
  z
    .array(words('a phrase in one line, at most 64 characters', 64), 'an array of phrases')
    .min(1, 'at least one phrase')
    .max(16, 'at most 16 phrases')
    .default(preset);

/** "http://:80" looks like an address and is none. */
const isAddress = (url: string): boolean => url === '' || (/^https?:\/\/\S+$/.test(url) && URL.canParse(url));

const VOICE_RULE = 'one plain command, such as "npm test" or "cargo test *"';

const FOLDER = 'an absolute path, or one that starts with ~/';
const isFolder = (path: string): boolean => isFullPath(path) || isBelowHome(path);
const isFolderOrEmpty = (path: string): boolean => path === '' || isFolder(path);

const table = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, 'a table');
const section = <T extends z.ZodRawShape>(shape: T) => table(shape).prefault({} as never);

const PROJECT = table({
  name: words('a name in one line, at most 64 characters', 64),
  path: text(FOLDER).refine(isFolder, FOLDER),
  aliases: z
    .array(words('a text in one line, at most 64 characters', 64), 'an array of texts')
    .max(32, 'at most 32 texts')
    .default([]),
});

/** True if it can be found in a text: it becomes a pattern, and is not only invisible characters. */
function isPhrase(from: string): boolean {
  try {
    return phrasePattern(from) !== null && /[\p{L}\p{N}\p{P}\p{S}]/u.test(from);
  } catch {
    return false;
  }
}

/** A tab or a line break has no place in a prompt. */
const REPLACE = table({
  from: words('a phrase in one line, at most 64 characters', 64).refine(
    isPhrase,
    'a phrase of visible letters, digits or symbols, at most 64 characters',
  ),
  to: text('a text in one line, at most 256 characters', 256),
});

/** The model that is part of the program. */
export const DEFAULT_MODEL = 'tiny.en';

export const SETTINGS = table({
  hotkey: section({
    listen: words('a chord such as "Ctrl+Alt+Space"', 100).default('Ctrl+Alt+Space'),
    mode: choice(['toggle', 'hold', 'auto'], 'toggle'),
    cancel: words('a chord such as "Escape"', 100).default('Escape'),
    backend: choice(
      ['auto', 'windows', 'carbon', 'sway', 'hyprland', 'river', 'x11', 'portal', 'gsettings', 'none'],
      'auto',
    ),
  }),
  audio: section({
    device: words('"default", or the name of a device').default('default'),
    backend: choice(
      ['auto', 'winmm', 'audioqueue', 'pulse', 'parec', 'pw-record', 'arecord', 'sox', 'rec', 'file'],
      'auto',
    ),
    keep_open: flag(false),
    headset_profile: choice(['ask', 'switch', 'keep'], 'ask'),
  }),
  speech: section({
    detector: choice(['silero', 'webrtc'], 'silero'),
    endpoint_ms: whole(200, 5_000, 800),
    adaptive_endpoint: flag(true),
    max_seconds: whole(5, 600, 120),
  }),
  performance: section({
    whisper_model: words('"auto", a name that `codex-voice models` lists, or a path').default(DEFAULT_MODEL),
    recording_seconds: seconds(0, 600, 0),
    parallel_transcription: flag(true),
    cache_transcripts: flag(true),
  }),
  models: section({
    mirror: text('an http(s) address, or ""').refine(isAddress, 'an http(s) address, or ""').default(''),
  }),
  transcription: section({
    engine: choice(['whisper', 'openai'], 'whisper'),
    url: text('an http(s) address, or ""').refine(isAddress, 'an http(s) address, or ""').default(''),
    language: z
      .string('"auto", or a language code such as "en"')
      .regex(/^(auto|[a-z]{2,3})$/, '"auto", or a language code such as "en"')
      .default('en'),
    model: words('the name that the server has for its model').default('whisper-1'),
    key_file: text(`${FOLDER}, or ""`).refine(isFolderOrEmpty, `${FOLDER}, or ""`).default(''),
    allow_http: flag(false),
    timeout_seconds: seconds(1, 120, 10),
  }),
  codex: section({
    command: words('a command or a path').default('codex'),
    directory: text(`${FOLDER}, or ""`).refine(isFolderOrEmpty, `${FOLDER}, or ""`).default(''),
    keep_alive: flag(true),
    session_timeout: seconds(10, 86_400, 300),
    streaming: flag(true),
    when_busy: choice(['queue', 'steer', 'interrupt'], 'queue'),
    transport: choice(['auto', 'app-server', 'terminal'], 'auto'),
    pool_size: whole(1, 16, 2),
  }),
  approvals: section({
    spoken: flag(false),
    approve: phrases(['approve', 'yes approve', 'approve it']),
    deny: phrases(['deny', 'no deny', 'deny it']),
    voice_commands: z
      .array(words(VOICE_RULE, 200).refine(isVoiceRule, VOICE_RULE), 'an array of commands')
      .max(64, 'at most 64 commands')
      .default([]),
    remind_seconds: whole(10, 86_400, 120),
  }),
  security: section({
    socket_decisions: choice(['people', 'nobody'], 'people'),
  }),
  prompt: section({
    review: choice(['off', 'notify'], 'off'),
    review_seconds: seconds(1, 60, 3),
    vocabulary: flag(true),
  }),
  reply: section({
    notify: z.union([z.boolean(), z.literal('quiet')], 'true, false, "quiet"').default(true),
    sound: flag(true),
    speak: flag(false),
    popup: choice(['never', 'approval', 'always'], 'never'),
    terminal: words('"auto", or the name of a terminal program').default('auto'),
  }),
  tray: section({
    enabled: flag(true),
  }),
  update: section({
    auto: choice(['notify', 'install', 'off'], 'notify'),
    channel: choice(['stable', 'beta'], 'stable'),
  }),
  replace: z.array(REPLACE, '[[replace]] tables').max(256, 'at most 256 [[replace]] tables').default([]),
  project: z.array(PROJECT, '[[project]] tables').max(64, 'at most 64 [[project]] tables').default([]),
});

/** The effective settings: the names of config.toml, every key present. */
export type Settings = z.infer<typeof SETTINGS>;

/** The names of the keys of each table of the file, in the order of the documentation. */
export function knownKeys(): Record<string, string[]> {
  const keys: Record<string, string[]> = {
    '': Object.keys(SETTINGS.shape),
    replace: Object.keys(REPLACE.shape),
    project: Object.keys(PROJECT.shape),
  };
  for (const [name, schema] of Object.entries(SETTINGS.shape)) {
    if (schema instanceof z.ZodPrefault) keys[name] = Object.keys(schema.unwrap().shape);
  }
  return keys;
}
