import { startDaemon } from '../../test/support/desktop.ts';
import { waitFor } from '../../test/support/process.ts';
import { areaOf, pause, scripted, take, xfceStage } from './stage.ts';

/** What Codex asks, with the buttons of xfce4-notifyd. */
export async function request(): Promise<void> {
  await using stage = await xfceStage();
  await using daemon = await startDaemon(stage.env, {
    reply: scripted,
    codexSettings: 'approval_policy = "on-request"',
  });
  await daemon.cli('ask', '--no-wait', 'Clean up and install again');
  await waitFor('the request', async () => (await stage.notifyd.bubbles()) > 0, { timeout: 30_000 });
  await pause(1_500);
  await take(stage.x, 'request', await areaOf(stage.x, 'xfce4-notifyd'));
  await daemon.cli('deny');
}
