import { once } from 'node:events';
import { win32 } from 'node:path';
import type { ForegroundWindow } from '../win32/foreground.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

/** Programs of JetBrains IDEs and of Android Studio; editor-title.ts knows their windows by the classes of X11. */
const JETBRAINS =
  /^(idea|pycharm|webstorm|phpstorm|goland|clion|rider|rubymine|rustrover|datagrip|studio)(?:64)?$/;

/**
 * The active window of Windows: asked for when it is needed. Verified with Wine 8.0; not run on Windows.
 */
export function windowsDriver(): FocusDriver {
  return {
    name: 'windows',
    unavailable: async () => (process.platform === 'win32' ? null : 'this is not Windows'),
    async serve(attach, signal) {
      const { foregroundWindow } = await import('../win32/foreground.ts');
      signal.throwIfAborted();
      attach(() => {
        const window = foregroundWindow();
        return window && activeWindow(window);
      });
      await once(signal, 'abort');
      throw signal.reason;
    },
  };
}

/** Makes a window of what Windows knows: its classes are the name of the program and the class of the window. */
export function activeWindow(window: ForegroundWindow): ActiveWindow {
  const program = window.program === null ? null : classOf(window.program);
  return windowOf(window.title, [program, window.className], window.pid);
}

function classOf(program: string): string {
  const name = win32
    .basename(program)
    .toLowerCase()
    .replace(/\.exe$/, '');
  const [, product] = JETBRAINS.exec(name) ?? [];
  return product === undefined ? name : `jetbrains-${product}`;
}
