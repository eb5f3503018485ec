import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import { loadSettings, parseSettings } from '../../src/settings/load.ts';
import { formatSettings } from '../../src/settings/print.ts';
import { ConfigError } from '../../src/settings/problems.ts';

function failure(text: string): ConfigError {
  try {
    parseSettings(text, '/c.toml', { home: '/home/me' });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the text was accepted');
}

describe('defaults', () => {
  test('an empty file means every default of the documentation', () => {
    const { settings } = parseSettings('', '/c.toml');
    expect(settings).toEqual({
      hotkey: { listen: 'Ctrl+Alt+Space', mode: 'toggle', cancel: 'Escape', backend: 'auto' },
      audio: { device: 'default', backend: 'auto', keep_open: false, headset_profile: 'ask' },
      speech: { detector: 'silero', endpoint_ms: 800, adaptive_endpoint: true, max_seconds: 120 },
      performance: {
        whisper_model: 'tiny.en',
        recording_seconds: 0,
        parallel_transcription: true,
        cache_transcripts: true,
      },
      models: { mirror: '' },
      transcription: {
        engine: 'whisper',
        url: '',
        language: 'en',
        model: 'whisper-1',
        key_file: '',
        allow_http: false,
        timeout_seconds: 10,
      },
      codex: {
        command: 'codex',
        directory: '',
        keep_alive: true,
        session_timeout: 300,
        streaming: true,
        when_busy: 'queue',
        transport: 'auto',
        pool_size: 2,
      },
      approvals: {
        spoken: false,
        approve: ['approve', 'yes approve', 'approve it'],
        deny: ['deny', 'no deny', 'deny it'],
        voice_commands: [],
        remind_seconds: 120,
      },
      security: { socket_decisions: 'people' },
      prompt: { review: 'off', review_seconds: 3, vocabulary: true },
      reply: { notify: true, sound: true, speak: false, popup: 'never', terminal: 'auto' },
      tray: { enabled: true },
      update: { auto: 'notify', channel: 'stable' },
      replace: [],
      project: [],
    });
  });

  test('what the file says wins, and ~ is the home folder', () => {
    const text = [
      'hotkey.mode = "hold"',
      'codex = { command = "~/bin/codex", directory = "~" }',
      '[speech]',
      'endpoint_ms = 1_200',
      'adaptive_endpoint = false',
      '[[project]]',
      'name = "backend"',
      'path = "~/src/backend"',
    ].join('\n');
    const { settings } = parseSettings(text, '/c.toml', { home: '/home/me' });
    expect(settings.hotkey).toMatchObject({ mode: 'hold', listen: 'Ctrl+Alt+Space' });
    expect(settings.codex).toMatchObject({ command: '/home/me/bin/codex', directory: '/home/me' });
    expect(settings.speech.endpoint_ms).toBe(1200);
    expect(settings.project).toEqual([{ name: 'backend', path: '/home/me/src/backend', aliases: [] }]);
    expect(settings.speech.adaptive_endpoint).toBe(false);
  });

  test('config print shows what is in force and reads back as the same', () => {
    const loaded = parseSettings('[[project]]\nname="a \\"b\\""\npath="/x"\naliases=["c"]', '/c.toml');
    const printed = formatSettings(loaded);
    expect(printed).toContain('cache_transcripts = true\n');
    expect(printed).toContain('endpoint_ms = 800\n');
    expect(parseSettings(printed, '/c.toml').settings).toEqual(loaded.settings);
  });
});

describe('errors name line, column, key and what is allowed', () => {
  const cases: [name: string, text: string, line: number, column: number, key: string, says: string[]][] = [
    [
      'wrong value',
      '[hotkey]\n\nmode = "tap"',
      3,
      1,
      'hotkey.mode',
      ['"tap" is not allowed', '"toggle", "hold", "auto"'],
    ],
    [
      'wrong type',
      '[speech]\n  endpoint_ms = "fast"',
      2,
      3,
      'speech.endpoint_ms',
      ['"fast"', 'whole number from 200'],
    ],
    [
      'out of range',
      '# a\n[speech]\nendpoint_ms = 50',
      3,
      1,
      'speech.endpoint_ms',
      ['50 is not', '200 to 5000'],
    ],
    ['fraction', '[speech]\nmax_seconds = 5.5', 2, 1, 'speech.max_seconds', ['5.5']],
    [
      'unknown key',
      '[speech]\nendpont_ms = 1',
      2,
      1,
      'speech.endpont_ms',
      ['did you mean endpoint_ms?', 'detector'],
    ],
    [
      'key of another table',
      '[audio]\nendpoint_ms = 1',
      2,
      1,
      'audio.endpoint_ms',
      ['did you mean speech.endpoint_ms?'],
    ],
    ['unknown table', '\n[speach]\nx = 1', 2, 1, 'speach', ['did you mean speech?', 'hotkey, audio']],
    ['unknown key at the top', 'zzz = 1', 1, 1, 'zzz', ['unknown key (allowed']],
    ['a value where a table belongs', 'speech = 3', 1, 1, 'speech', ['3 is not allowed', 'a table']],
    ['dotted key', 'reply.sound = 1', 1, 7, 'reply.sound', ['true, false']],
    ['quoted key', '[reply]\n"sound" = "on"', 2, 1, 'reply.sound', ['true, false']],
    [
      'inline table',
      'codex = { command = "x", streaming = "no" }',
      1,
      26,
      'codex.streaming',
      ['true, false'],
    ],
    ['empty text', '[audio]\ndevice = ""', 2, 1, 'audio.device', ['"" is not allowed']],
    ['control character', '[codex]\ncommand = "a\\u001bb"', 2, 1, 'codex.command', ['a command or a path']],
    ['relative folder', '[codex]\ndirectory = "src"', 2, 1, 'codex.directory', ['absolute path']],
    ['folder of somebody', '[codex]\ndirectory = "~bob/x"', 2, 1, 'codex.directory', ['absolute path']],
    ['missing key', '[[project]]\nname = "a"', 1, 1, 'project[0].path', ['is missing', 'absolute path']],
    [
      'second project',
      '[[project]]\nname="a"\npath="/a"\n\n[[project]]\nname="b"\npath="b"',
      7,
      1,
      'project[1].path',
      ['"b" is not allowed'],
    ],
    [
      'element of an array over several lines',
      '[[project]]\nname="a"\npath="/a"\naliases = [\n  "x", # one, [two]\n  3,\n]',
      6,
      3,
      'project[0].aliases[1]',
      ['3 is not allowed'],
    ],
    [
      'after texts that look like keys',
      '[codex]\ncommand = """\nmode = 1 # [x]\n"""\nwhen_busy = \'\'\'a"\'\'\'',
      5,
      1,
      'codex.when_busy',
      ['"queue"'],
    ],
    ['syntax', '[hotkey\nmode = 1', 1, 8, '', ['not valid TOML']],
    ['a key twice', '[hotkey]\nmode = "hold"\nmode = "hold"', 3, 1, '', ['not valid TOML', 'redefine']],
    ['__proto__', '[hotkey]\n__proto__ = 1', 2, 1, '', ['unsafe']],
  ];
  for (const [name, text, line, column, key, says] of cases) {
    test(name, () => {
      const error = failure(text);
      expect(error.code).toBe('config-invalid');
      const problem = error.problems.find((each) => each.key === key);
      expect(problem).toMatchObject({ line, column, key });
      expect(error.message).toContain(`/c.toml:${line}: ${key === '' ? '' : `${key}: `}`);
      for (const part of says) expect(error.message).toContain(part);
    });
  }

  test('all of them at once, in the order of the lines', () => {
    const error = failure('[reply]\nsound = 3\nbeep = 1\n[hotkey]\nmode = "x"\nlistn = "y"');
    expect(error.problems.map(({ line, key }) => [line, key])).toEqual([
      [2, 'reply.sound'],
      [3, 'reply.beep'],
      [5, 'hotkey.mode'],
      [6, 'hotkey.listn'],
    ]);
    expect(error.message.split('\n')).toHaveLength(4);
    expect(error.hint).toContain('config check');
  });

  test('a huge value is not repeated in the message', () => {
    expect(failure(`[hotkey]\nmode = "${'x'.repeat(100_000)}"`).message.length).toBeLessThan(300);
  });

  test('project names are unique', () => {
    const text = '[[project]]\nname="a"\npath="/a"\n[[project]]\nname="a"\npath="/b"';
    expect(failure(text).problems.map(({ line, key }) => [line, key])).toContainEqual([5, 'project[1].name']);
  });

  test('a check of another part', () => {
    const check = {
      path: ['hotkey', 'listen'],
      check: (value: string) => {
        if (value === 'Foo') throw new VoiceError('hotkey-invalid', 'no such key.', 'chords');
      },
    };
    expect(() => parseSettings('[hotkey]\nlisten = "Foo"', '/c.toml', { checks: [check] })).toThrow(
      '/c.toml:2: hotkey.listen: no such key (allowed: chords)',
    );
    expect(parseSettings('', '/c.toml', { checks: [check] }).settings.hotkey.listen).toBe('Ctrl+Alt+Space');
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('missing: the defaults', async () => {
    const loaded = await loadSettings(join(folder, 'none', 'config.toml'));
    expect(loaded.exists).toBe(false);
    expect(loaded.settings.hotkey.mode).toBe('toggle');
  });

  test('with a byte order mark and Windows line ends', async () => {
    const file = join(folder, 'config.toml');
    await writeFile(file, '\uFEFF[hotkey]\r\nmode = "hold"\r\nx = 1\r\n');
    await expect(loadSettings(file)).rejects.toThrow(`${file}:3: hotkey.x`);
  });

  test('a folder, a file below a file, a file that is too large: config-unreadable', async () => {
    const large = join(folder, 'large.toml');
    await writeFile(large, Buffer.alloc(1024 * 1024 + 1, '#'));
    const nested = join(folder, 'nested');
    await mkdir(nested);
    // These fail for root, too, whom permissions do not stop.
    for (const file of [nested, join(large, 'config.toml'), large]) {
      const error = await loadSettings(file).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(VoiceError);
      expect(error).toMatchObject({ code: 'config-unreadable' });
    }
  });

  test.each([
    [Buffer.from('\ufeff[speech]\nendpoint_ms = 900', 'utf16le'), 'it is UTF-16: save it as UTF-8'],
    [Buffer.from('[speech]\nendpoint_ms = 900', 'utf16le'), 'it looks like UTF-16'],
    [Buffer.from('[speech]\n# gr\xfc\xdfe', 'latin1'), ':2: it is not UTF-8: byte 0xfc at offset 13'],
  ])('another encoding is named, with the line', async (bytes, says) => {
    const file = join(folder, 'config.toml');
    await writeFile(file, bytes);
    await expect(loadSettings(file)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(says),
    });
  });

  test('a byte order mark is no mistake', async () => {
    const file = join(folder, 'config.toml');
    await writeFile(file, '\ufeff[speech]\nendpoint_ms = 900');
    expect((await loadSettings(file)).settings.speech.endpoint_ms).toBe(900);
  });

  test('not UTF-8: config-invalid', async () => {
    const file = join(folder, 'config.toml');
    await writeFile(file, Buffer.from([0x61, 0xff, 0xfe]));
    await expect(loadSettings(file)).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('[[replace]]', () => {
  test('takes any phrase that can be seen', () => {
    for (const from of ['e-mail', 'c++', '(a)', "don't", '测试', '🙂']) {
      const text = `[[replace]]\nfrom = ${JSON.stringify(from)}\nto = "x"`;
      expect(parseSettings(text, '/c.toml').settings.replace).toEqual([{ from, to: 'x' }]);
    }
  });

  test('names the rule whose phrase is invisible', () => {
    const text = '[[replace]]\nfrom = "a"\nto = "b"\n[[replace]]\nfrom = "\u200b\u2060"\nto = "x"';
    expect(failure(text).problems).toMatchObject([{ line: 5, key: 'replace[1].from' }]);
  });
});

describe('characters that cannot be seen', () => {
  test.each([
    ['endpoint_ms =\u00a0900', 'column 14 holds a no-break space (U+00A0)'],
    ['end\u200bpoint_ms = 900', 'column 4 holds a zero-width space (U+200B)'],
    ['\ufeffendpoint_ms = 900', 'column 1 holds a byte order mark (U+FEFF)'],
    ['endpoint_ms = 900\u3000', 'column 18 holds a ideographic space (U+3000)'],
  ])('%j is named with its place', (line, says) => {
    const { problems, message } = failure(`[speech]\n${line}`);
    expect(problems[0]).toMatchObject({ line: 2 });
    expect(message).toContain(says);
  });

  test('curly quotation marks are named', () => {
    expect(failure('[speech]\ndetector = “silero”').message).toContain('curly quotation mark');
  });

  test('in a value and in a key they are shown', () => {
    expect(failure('[speech]\ndetector = "silero\u200b"').message).toContain(
      '"silero\\u200b" is not allowed',
    );
    expect(failure('[speech]\n"detector\u00a0" = "silero"').message).toContain(
      'detector\\u00a0: unknown key',
    );
  });

  test('a mark at the beginning of the file is no mistake', () => {
    expect(parseSettings('\ufeff[speech]\nendpoint_ms = 900', '/c.toml').settings.speech.endpoint_ms).toBe(
      900,
    );
  });
});

test('an address must be one', () => {
  for (const url of ['http://', 'http://:80', 'ftp://gpu', 'gpu:8000', 'http://gpu:99999'])
    expect(failure(`[transcription]\nurl = "${url}"`).problems[0]).toMatchObject({
      key: 'transcription.url',
    });
  const url = 'https://x.openai.azure.com/openai/deployments/w?api-version=1#a';
  expect(parseSettings(`[transcription]\nurl = "${url}"`, '/c.toml').settings.transcription.url).toBe(url);
});
