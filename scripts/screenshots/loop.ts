import { wordsOf } from '../../src/loopback/answers.ts';
import { startDaemon } from '../../test/support/desktop.ts';
import { waitFor } from '../../test/support/process.ts';
import { clip } from '../../test/support/speech.ts';
import { CODEX_SETTINGS, dunstStage, inTerminal, pause, take } from './stage.ts';

const ANSWER =
  'I added the two figures in `totals.ts` and dropped the first operand, as you said.\n\n' +
  '- `sum()` now takes a list\n- two callers changed\n- all 48 tests pass';

/** A sentence of the speech set is spoken; the hidden terminal, attached, and the notification show what came of it. */
export async function loop(): Promise<void> {
  await using desktop = await dunstStage();
  const { env, x } = desktop;
  await using daemon = await startDaemon(env, {
    reply: () => ({ kind: 'text', chunks: wordsOf(ANSWER), delayMs: 20 }),
    codexSettings: CODEX_SETTINGS,
  });
  const terminal = await inTerminal(x, daemon.env, '92x24+30+40', 'attach');
  await pause(1_000);
  await x.xdotool('key', 'ctrl+alt+space');
  await desktop.audio.play(clip('sb-spk1_snt2').path);
  await daemon.waitForEnd(1);
  await waitFor('the answer in the bubble', () =>
    desktop.notifications.sent.some(({ body }) => body.includes('48 tests')),
  );
  await desktop.dunst.visible();
  await pause(900); // the terminal's last frame
  await take(x, 'loop', { x: 0, y: 0, width: 1280, height: 540 });
  await terminal.stop();
}
