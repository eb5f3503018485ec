import { join } from 'node:path';
import { headless, makeHome, startDaemon } from '../../test/support/desktop.ts';
import { recordNotifications } from '../../test/support/notification-recorder.ts';
import { run, startProcess, waitFor } from '../../test/support/process.ts';
import { RecordedMicrophone } from '../../test/support/recorded-microphone.ts';
import { startSessionBus } from '../../test/support/session-bus.ts';
import { clip } from '../../test/support/speech.ts';
import { startSway } from '../../test/support/sway.ts';
import { CODEX_SETTINGS, imagePath, pause, scripted } from './stage.ts';

const PRESS = ['-M', 'ctrl', '-M', 'alt', '-k', 'space', '-m', 'alt', '-m', 'ctrl'];

/** sway: a tiled terminal, the pop-up terminal above it, and the bubble with the answer. */
export async function sway(): Promise<void> {
  await using desktop = await startSway('default_border pixel 2');
  await using bus = await startSessionBus();
  const notifications = await recordNotifications(bus.address);
  const session = { ...desktop.env, ...bus.env };
  const font = '--font=DejaVu Sans Mono:size=8';
  const tiled = await startProcess('foot', [font, 'sh', '-i'], { env: session, cwd: desktop.folder });
  const dunst = await startProcess('dunst', ['-config', '/dev/null'], { env: session });
  await bus.waitForName('org.freedesktop.Notifications');
  const home = await makeHome();
  const microphone = new RecordedMicrophone(home.path);
  const { SWAYSOCK, WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = desktop.env;
  const display = { SWAYSOCK, WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY) };
  const names = { XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'sway' };
  const env = { ...headless(), ...bus.env, ...names, ...display, DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  const config = `${microphone.settings}\n[reply]\nterminal = "foot"\n`;
  const daemon = await startDaemon(env, { home, config, reply: scripted, codexSettings: CODEX_SETTINGS });
  try {
    await waitFor('the key', async () => (await daemon.status()).hotkey.state === 'grabbed');
    await microphone.hears(clip('lj-0001').path);
    await desktop.wtype(...PRESS);
    await daemon.waitForEnd(1, 60_000);
    await waitFor('the answer in the bubble', () =>
      notifications.sent.some(({ body, answeredAt }) => body.includes('48 tests') && answeredAt !== null),
    );
    await daemon.cli('attach', '--popup');
    await pause(2_000);
    const path = imagePath('sway');
    await desktop.screenshot(path);
    await run('convert', [path, '+dither', '-colors', '128', '-strip', path], { env });
    process.stdout.write(`${path}\n`);
  } finally {
    await daemon.stop();
    await home.remove();
    notifications.stop();
    await dunst.stop();
    await tiled.stop();
  }
}
