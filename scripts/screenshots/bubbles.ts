import { startDaemon } from '../../test/support/desktop.ts';
import { run, waitFor } from '../../test/support/process.ts';
import { clip } from '../../test/support/speech.ts';
import { areaOf, dunstStage, imagePath, pause, scripted, slowTests, speakBefore, take } from './stage.ts';

/** The one bubble of a turn, from the key press to the answer, under dunst. */
export async function bubbles(): Promise<void> {
  await using desktop = await dunstStage();
  const { env, x, dunst, notifications } = desktop;
  await using daemon = await startDaemon(env, {
    reply: scripted,
    codexSettings: 'sandbox_mode = "danger-full-access"',
  });
  await slowTests(daemon.home.project);
  const states: string[] = [];
  const shot = async (state: string): Promise<void> => {
    await dunst.visible();
    await take(x, `bubble-${state}`, await areaOf(x, 'Dunst', 8));
    states.push(imagePath(`bubble-${state}`));
  };
  await speakBefore(desktop, daemon);
  await x.xdotool('key', 'ctrl+alt+space');
  const speaking = desktop.audio.play(clip('lj-0001').path);
  await pause(900);
  await shot('listening');
  const words = () => {
    const { summary = '', body = '' } = notifications.sent.at(-1) ?? {};
    return summary.endsWith('listening') && /\w+ \w+ \w+/.test(body);
  };
  // A slow machine shows none.
  const shown = await waitFor('the first words', words, { timeout: 6_000 }).catch(() => false);
  if (shown) await shot('partial');
  await speaking;
  await daemon.waitForEnd(2);
  await dunst.clear();
  void daemon.cli('ask', 'Run the tests, please');
  const working = () => notifications.sent.some(({ summary, body }) => /npm test/.test(`${summary} ${body}`));
  await waitFor('what Codex does', working, { timeout: 30_000 });
  await pause(300);
  await shot('working');
  await daemon.waitForEnd(3, 30_000);
  await pause(500);
  await shot('answer');
  const path = imagePath('bubbles');
  await run('convert', ['-background', '#2b3040', ...states, '-append', '-strip', path], { env });
  process.stdout.write(`${path}\n`);
}
