import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeHome,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestHome,
} from '../support/desktop.ts';
import { startProcess, waitFor } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { clip } from '../support/speech.ts';

const REPORTED =
  /^ok {6}press {10}The driver x11 reported Ctrl\+Alt\+Space after \d+(\.\d)? s, and its release \d+ ms later\n$/;

describe('doctor --press on X11', () => {
  let desktop: QuietDesktop;
  let home: TestHome;

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    home = await makeHome();
  });
  afterAll(async () => {
    await home?.remove();
    await desktop?.stop();
  });

  /** Presses the key when doctor asks for it, as a user does. */
  async function doctor(env: NodeJS.ProcessEnv): Promise<string> {
    const { command, args } = programCommand(['doctor', '--press']);
    const verb = await startProcess(command, args, { env });
    await waitFor('the request', () => verb.stderr().includes('Press Ctrl+Alt+Space within 10 s.'));
    await desktop.x.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space');
    await delay(100);
    await desktop.x.xdotool('keyup', 'space', 'keyup', 'alt', 'keyup', 'ctrl');
    expect(await verb.exited).toBe(0);
    return verb.stdout();
  }

  it('asks a running daemon, which discards what it begins to hear', async () => {
    // At the speed at which it was spoken: the daemon is in the middle of the sentence.
    const microphone = new RecordedMicrophone(home.path, { quick: false });
    await microphone.hears(clip('sb-spk1_snt5').path);
    await using daemon = await startDaemon(desktop.env, { home, config: microphone.settings });
    await waitFor('the key', async () => (await daemon.status()).hotkey.state === 'grabbed');
    expect(await doctor(daemon.env)).toMatch(REPORTED);
    await waitFor('the idle stage', async () => (await daemon.status()).stage === 'idle');
    expect((await daemon.history()).map(({ state }) => state)).toEqual(['cancelled']);
    expect(daemon.model.requests.filter(({ lastUserText }) => lastUserText)).toEqual([]);
  });

  it('grabs the key itself where no daemon runs', async () => {
    expect(await doctor({ ...desktop.env, ...home.env })).toMatch(REPORTED);
  });

  it('is not needed to learn who has the key: the notification says it', async () => {
    const thief = fileURLToPath(new URL('../support/key-thief.ts', import.meta.url));
    const program = await startProcess(process.execPath, [thief, 'Ctrl+Alt+F9'], { env: desktop.env });
    await waitFor('the other program', () => program.stdout().includes('grabbed'));
    await using _daemon = await startDaemon(desktop.env, {
      home,
      config: '[hotkey]\nlisten = "Ctrl+Alt+F9"\n',
    });
    const bodies = () => desktop.notifications.sent.map(({ body }) => body);
    await expect.poll(bodies).toContainEqual(expect.stringContaining('Ctrl+Alt+F9'));
    expect(bodies().join()).not.toContain('[object');
    await program.stop();
  });
});
