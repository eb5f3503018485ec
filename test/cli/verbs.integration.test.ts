import { copyFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Utterance } from '../../src/utterance.ts';
import {
  headless,
  makeHome,
  runCli,
  startDaemon,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { startProcess } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { clip } from '../support/speech.ts';
import { wordErrors } from '../support/wer.ts';
import { writeWav } from '../support/write-wav.ts';

const SPOKEN = clip('sb-spk1_snt5');

describe('the verbs where no daemon runs', () => {
  let home: TestHome;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    home = await makeHome();
    env = { ...headless(), ...home.env };
  });
  afterAll(() => home.remove());

  // One of each file of src/cli that asks a daemon for something and does no more.
  const needDaemon = [['status'], ['toggle'], ['interrupt'], ['stop'], ['stats'], ['ask', 'hello']];
  it.each(needDaemon.map((args) => [args.join(' '), args] as const))(
    '%s ends with 3',
    async (_name, args) => {
      const { status, stderr, stdout } = await runCli(env, ...args);
      expect(stderr).toMatch(/No daemon is running\. \[daemon-missing\]\n {2}Run `codex-voice start`\./);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    },
  );

  const wrong = [
    [],
    ['nonsense'],
    ['ask'],
    ['ask', 'text', '--audio', 'file.wav'],
    ['history', '-n', 'many'],
    ['status', '--colour'],
  ];
  it.each(wrong.map((args) => [args.join(' ') || 'no verb', args] as const))(
    '%s ends with 2',
    async (_name, args) => {
      const { status, stderr } = await runCli(env, ...args);
      expect(status).toBe(2);
      expect(stderr).not.toBe('');
    },
  );

  it('help is no mistake', async () => {
    const { status, stdout } = await runCli(env, 'status', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('codex-voice status');
  });

  it('history is empty, the version is that of the package', async () => {
    expect(JSON.parse((await runCli(env, 'history', '--json')).stdout)).toEqual([]);
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await runCli(env, 'version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect((await runCli(env, '--version')).stdout).toBe(`${manifest.version}\n`);
  });

  it.each(['models', '--help', 'version --verbose', 'config print'])(
    '%s ends quietly when nobody reads its output',
    async (words) => {
      const { command, args } = programCommand(words.split(' '));
      const verb = await startProcess(command, args, { env });
      verb.child.stdout?.destroy();
      expect({ status: await verb.exited, stderr: verb.stderr() }).toEqual({ status: 0, stderr: '' });
    },
  );

  it('errors that nobody reads change neither the output nor the exit status', async () => {
    const { command, args } = programCommand(['status']);
    const verb = await startProcess(command, args, { env });
    verb.child.stderr?.destroy();
    expect({ status: await verb.exited, stdout: verb.stdout() }).toEqual({ status: 3, stdout: '' });
  });

  it('output that finds the disk full is an error', async () => {
    const { command, args } = programCommand(['models']);
    const full = await startProcess('sh', ['-c', 'exec "$0" "$@" >/dev/full', command, ...args], { env });
    const status = await full.exited;
    expect({ status, stderr: full.stderr() }).toEqual({
      status: 1,
      stderr: expect.stringContaining('the disk is full. [disk-full]'),
    });
  });

  it('config tells its path, its errors with lines, and what is in force', async () => {
    expect((await runCli(env, 'config', 'path')).stdout.trim()).toBe(home.config);
    await writeFile(home.config, '[speech]\nendpoint = 700\nadaptive_endpoint = true\n');
    const { status, stderr } = await runCli(env, 'config', 'check');
    expect(status).toBe(1);
    expect(stderr).toContain(`${home.config}:2: speech.endpoint`);
    // A daemon does not start with it.
    const daemon = await runCli(env, 'daemon');
    expect(daemon.status).toBe(1);
    expect(daemon.stderr).toContain(`${home.config}:2`);
    const background = await runCli(env, 'start');
    expect(background.status).toBe(1);
    expect(background.stderr).toContain(`${home.config}:2`);
    await writeFile(home.config, '[speech]\nendpoint_ms = 700\n');
    expect((await runCli(env, 'config', 'check')).status).toBe(0);
    expect((await runCli(env, 'config', 'print')).stdout).toContain('endpoint_ms = 700');
  });

  it('a state folder that cannot be written is named', async () => {
    // Below a file no folder can be made, not even by root.
    const file = join(home.path, 'file');
    await writeFile(file, '');
    await writeFile(home.config, '');
    const { status, stderr } = await runCli({ ...env, XDG_STATE_HOME: join(file, 'state') }, 'daemon');
    expect(status).toBe(1);
    expect(stderr).toContain('[state-unwritable]');
    expect(stderr).toContain(join(file, 'state'));
  });
});

describe('the verbs with a daemon', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon(headless());
  });
  afterAll(() => daemon?.stop());

  it('ask streams the answer to stdout', async () => {
    const result = await daemon.cli('ask', 'what', 'is', 'new?');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toMatch(/^You said: "what is new\?"\..*\n$/);
  });

  it('ask --audio hears a whole file, pauses and all', async () => {
    const spoken = clip('jfk');
    const { status, stdout, stderr } = await daemon.cli('ask', '--audio', spoken.path, '--json');
    expect(stderr).toBe('');
    const record = JSON.parse(stdout) as Utterance;
    expect({ status, state: record.state, source: record.source }).toEqual({
      status: 0,
      state: 'answered',
      source: 'file',
    });
    expect(wordErrors(spoken.text, record.transcript ?? '').rate).toBeLessThan(0.1);
  });

  it('ask --no-wait prints the id, under which the journal has the answer', async () => {
    const { stdout } = await daemon.cli('ask', '--no-wait', 'later');
    const all = await daemon.waitForEnd(3);
    expect(all[0]).toMatchObject({ id: stdout.trim(), prompt: 'later', state: 'answered', source: 'cli' });
  });

  it('ask - reads stdin', async () => {
    const main = new URL('../../src/main.ts', import.meta.url).pathname;
    const shell = await startProcess(
      'sh',
      ['-c', `printf 'two\\nlines' | "$0" "$1" ask - --json`, process.execPath, main],
      {
        env: daemon.env,
      },
    );
    expect(await shell.exited).toBe(0);
    expect((JSON.parse(shell.stdout()) as Utterance).prompt).toBe('two\nlines');
    expect(daemon.model.requests.at(-1)?.lastUserText).toBe('two\nlines');
  });

  const piped = (printed: string) =>
    startProcess(
      'sh',
      [
        '-c',
        `printf '${printed}' | "$0" "$1" ask - --json`,
        process.execPath,
        new URL('../../src/main.ts', import.meta.url).pathname,
      ],
      { env: daemon.env },
    );

  it('ask - sends tabs and indentation as they are, and says what is lost', async () => {
    const makefile = await piped('all:\\n\\tgo build\\n\\t\\techo\\n');
    expect(await makefile.exited).toBe(0);
    expect(daemon.model.requests.at(-1)?.lastUserText).toBe('all:\n\tgo build\n\t\techo');
    expect(makefile.stderr()).toBe('');
    const indented = await piped('\\tif a:\\n\\t\\treturn\\n');
    expect(await indented.exited).toBe(0);
    expect(daemon.model.requests.at(-1)?.lastUserText).toBe('if a:\n\t\treturn');
    expect(indented.stderr()).toContain('The indentation of the first line is lost');
  });

  it('ask - reads UTF-16 and refuses what is neither', async () => {
    const utf16 = await piped('\\377\\376r\\000u\\000n\\000');
    expect(await utf16.exited).toBe(0);
    expect(daemon.model.requests.at(-1)?.lastUserText).toBe('run');
    const asked = daemon.model.requests.length;
    const latin = await piped('one\\ngr\\374\\337e\\n');
    expect(await latin.exited).toBe(2);
    expect(latin.stderr()).toContain('line 2: it is not UTF-8: byte 0xfc at offset 6');
    const invisible = await piped('\\342\\200\\213\\302\\240');
    expect(await invisible.exited).toBe(1);
    expect(invisible.stderr()).toContain('[prompt-empty]');
    expect(daemon.model.requests).toHaveLength(asked);
  });

  it('ask --audio - hears what another program writes into a pipe, and keeps no copy', async () => {
    const main = new URL('../../src/main.ts', import.meta.url).pathname;
    for (const script of [
      'sox "$2" -t wav - | "$0" "$1" ask --audio - --json',
      '"$0" "$1" ask --json --audio <(cat "$2")',
    ]) {
      const shell = await startProcess('bash', ['-c', script, process.execPath, main, SPOKEN.path], {
        env: daemon.env,
      });
      expect(await shell.exited).toBe(0);
      const { transcript } = JSON.parse(shell.stdout()) as Utterance;
      expect(wordErrors(SPOKEN.text, transcript ?? '').rate).toBeLessThan(0.2);
    }
    const state = join(daemon.home.env.XDG_STATE_HOME ?? '', 'codex-voice');
    expect((await readdir(state)).filter((name) => name.startsWith('recording-'))).toEqual([]);
  });

  it('ask --audio --partial hears a recording whose end is missing', async () => {
    const cut = join(daemon.home.path, 'cut.wav');
    await copyFile(clip('jfk').path, cut);
    await truncate(cut, 100_000);
    const { status, stdout } = await daemon.cli('ask', '--audio', cut, '--partial', '--json');
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Utterance).transcript).toMatch(/my fellow Americans/i);
  });

  it('history finds words, newest first; stats have percentiles', async () => {
    const found = await daemon.json<Utterance[]>('history', 'later');
    expect(found.map(({ prompt }) => prompt)).toEqual(['later']);
    expect(await daemon.json('history', '-n', '1')).toHaveLength(1);
    const { stages } = await daemon.json<{ stages: Record<string, { count: number }> }>('stats');
    expect(stages.delivery?.count).toBeGreaterThanOrEqual(4);
    expect((await daemon.cli('stats')).stdout).toContain('delivery');
  });

  it('a second daemon is refused, the first goes on', async () => {
    for (const verb of ['daemon', 'start']) {
      const { status, stderr } = await daemon.cli(verb);
      expect({ verb, status }).toEqual({ verb, status: 1 });
      expect(stderr).toContain('[daemon-running]');
    }
    expect((await daemon.cli('ask', 'still there?')).status).toBe(0);
  });

  it('a truncated or senseless recording is refused and changes nothing', async () => {
    const before = (await daemon.history()).length;
    const bad = join(daemon.home.path, 'bad.wav');
    await copyFile(clip('jfk').path, bad);
    await truncate(bad, 100_000);
    const truncated = await daemon.cli('ask', '--audio', bad);
    expect(truncated.status).toBe(1);
    expect(truncated.stderr).toContain('[audio-invalid]');
    await writeFile(bad, 'this is no sound');
    expect((await daemon.cli('ask', '--audio', bad)).stderr).toContain('[audio-invalid]');
    expect((await daemon.cli('ask', '--audio', join(daemon.home.path, 'none.wav'))).stderr).toContain(
      '[audio-invalid]',
    );
    expect(await daemon.history()).toHaveLength(before);
    expect((await daemon.cli('ask', 'and now?')).status).toBe(0);
  });

  it('a silent recording is empty, not a prompt', async () => {
    const silent = join(daemon.home.path, 'silent.wav');
    await writeWav(silent, new Float32Array(32_000));
    const asked = daemon.model.requests.length;
    const { status, stderr } = await daemon.cli('ask', '--audio', silent);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'the recording has no speech\n' });
    expect(daemon.model.requests).toHaveLength(asked);
  });

  it('a wrong setting is told, and the last good settings stay', async () => {
    const { config } = await (await import('../../src/control/client.ts'))
      .connectControl({
        path: join(daemon.home.env.XDG_RUNTIME_DIR ?? '', 'codex-voice', 'control.sock'),
        client: 'test',
      })
      .then(async (client) => {
        await client.request('subscribe', { events: ['error'] });
        const told = new Promise<{ code: string; message: string }>((resolve) =>
          client.onEvent(({ event, payload }) => event === 'error' && resolve(payload.error)),
        );
        await writeFile(daemon.home.config, daemon.home.settings('[speech]\nendpoint_ms = "soon"'));
        const error = await told;
        expect(error.code).toBe('config-invalid');
        expect(error.message).toContain(`${daemon.home.config}:2`);
        const config = await client.request('config', {});
        client.close();
        return { config };
      });
    expect(config.settings.speech).toMatchObject({ endpoint_ms: 800 });
  });

  it('stop ends it, and all that it started', async () => {
    expect(await daemon.cli('stop')).toMatchObject({ status: 0, stdout: 'stopped\n' });
    expect(await daemon.process.exited).toBe(0);
    expect((await daemon.cli('status')).status).toBe(3);
  });
});

describe('a model file that is missing', () => {
  it('is told with its code; a prompt that is typed still works', async () => {
    await using home = await makeHome();
    const model = join(home.path, 'data', 'codex-voice', 'models', 'my-model.bin');
    await using daemon = await startDaemon(headless(), {
      home,
      config: `[performance]\nwhisper_model = "${model}"`,
      readyWithoutWhisper: true,
    });
    const { status, stderr } = await daemon.cli('ask', '--audio', SPOKEN.path);
    expect({ status, code: /\[([a-z-]+)\]/.exec(stderr)?.[1] }).toEqual({ status: 1, code: 'model-missing' });
    const [failed] = await daemon.history();
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'model-missing' } });
    // What was said is kept and can be heard again.
    const kept = /--audio (\S+)/.exec(failed?.error?.hint ?? '')?.[1];
    expect((await readFile(kept ?? 'no path in the hint')).length).toBeGreaterThan(10_000);
    expect((await daemon.cli('ask', 'typed')).status).toBe(0);
  });
});
