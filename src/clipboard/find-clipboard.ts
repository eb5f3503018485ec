import type { Logger } from 'pino';
import { openFirst, reasonsOf } from '../drivers.ts';
import { terminalText } from '../text/clean.ts';
import type { Clipboard, ClipboardDriver } from './clipboard.ts';
import { programDriver } from './program.ts';
import { x11Driver } from './x11.ts';

/** Finds the clipboard of this desktop; null: there is none. Texts lose their escape sequences and control characters. */
export async function findClipboard(env: NodeJS.ProcessEnv, logger: Logger): Promise<Clipboard | null> {
  const drivers: readonly ClipboardDriver[] = [
    programDriver({ name: 'wl-copy', needs: 'WAYLAND_DISPLAY', args: ['--foreground'], env }),
    x11Driver({ env, logger }),
    programDriver({ name: 'pbcopy', args: [], env }),
    programDriver({ name: 'clip.exe', args: [], env }),
  ];
  const { opened, passedOver } = await openFirst(drivers, (driver) => driver.open());
  if (opened === null) {
    logger.info(`no clipboard: ${reasonsOf(passedOver)}`);
    return null;
  }
  // A terminal may run what is pasted after an escape sequence.
  return { copy: (text) => opened.copy(terminalText(text)), close: () => opened.close() };
}
