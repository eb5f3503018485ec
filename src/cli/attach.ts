import { KeyReader, type KeysRead } from '../attach/typed-keys.ts';
import { UserTerminal } from '../attach/user-terminal.ts';
import type { ControlClient } from '../control/client.ts';
import type { Params } from '../control/params.ts';
import { VoiceError } from '../errors.ts';
import type { TerminalColours } from '../terminal/colours.ts';
import { withDaemon } from './connect.ts';
import { formatReport, print } from './output.ts';

interface AttachOptions {
  project?: string;
  popup?: boolean;
  /** It runs in a window that was opened for it. */
  window?: boolean;
}

/** Why it is over: the user left, the daemon or the terminal is gone, or a signal. */
type End = 'detached' | 'daemon' | 'hung-up' | NodeJS.Signals;

/** Time limit for a terminal to report its colours, ms. Over a slow line they arrive later. */
const ANSWERS_MS = 250;

/** Signals that end it, with the status a shell reports for them. */
const ENDING = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGBREAK: 149 } as const;

/** The hidden Codex terminal in this one, until Ctrl-] or the end of the daemon. */
export async function attach({ project, popup = false, window = false }: AttachOptions): Promise<void> {
  if (popup) return openPopup(project);
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    const hint = 'Run it in a terminal; `codex-voice ask` is for scripts.';
    throw new VoiceError('usage', 'attach needs a terminal.', hint);
  }
  const terminal = new UserTerminal(stdin, stdout);
  // For unforeseen errors: a terminal in raw mode is unusable.
  process.once('exit', () => terminal.abandon());
  try {
    const ended = await withDaemon((daemon) => show(daemon, terminal, { project, window }));
    if (ended === 'daemon') {
      throw new VoiceError('daemon-failed', 'The daemon ended.', 'Run `codex-voice start`.');
    }
    if (ended === 'detached') print('detached; Codex keeps running');
    else process.exitCode = ended in ENDING ? ENDING[ended as keyof typeof ENDING] : 1;
  } catch (error) {
    // The window goes with this process: what is said must be read before.
    if (!window) throw error;
    await untilRead(error);
    process.exitCode = 1;
  }
}

/** Looks at the hidden terminal until one of them leaves. */
async function show(
  daemon: ControlClient,
  terminal: UserTerminal,
  { project, window }: { project: string | undefined; window: boolean },
): Promise<End> {
  const { promise: ended, resolve: end } = Promise.withResolvers<End>();
  const { stdin, stdout } = process;
  const keys = new KeyReader();
  const colours: Partial<TerminalColours> = {};
  const answers = Promise.withResolvers<void>();
  let early = '';
  let attached = false;
  const take = (read: KeysRead): void => {
    Object.assign(colours, read.colours);
    if (read.answered) answers.resolve();
    if (!attached) early += read.keys;
    else if (read.keys !== '') daemon.notify('terminal/input', { data: read.keys });
    if (read.scroll !== 0) {
      daemon.notify('terminal/scroll', { rows: read.scroll * Math.ceil(terminal.size.rows / 2) });
    }
    if (read.detach) end('detached');
  };
  const paint = (data: string): void => terminal.write(data, () => daemon.notify('terminal/painted', {}));
  const onInput = (data: string): void => take(keys.read(data));
  const onResize = (): void => daemon.notify('terminal/resize', terminal.size);
  const onGone = (): void => end('hung-up');
  const signals = watchSignals(terminal, end, onResize);

  stdin.on('data', onInput).once('end', onGone).once('error', onGone);
  stdout.once('error', onGone);
  try {
    terminal.ask();
    const request = daemon.request('attach', {
      ...terminal.size,
      status_line: true,
      no_color: (process.env.NO_COLOR ?? '') !== '',
      paced: daemon.server.features.includes('paced'),
      window: ownWindow(window),
      ...(project === undefined ? {} : { project }),
    });
    // While the daemon prepares; a failure is reported below.
    await Promise.race([
      answers.promise,
      wait(ANSWERS_MS),
      ended,
      request.catch(() => undefined).then(() => wait(50)),
    ]);
    const result = await Promise.race([request, ended]);
    if (typeof result === 'string') return result;
    terminal.enter(colours);
    daemon.onOutput(paint);
    paint(result.snapshot);
    stdout.on('resize', onResize);
    attached = true;
    if (early !== '') daemon.notify('terminal/input', { data: early });
    return await Promise.race([ended, daemon.closed.then(() => 'daemon' as const)]);
  } finally {
    stdin.off('data', onInput).off('end', onGone).off('error', onGone);
    stdout.off('resize', onResize);
    signals.stop();
    terminal.leave();
    daemon.notify('detach', {});
  }
}

/** Ends it in good order; and gives the terminal back while it is stopped (`kill -TSTP`, a shell's own job control). */
function watchSignals(
  terminal: UserTerminal,
  end: (signal: End) => void,
  onBack: () => void,
): { stop(): void } {
  const onSuspend = (): void => {
    terminal.leave();
    // Once what was written has gone out; the signal that cannot be caught stops it.
    process.stdout.write('', () => process.kill(process.pid, 'SIGSTOP'));
  };
  const onContinue = (): void => {
    terminal.enter();
    onBack();
  };
  const names = Object.keys(ENDING) as (keyof typeof ENDING)[];
  for (const name of names) process.on(name, end);
  process.on('SIGTSTP', onSuspend).on('SIGCONT', onContinue);
  return {
    stop() {
      for (const name of names) process.off(name, end);
      process.off('SIGTSTP', onSuspend).off('SIGCONT', onContinue);
    },
  };
}

/** Describes the window of this process, as far as it is known. */
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

/** The same in a new window, on the desktop of this process. @throws VoiceError not-found, daemon-missing */
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

/** Shows what went wrong until a key is pressed. */
async function untilRead(error: unknown): Promise<void> {
  const { reportOf } = await import('../errors.ts');
  process.stdout.write(`${formatReport(reportOf(error))}\n\nPress a key to close this window.`);
  const { stdin } = process;
  await new Promise((resolve) => {
    stdin.setRawMode(true).resume().once('data', resolve).once('end', resolve).once('error', resolve);
  });
  stdin.setRawMode(false).pause();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
