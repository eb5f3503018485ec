import graphemes from '@xterm/addon-unicode-graphemes';
import headless, { type ITerminalAddon } from '@xterm/headless';
import fc from 'fast-check';
import { cleanPrompt, promptChanges } from '../../src/agent/prompt.ts';
import { KeyReader } from '../../src/attach/typed-keys.ts';
import { pasteKeys } from '../../src/codex/tui/paste.ts';
import { readScreen } from '../../src/codex/tui/screen.ts';
import { FrameDecoder } from '../../src/control/framing.ts';
import { VoiceError } from '../../src/errors.ts';
import { promptOf } from '../../src/interpretation/clean.ts';
import { correctedWithin } from '../../src/interpretation/corrections/within.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { watchModes } from '../../src/terminal/hidden-modes.ts';
import { displayText, exactText } from '../../src/text/clean.ts';
import { decodeText, EncodingProblem } from '../../src/text/encoding.ts';
import { replacements } from '../../src/vocabulary/matching/replace.ts';
import { attempt, check, type Target, target } from './target.ts';

/** The longest input, characters: a reader whose time grows with the square of the length takes seconds for it. */
const LONGEST = 100_000;
const times = fc.oneof(
  { weight: 60, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(LONGEST) },
);

/** Strings of the pieces that matter to a reader, between any others; now and then again and again. */
const of = (...pieces: string[]) =>
  fc
    .tuple(
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...pieces) },
          { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
        ),
        { maxLength: 24 },
      ),
      times,
    )
    .map(([parts, count]) => {
      const text = parts.join('');
      return count === 1 || text === '' ? text : text.repeat(Math.ceil(count / text.length)).slice(0, count);
    });

const LIMITS = { frame: 4_096, headers: 256 };
const frame = fc.oneof(
  of(
    'Content-Length: ',
    'content-length:',
    '5',
    '0',
    '-1',
    '99999999999',
    '\r\n',
    '\r\n\r\n',
    '{"jsonrpc":"2.0"}',
    'X: y\r\n',
  ).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const frames = target(
  'frames of the control socket',
  2,
  fc.tuple(frame, fc.integer({ min: 1, max: 40 })),
  ([bytes, size]) => {
    const decoder = new FrameDecoder(LIMITS);
    attempt(() => {
      for (let at = 0; at < bytes.length; at += size)
        for (const body of decoder.push(bytes.subarray(at, at + size)))
          check(body.length <= LIMITS.frame, 'a frame keeps its limit');
    }, VoiceError);
  },
);

const toml = of(
  '[',
  ']',
  '[[',
  ']]',
  '[speech]',
  '[[replace]]',
  '[[project]]',
  'endpoint_ms',
  'from',
  'to',
  'name',
  ' = ',
  '=',
  '"',
  "'",
  '"""',
  "'''",
  '\n',
  '\r\n',
  '#',
  ',',
  '{',
  '}',
  '.',
  '900',
  'true',
  '1979-05-27',
  '\\',
  '\\u00e9',
  '[hotkey]\nlisten',
  '"Ctrl+A"',
  '\u00a0',
  '[transcription]\nurl = "http://a"',
  'inf',
  'nan',
  '_',
  '0x',
);
const config = target('config.toml', 2, toml, (text) => {
  const loaded = attempt(() => parseSettings(text, '/c.toml', { home: '/home/me' }), VoiceError);
  if (loaded !== null) return;
  try {
    parseSettings(text, '/c.toml');
  } catch (error) {
    check(
      error instanceof ConfigError && error.problems.every(({ line, column }) => line >= 1 && column >= 1),
      'a problem has a place',
    );
  }
});

const sequences = of(
  '\x1b[',
  '\x1b]',
  '\x1bP',
  '\x1b\\',
  '\x07',
  '\x9b',
  '0;title',
  '31m',
  '2J',
  '999999999B',
  '?1049h',
  '?1007l',
  '>1u',
  '<9u',
  '=5u',
  '\r',
  '\n',
  '\t',
  '›',
  '› ',
  '\x1b[200~',
  '\x1b[201~',
  'Yes, proceed (y)',
  '  esc',
  '\x1b[2m',
  '日',
  '👩‍👩‍👧',
  '\u202e',
  '\ud800',
  '\x1d',
  '\x1b[93;5u',
);
const shown = target('terminal sequences as text', 2, sequences, (text) => {
  check(
    !/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]|(?![\n])\p{Cs}/u.test(displayText(text)),
    'plain text has no sequences',
  );
  check(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\p{Cf}]/u.test(exactText(text)), 'what is judged is seen');
  const reader = new KeyReader();
  for (let at = 0; at < text.length; at += 7) reader.read(text.slice(at, at + 7));
});

const screen = new headless.Terminal({
  cols: 80,
  rows: 24,
  scrollback: 50,
  allowProposedApi: true,
  logLevel: 'off',
});
screen.loadAddon(new graphemes.UnicodeGraphemesAddon() as unknown as ITerminalAddon);
watchModes(screen);
const screens = target('terminal sequences on a screen', 1, sequences, async (text) => {
  await new Promise<void>((done) => screen.write(`\x1bc${text}`, done));
  const buffer = screen.buffer.active;
  const rows = Array.from({ length: 24 }, (_, row) => ({
    text: buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '',
    dim: false,
  }));
  const { kind } = readScreen(rows);
  if (kind === 'composer')
    check(
      rows.some((row) => row.text.startsWith('›')),
      'a composer has its sign',
    );
});

const phrase = fc
  .oneof(of('e-mail', 'c++', '(', ')', '[', '$&', ' ', "'", '\\', '测试', 'a'), fc.string({ maxLength: 64 }))
  .map((text) => text.slice(0, 64));
const rules = target(
  'replace rules',
  2,
  fc.tuple(
    fc.array(fc.tuple(phrase, fc.string()), { maxLength: 8 }),
    of('e-mail', 'c++', ' ', 'a', '测试', '.'),
  ),
  ([pairs, text]) => {
    const list = pairs.filter(([from]) => /\S/.test(from)).map(([from, to]) => ({ from, to }));
    const heard = `${text} ${list[0]?.from ?? ''}`;
    let end = 0;
    for (const { from, at } of replacements(heard, list)) {
      check(
        at >= end && heard.slice(at, at + from.length) === from,
        'changes are of the text, apart and in order',
      );
      end = at + from.length;
    }
  },
);

const prompts = of(
  '!ls',
  '/new',
  '@a',
  '\x1b[201~',
  '\r',
  '\n',
  '\t',
  ' ',
  'a',
  '.png',
  '\u200b',
  '\u00a0',
  '\ufeff',
  '\ud83d',
  '👩‍👩‍👧',
  '\x03',
  '\u2028',
  '\u3164',
  '\u0301',
);
const typed = target('typed prompts', 3, prompts, (text) => {
  const clean = attempt(() => cleanPrompt(text), VoiceError);
  promptChanges(text);
  if (clean === null) return;
  check(/[^\s\p{C}\p{Z}\p{M}]/u.test(clean), 'a prompt shows something');
  check(cleanPrompt(clean) === clean, 'a clean prompt stays');
  check(!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(clean), 'no control character is sent');
  const pasted = [...pasteKeys(clean).matchAll(/\x1b\[200~([^\x1b\r]*)\x1b\[201~/g)];
  check(pasted.map(([whole]) => whole).join('') === pasteKeys(clean), 'the keys are pastes alone');
  check(pasted.map(([, part]) => part).join('') === ` ${clean} `, 'the pastes are the prompt');
});

const transcripts = of(
  '[BLANK_AUDIO]',
  '(music)',
  '[',
  ']',
  '(',
  ')',
  '*',
  'Thank you.',
  'run the tests',
  ' ',
  '.',
  '字幕',
  '♪',
  '\u0000',
  '\u202e',
  'you',
  '、',
  '[[[[',
);
const spoken = target(
  'transcripts',
  3,
  fc.tuple(
    transcripts,
    fc.nat(5_000),
    fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  ),
  ([text, speechMs, confidence]) => {
    const prompt = promptOf(text, { speechMs, confidence });
    if (prompt === null) return;
    check(/[\p{L}\p{N}]/u.test(prompt), 'a spoken prompt has words');
    check(speechMs > 0, 'nothing is said without speech');
    check(
      !/[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]/u.test(prompt) && !prompt.includes('[BLANK_AUDIO]'),
      'a spoken prompt is clean',
    );
  },
);

const corrections = target(
  'corrections',
  2,
  of(
    'Rename the class',
    'run the tests',
    'no, I mean ',
    'No, wait. ',
    'or rather ',
    'scratch that',
    'Delete the last sentence.',
    'new line',
    'New paragraph.',
    '“',
    '"',
    ', ',
    '. ',
    '? ',
    ' ',
    'the ',
    '8080',
    'I',
  ),
  (text) => {
    const { text: meant, changes, takenBack } = correctedWithin(text);
    let now = text;
    for (const { from, to, at } of changes) {
      check(now.startsWith(from, at), 'a change is about the text before it');
      now = now.slice(0, at) + to + now.slice(at + from.length);
    }
    check(now === meant, 'the changes lead from the one text to the other');
    check((takenBack === null) === (meant !== '' || text === ''), 'an empty prompt was taken back');
  },
);

const decoded = target(
  'texts from stdin',
  2,
  fc.tuple(
    fc.constantFrom<number[]>([], [0xff, 0xfe], [0xfe, 0xff], [0xef, 0xbb, 0xbf]),
    fc.uint8Array({ maxLength: 200 }),
  ),
  ([mark, bytes]) => {
    const all = Buffer.concat([Buffer.from(mark), bytes]);
    const text = attempt(() => decodeText(all), EncodingProblem);
    check(text?.isWellFormed() ?? true, 'a text has whole characters');
  },
);

export const TEXT_TARGETS: readonly Target[] = [
  frames,
  config,
  shown,
  screens,
  rules,
  typed,
  spoken,
  corrections,
  decoded,
];
