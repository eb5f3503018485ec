import { once } from 'node:events';
import type { Params } from '../control/protocol.ts';
import { VoiceError } from '../errors.ts';
import { withDaemon } from './connect.ts';
import { print } from './output.ts';

/** Ctrl-], and what terminals with the Kitty keyboard protocol send for it. */
const DETACH = ['\x1d', '\x1b[93;5u', '\x1b[27;5;93~'];

/** Shift and Page Up or Page Down look back, and forward again. */
const SCROLL: readonly [keys: string, direction: number][] = [
  ['\x1b[5;2~', 1],
  ['\x1b[6;2~', -1],
];

/** How many pages back, when these keys are nothing else; a key that is held comes several times at once. */
function scrolledBy(keys: string): number {
  const found = SCROLL.find(([sequence]) => keys !== '' && keys.replaceAll(sequence, '') === '');
  return found ? (keys.length / found[0].length) * found[1] : 0;
}

/** A screen of our own, so that the person's is as it was afterwards. */
const ENTER = '\x1b[?1049h\x1b[2J\x1b[H';
/** What a TUI may have switched on: paste, mouse, focus, keyboard, cursor, colours, margins; then back. */
const LEAVE =
  '\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[<u\x1b[>4m\x1b[?1l\x1b>' +
  '\x1b[?7h\x1b[r\x1b[0m\x1b[0 q\x1b[?25h\x1b[?1049l';

interface AttachOptions {
  project?: string;
  popup?: boolean;
  /** It runs in a window that was opened for it. */
  window?: boolean;
}

/** The hidden Codex terminal in this one, until Ctrl-] or the end of the daemon. */
export async function attach({ project, popup = false, window = false }: AttachOptions): Promise<void> {
  if (popup) return openPopup(project);
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    const hint = 'Run it in a terminal; `codex-voice ask` is for scripts.';
    throw new VoiceError('usage', 'attach needs a terminal.', hint);
  }
  const size = (): { columns: number; rows: number } => ({ columns: stdout.columns, rows: stdout.rows });
  const ended = await withDaemon(async (daemon) => {
    const { promise: detached, resolve: detach } = Promise.withResolvers<'detached'>();
    const paint = (data: string): void =>
      void stdout.write(data, () => daemon.notify('terminal/painted', {}));
    daemon.onOutput(paint);
    const { snapshot } = await daemon.request('attach', {
      ...size(),
      status_line: true,
      paced: true,
      window: ownWindow(window),
      ...(project === undefined ? {} : { project }),
    });
    const onResize = (): void => daemon.notify('terminal/resize', size());
    const onInput = (data: string): void => {
      const at = DETACH.map((keys) => data.indexOf(keys)).find((index) => index >= 0);
      const keys = at === undefined ? data : data.slice(0, at);
      const scrolled = scrolledBy(keys);
      if (scrolled !== 0) daemon.notify('terminal/scroll', { rows: scrolled * Math.ceil(stdout.rows / 2) });
      else if (keys !== '') daemon.notify('terminal/input', { data: keys });
      if (at !== undefined) detach('detached');
    };
    stdin.setRawMode(true).setEncoding('utf8').on('data', onInput).resume();
    stdout.on('resize', onResize);
    paint(ENTER + snapshot);
    try {
      return await Promise.race([detached, daemon.closed.then(() => 'lost' as const), once(stdin, 'end')]);
    } finally {
      stdin.off('data', onInput).setRawMode(false).pause();
      stdout.off('resize', onResize).write(LEAVE);
      daemon.notify('detach', {});
    }
  });
  if (ended === 'lost') {
    throw new VoiceError('daemon-failed', 'The daemon ended.', 'Start it again: `codex-voice start`.');
  }
  print('detached; Codex goes on');
}

/** What this process knows of the window in which it runs. */
function ownWindow(popup: boolean): NonNullable<Params<'attach'>['window']> {
  const { DISPLAY: display, WINDOWID } = process.env;
  const id = Number(WINDOWID);
  return {
    popup,
    pid: process.pid,
    ...(display === undefined ? {} : { display }),
    ...(Number.isSafeInteger(id) && id > 0 ? { id } : {}),
  };
}

/** The same in a window of its own, on the desktop of this process. @throws VoiceError not-found, daemon-missing */
async function openPopup(project: string | undefined): Promise<void> {
  const { DISPLAY, WAYLAND_DISPLAY, XAUTHORITY } = process.env;
  const here = Object.entries({ DISPLAY, WAYLAND_DISPLAY, XAUTHORITY }).filter(([, value]) => value);
  await withDaemon((daemon) =>
    daemon.request('popup', {
      composer: true,
      ...(project === undefined ? {} : { project }),
      ...(here.length === 0 ? {} : { display: Object.fromEntries(here) }),
    }),
  );
}
