import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectControl } from '../../src/control/client.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { converse } from '../../src/loopback/answers.ts';
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

const SPOKEN = clip('sb-spk1_snt5');
/** The text is made after the end, so that there is a time in which something can die. */
const AFTERWARDS = '[performance]\nparallel_transcription = false\n';

describe('what dies while a person speaks', () => {
  let desktop: Desktop;
  let daemon: TestDaemon | undefined;
  /** Of the tests in which one daemon follows another. */
  let sharedHome: TestHome | undefined;

  beforeAll(async () => {
    desktop = await startDesktop();
  });
  afterAll(() => desktop?.stop());
  afterEach(async () => {
    await daemon?.stop();
    await sharedHome?.remove();
    daemon = undefined;
    sharedHome = undefined;
  });

  async function say(): Promise<void> {
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await desktop.audio.play(SPOKEN.path);
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
    await say();
    const [next] = await daemon.waitForEnd(2);
    expect(next).toMatchObject({ state: 'answered', error: null });
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
