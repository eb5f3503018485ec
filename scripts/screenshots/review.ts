import { startDaemon } from '../../test/support/desktop.ts';
import { waitFor } from '../../test/support/process.ts';
import { clip } from '../../test/support/speech.ts';
import { areaOf, pause, scripted, take, xfceStage } from './stage.ts';

const CONFIG = '[prompt]\nreview = "notify"\nreview_seconds = 30\n\n[reply]\nterminal = "xterm"\n';

/** What was heard before it is sent, its editor, and the answer with its buttons, under xfce4-notifyd. */
export async function review(): Promise<void> {
  await using stage = await xfceStage();
  const { x, notifyd, env, audio } = stage;
  await using daemon = await startDaemon(env, { reply: scripted, config: CONFIG });
  await pause(500);
  await x.xdotool('key', 'ctrl+alt+space');
  await audio.play(clip('sb-spk1_snt2').path);
  const waits = async () => (await daemon.json<unknown[]>('review')).length > 0;
  await waitFor('the review', waits, { timeout: 30_000 });
  await pause(1_000);
  const shot = async (name: string): Promise<void> => {
    await waitFor('a bubble', async () => (await notifyd.bubbles()) > 0);
    await take(x, name, await areaOf(x, 'xfce4-notifyd'));
  };
  await shot('review');
  await notifyd.press(1);
  const editor = ['search', '--sync', '--onlyvisible', '--name', 'before it is sent'];
  await x.xdotool(...editor);
  await x.xdotool('key', 'BackSpace');
  await x.xdotool('type', '--delay', '30', ', as the invoice');
  await x.xdotool('key', 'ctrl+j');
  await x.xdotool('type', '--delay', '30', 'does, and run the tests.');
  await pause(500);
  await take(x, 'review-edit', await areaOf(x, 'xterm'));
  await x.xdotool('key', 'Return');
  await daemon.waitForEnd(1, 30_000);
  await daemon.cli('ask', 'What was wrong with the totals?');
  await pause(1_000);
  await shot('answer');
}
