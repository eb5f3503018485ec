import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectControl } from '../../src/control/client.ts';
import { converse, wordsOf } from '../../src/demo/answers.ts';
import type { Replier } from '../../src/demo/loopback-model.ts';
import { pathsOf } from '../../src/platform/paths.ts';
import {
  type Desktop,
  makeHome,
  startDaemon,
  startDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { isAlive, waitFor } from '../support/process.ts';
import { clip } from '../support/speech.ts';

/** Two seconds of answer: time enough to end something in the middle of it. */
const slowly: Replier = () => ({
  kind: 'text',
  chunks: wordsOf('one two three four five six seven eight nine ten and that was all of it.'),
  delayMs: 130,
});

const SPOKEN = clip('sb-spk1_snt5');
/** The text is made after the end, so that there is a time in which something can die. */
const AFTERWARDS = '[performance]\nparallel_transcription = false\n';

/** The process below `parent` whose command line matches. */
async function descendant(parent: number, pattern: RegExp): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parentOf = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat) parents.set(pid, parentOf);
  }
  const below = (pid: number): boolean => {
    const up = parents.get(pid);
    return up === parent || (up !== undefined && up > 1 && below(up));
  };
  for (const pid of pids.filter(below)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (pattern.test(command.replaceAll('\0', ' '))) return pid;
  }
  throw new Error(`no process below ${parent} matches ${pattern}`);
}

describe('what dies while a person speaks', () => {
  let desktop: Desktop;
  let daemon: TestDaemon | undefined;
  /** Of the tests in which one daemon follows another. */
  let sharedHome: TestHome | undefined;

  beforeEach(async () => {
    desktop = await startDesktop();
  });
  afterEach(async () => {
    await daemon?.stop();
    await sharedHome?.remove();
    daemon = undefined;
    sharedHome = undefined;
    await desktop.stop();
  });

  async function say(): Promise<void> {
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await desktop.audio.play(SPOKEN.path);
  }

  /** The next utterance after whatever happened is heard and answered. */
  async function nextOneWorks(running: TestDaemon, before: number): Promise<void> {
    await say();
    const [next] = await running.waitForEnd(before + 1);
    expect(next).toMatchObject({ state: 'answered', error: null });
  }

  it('the sound server, during the recording', async () => {
    daemon = await startDaemon(desktop.env);
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await waitFor('a recorder', async () => (await desktop.audio.sourceOutputs()).length > 0);
    await desktop.audio.kill();
    const [ended] = await daemon.waitForEnd(1);
    expect(ended?.state).toBe('failed');
    expect(ended?.error?.code).toMatch(/^microphone-/);
    expect(ended?.error?.hint).not.toBe('');
    await desktop.notifications.caughtUp();
    expect(desktop.notifications.sent.some(({ body }) => body.includes('microphone'))).toBe(true);
    await desktop.audio.restart();
    await nextOneWorks(daemon, 1);
  });

  it('the Whisper engine, during the transcription', async () => {
    daemon = await startDaemon(desktop.env, { config: AFTERWARDS });
    const { transcriber } = await daemon.status();
    const control = await connectControl({ path: pathsOf(daemon.env).controlSocket, client: 'test' });
    const finishing = new Promise<void>((resolve) => {
      control.onEvent(({ event, payload }) => {
        if (event === 'stage' && payload.stage === 'finishing') resolve();
      });
    });
    await control.request('subscribe', { events: ['stage'] });
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    const spoken = desktop.audio.play(SPOKEN.path);
    await finishing;
    process.kill(transcriber.pid ?? 0, 'SIGKILL');
    await spoken;
    control.close();
    const [ended] = await daemon.waitForEnd(1);
    expect(ended).toMatchObject({ state: 'answered', error: null });
    expect(ended?.transcript?.toLowerCase()).toContain('sunday is the best part');
    const after = await daemon.status();
    expect(after.transcriber.pid).not.toBe(transcriber.pid);
    await nextOneWorks(daemon, 1);
  });

  it('the Codex terminal, during an answer', async () => {
    daemon = await startDaemon(desktop.env, { reply: slowly });
    await say();
    await daemon.model.waitForRequest(() => true);
    process.kill(await descendant(daemon.process.pid, / resume .*--remote /), 'SIGKILL');
    const [ended] = await daemon.waitForEnd(1);
    expect(ended).toMatchObject({ state: 'answered', error: null });
    expect(ended?.answer).toBe('one two three four five six seven eight nine ten and that was all of it.');
    await nextOneWorks(daemon, 1);
    expect(daemon.model.requests.at(-1)?.userTexts).toHaveLength(2);
  });

  it('the Codex app-server, during an answer', async () => {
    daemon = await startDaemon(desktop.env, { reply: slowly });
    await say();
    await daemon.model.waitForRequest(() => true);
    await delay(500);
    process.kill(await descendant(daemon.process.pid, / app-server /), 'SIGKILL');
    const [ended] = await daemon.waitForEnd(1);
    expect(ended?.state).toBe('interrupted');
    expect(ended?.error?.code).toBe('codex-down');
    expect('one two three four five six seven eight nine ten').toContain((ended?.answer ?? '').trim());
    await nextOneWorks(daemon, 1);
    expect(daemon.model.requests.at(-1)?.userTexts).toHaveLength(2);
  });

  it('the notification server and its bus, between two sentences', async () => {
    daemon = await startDaemon(desktop.env);
    await say();
    await daemon.waitForEnd(1);
    await desktop.bus.kill();
    await say();
    const [unseen] = await daemon.waitForEnd(2);
    expect(unseen).toMatchObject({ state: 'answered', error: null });
    expect(unseen?.timings.notify).toBeUndefined();
  });

  it('the daemon itself, during the transcription: the next run sends what was heard', async () => {
    const home = await makeHome();
    sharedHome = home;
    daemon = await startDaemon(desktop.env, { home, config: AFTERWARDS });
    const control = await connectControl({ path: pathsOf(daemon.env).controlSocket, client: 'test' });
    const finishing = new Promise<void>((resolve) => {
      control.onEvent(({ event, payload }) => {
        if (event === 'stage' && payload.stage === 'finishing') resolve();
      });
    });
    await control.request('subscribe', { events: ['stage'] });
    const { transcriber } = await daemon.status();
    const spoken = say();
    await finishing;
    await delay(30); // the end of the sound is written while the engine works
    process.kill(daemon.process.pid, 'SIGKILL');
    await spoken;
    await daemon.process.exited;
    // Its children do not outlive it for long.
    await waitFor('the engine to end', async () => !(await isAlive(transcriber.pid ?? 0)));
    await waitFor('the recorder to end', async () => (await desktop.audio.sourceOutputs()).length === 0);
    const asked = daemon.model.requests.length;
    expect(asked).toBe(0);
    await daemon.stop();

    daemon = await startDaemon(desktop.env, { home, reply: converse });
    const [ended] = await daemon.waitForEnd(1);
    expect(ended).toMatchObject({ state: 'answered', error: null });
    expect(daemon.model.requests).toHaveLength(1);
    expect(daemon.model.requests[0]?.lastUserText.toLowerCase()).toContain('sunday is the best part');
  });

  it('the daemon itself, in mid-sentence: the next run sends nothing, and says where the sound is', async () => {
    const home = await makeHome();
    sharedHome = home;
    daemon = await startDaemon(desktop.env, { home });
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    const spoken = desktop.audio.play(SPOKEN.path);
    await waitFor('the sound on disk', async () => {
      const [file] = await readdir(join(home.state, 'audio'));
      return file !== undefined && (await stat(join(home.state, 'audio', file))).size > 40_000;
    });
    process.kill(daemon.process.pid, 'SIGKILL');
    await spoken;
    await daemon.stop();
    expect(await desktop.audio.sourceOutputs()).toEqual([]);

    daemon = await startDaemon(desktop.env, { home, reply: converse });
    const [cut] = await daemon.waitForEnd(1);
    expect(cut).toMatchObject({ state: 'failed', prompt: null, error: { code: 'daemon-failed' } });
    expect(daemon.model.requests).toHaveLength(0);
    const file = /--audio (\S+)/.exec(cut?.error?.hint ?? '')?.[1];
    const heard = await daemon.cli('ask', '--audio', file ?? 'no file in the hint');
    expect(heard.stderr.toLowerCase()).toContain('sunday');
    expect(heard.status).toBe(0);
  });
});
