import { connectControl } from '../../src/control/client.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { startDaemon } from '../../test/support/desktop.ts';
import { clip } from '../../test/support/speech.ts';
import {
  areaOf,
  CODEX_SETTINGS,
  dunstStage,
  inTerminal,
  pause,
  scripted,
  slowTests,
  speakBefore,
  take,
} from './stage.ts';

/** The attached terminal: while somebody speaks, while Codex works, when it asks, and in a small window. */
export async function attach(): Promise<void> {
  await using desktop = await dunstStage();
  const { env, x, audio } = desktop;
  await using daemon = await startDaemon(env, {
    reply: scripted,
    codexSettings: `approval_policy = "on-request"\n${CODEX_SETTINGS}`,
    config: '[reply]\nnotify = false\n',
  });
  await slowTests(daemon.home.project);
  const terminal = await inTerminal(x, daemon.env, '100x26+20+20', 'attach');
  const shot = async (name: string): Promise<void> => take(x, name, await areaOf(x, 'xterm', 12));
  await pause(1_500);
  await speakBefore(desktop, daemon);
  const client = await connectControl({ path: pathsOf(daemon.env).controlSocket, client: 'screenshots' });
  const words = new Promise<void>((resolve) => {
    client.onEvent(({ event, payload }) => {
      if (event === 'partial' && /\w+ \w+ \w+/.test(payload.text)) resolve();
    });
  });
  await client.request('subscribe', { events: ['partial'] });
  await x.xdotool('key', 'ctrl+alt+space');
  const speaking = audio.play(clip('lj-0001').path);
  // A slow machine shows none.
  await Promise.race([words, pause(5_000)]);
  client.close();
  await pause(100);
  await shot('attach-listening');
  await speaking;
  await daemon.waitForEnd(2);
  void daemon.cli('ask', 'Run the tests, please');
  await pause(2_500);
  await shot('attach-working');
  await daemon.waitForEnd(3, 30_000);
  await daemon.cli('ask', '--no-wait', 'Clean up and install again');
  await pause(2_500);
  await shot('attach-request');
  await daemon.cli('deny');
  await daemon.waitForEnd(4, 30_000);
  await terminal.stop();
  const small = await inTerminal(x, daemon.env, '60x16+20+20', 'attach');
  await pause(1_500);
  await shot('attach-small');
  await small.stop();
}
