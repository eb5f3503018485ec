import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Backoff } from '../processes/backoff.ts';
import { assetPath } from '../single-file/assets.ts';
import { embedded } from '../single-file/embedded.ts';
import { nativePath } from '../single-file/native.ts';
import { shorten } from '../text/shorten.ts';
import { SystrayMenu, type WireItem } from './systray-menu.ts';
import type { Tray, TrayEvent, TrayIcon, TrayState, TrayView } from './tray.ts';

interface SystrayOptions {
  platform: 'darwin' | 'win32';
  env: NodeJS.ProcessEnv;
  onEvent: (event: TrayEvent) => void;
  logger: Logger;
  /** Instead of the program in the package systray2. */
  command?: readonly [program: string, ...args: string[]];
}

/** A program that has ended this often is not started again. */
const MOST_STARTS = 5;
/** The program for Windows shows whatever follows in memory after a longer one (seen under Wine 8.0), UTF-16 units. */
const MOST_TOOLTIP = 63;
/** Time for a program to end after the request, ms. */
const PATIENCE_MS = 2_000;

/**
 * The tray of macOS and Windows: the program of systray2 2.1.4, which draws the icon and the menu and communicates in
 * lines of JSON. Written against its source (systray-portable) and tested with an imitation. The one for Windows was run
 * under Wine 8.0 (icon, menu, clicks, quitting); neither has run on the real systems. The package's JavaScript is not
 * used, because it ends our process with its own.
 */
export class SystrayProcess implements Tray {
  readonly #options: SystrayOptions;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  readonly #icons = new Map<TrayIcon, string>();
  /** The newest process, ready or not. */
  #child: ChildProcess | null = null;
  #running: { child: ChildProcess; menu: SystrayMenu } | null = null;
  #view: TrayView;

  constructor(view: TrayView, options: SystrayOptions) {
    this.#options = options;
    this.#view = view;
    this.#done = this.#run(this.#closing.signal);
  }

  get state(): TrayState {
    if (this.#closing.signal.aborted) return { backend: 'systray', state: 'off' };
    return { backend: 'systray', state: this.#running ? 'shown' : 'waiting' };
  }

  show(view: TrayView): void {
    const before = this.#view;
    this.#view = view;
    if (!this.#running) return;
    const { child, menu } = this.#running;
    const changed = menu.change(view.menu);
    // It cannot take an entry away or put one between others: a menu of another shape needs a new process.
    if (changed === null) {
      this.#running = null;
      void end(child);
      return;
    }
    for (const item of changed) write(child, { type: 'update-item', item, seq_id: -1 });
    if (before.icon === view.icon && JSON.stringify(before.tooltip) === JSON.stringify(view.tooltip)) return;
    write(child, { type: 'update-menu', menu: this.#head(view) });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#running = null;
    if (this.#child) await end(this.#child);
    await this.#done;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const backoff = new Backoff();
    while (!signal.aborted && backoff.failures < MOST_STARTS) {
      const reason = await this.#serve(signal).catch((error: unknown) => error);
      // Null: it was ended for the sake of another menu.
      if (reason === null) backoff.reset();
      else if (!signal.aborted) {
        logger.debug({ err: reason }, 'the tray ended');
        await sleep(backoff.next(), undefined, { signal, ref: false }).catch(() => undefined); // closed meanwhile
      }
    }
  }

  /** One process from its beginning to its end: why it ended, null after a request. @throws Error */
  async #serve(signal: AbortSignal): Promise<Error | null> {
    const [program, ...args] = this.#options.command ?? [programPath(this.#options.platform)];
    // Its standard error is a pipe on purpose: it reads on for ever when its input ends, and writing into a pipe that
    // without a reader ends it after a crash of the daemon.
    const child = spawn(program, args, { env: this.#options.env, stdio: 'pipe', windowsHide: true });
    this.#child = child;
    child.stdin.on('error', () => undefined); // it has ended: `close` says so
    child.stderr.resume();
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => this.#hear(child, line));
    await once(child, 'close');
    const wanted = signal.aborted || this.#running?.child !== child;
    const began = this.#began.delete(child);
    if (this.#running?.child === child) this.#running = null;
    return wanted && began ? null : new Error(`${program} ended with ${child.exitCode ?? child.signalCode}`);
  }

  /** Processes that have said that they are ready. */
  readonly #began = new Set<ChildProcess>();

  #hear(child: ChildProcess, line: string): void {
    const message = parsed(line);
    if (this.#closing.signal.aborted) return;
    if (message?.type === 'ready' && !this.#began.has(child)) {
      const menu = new SystrayMenu(this.#view.menu);
      this.#began.add(child);
      this.#running = { child, menu };
      write(child, { ...this.#head(this.#view), items: menu.items });
      this.#options.logger.info('the icon is in the tray');
    } else if (message?.type === 'clicked' && this.#running?.child === child) {
      const action = this.#running.menu.actionOf(Number(message.__id));
      if (action !== null) this.#options.onEvent({ type: 'click', action });
    }
  }

  #head({ icon, tooltip }: TrayView): { icon: string; title: string; tooltip: string; items: WireItem[] } {
    const text = `${tooltip.title}\n${tooltip.text}`;
    const fits = this.#options.platform === 'win32' ? shorten(text, MOST_TOOLTIP) : text;
    // A title would stand beside the icon in the menu bar.
    return { icon: this.#icon(icon), title: '', tooltip: fits, items: [] };
  }

  #icon(name: TrayIcon): string {
    const known = this.#icons.get(name);
    if (known !== undefined) return known;
    const ending = this.#options.platform === 'win32' ? 'ico' : 'png';
    const icon = readFileSync(assetPath(`tray/${name}.${ending}`)).toString('base64');
    this.#icons.set(name, icon);
    return icon;
  }
}

/** In the single file it is extracted like a native library; from a checkout it lies in its package. */
function programPath(platform: 'darwin' | 'win32'): string {
  const name = platform === 'win32' ? 'tray_windows_release.exe' : 'tray_darwin_release';
  if (embedded() !== null) return nativePath('systray', name);
  const manifest = createRequire(import.meta.url).resolve('systray2/package.json');
  return join(dirname(manifest), 'traybin', name);
}

function parsed(line: string): { type?: unknown; __id?: unknown } | null {
  try {
    return JSON.parse(line);
  } catch {
    return null; // It also prints what it does about signals.
  }
}

function write(child: ChildProcess, message: object): void {
  child.stdin?.write(`${JSON.stringify(message)}\n`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  write(child, { type: 'exit' });
  await ended;
  clearTimeout(timer);
}
