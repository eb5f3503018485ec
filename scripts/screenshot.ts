/**
 * Makes docs/images/loop.png: the real thing at work on a virtual desktop. A sentence of the speech set is spoken
 * into the virtual microphone; the real Codex CLI answers from a scripted model.
 *
 * Run it with `npm run screenshot`; it needs what the desktop tests need.
 */
import { fileURLToPath } from 'node:url';
import { wordsOf } from '../src/demo/answers.ts';
import { startDaemon, startDesktop } from '../test/support/desktop.ts';
import { run, startProcess, waitFor } from '../test/support/process.ts';
import { clip } from '../test/support/speech.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const IMAGE = fileURLToPath(new URL('../docs/images/loop.png', import.meta.url));

const ANSWER =
  'I added the two figures in `totals.ts` and dropped the first operand, as you said.\n\n' +
  '- `sum()` now takes a list\n- two callers changed\n- all 48 tests pass';

const desktop = await startDesktop();
try {
  const { env, x } = desktop;
  await run('xsetroot', ['-solid', '#2b3040'], { env });
  await using daemon = await startDaemon(env, {
    reply: () => ({ kind: 'text', chunks: wordsOf(ANSWER), delayMs: 20 }),
  });
  const terminal = await startProcess(
    'xterm',
    [
      ...[
        '-fa',
        'DejaVu Sans Mono',
        '-fs',
        '11',
        '-bg',
        '#1b1e26',
        '-fg',
        '#e6e8ee',
        '-geometry',
        '92x24+30+40',
      ],
      ...['-T', 'codex-voice attach', '-e', process.execPath, MAIN, 'attach'],
    ],
    { env: daemon.env },
  );
  await x.xdotool('search', '--sync', '--onlyvisible', '--name', 'codex-voice attach');
  await x.xdotool('key', 'ctrl+alt+space');
  await desktop.audio.play(clip('sb-spk1_snt2').path);
  await daemon.waitForEnd(1);
  await waitFor('the answer in the bubble', () =>
    desktop.notifications.sent.some(({ body }) => body.includes('48 tests')),
  );
  await desktop.dunst.visible();
  await new Promise((resolve) => setTimeout(resolve, 700)); // the terminal's last frame
  await x.screenshot(IMAGE);
  await terminal.stop();
  await run('convert', [IMAGE, '-crop', '1280x540+0+0', '+repage', '-colors', '128', IMAGE], { env });
} finally {
  await desktop.stop();
}
