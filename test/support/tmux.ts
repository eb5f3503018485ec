import { join } from 'node:path';
import { run, waitFor } from './process.ts';

/** A user's terminal: tmux, in which a shell runs what is typed. */
export class TmuxTerminal {
  readonly #env: NodeJS.ProcessEnv;
  readonly #socket: string;

  constructor(env: NodeJS.ProcessEnv, folder: string) {
    this.#env = { ...env, LC_ALL: 'C.UTF-8' };
    this.#socket = join(folder, 'tmux');
  }

  async tmux(...words: string[]): Promise<string> {
    return run('tmux', ['-S', this.#socket, '-f', '/dev/null', ...words], {
      env: this.#env,
    });
  }

  async start(columns: number, rows: number): Promise<void> {
    const size = ['-x', String(columns), '-y', String(rows)];
    await this.tmux('new-session', '-d', ...size, 'PS1="$ " exec bash --norc --noprofile -i');
    await this.tmux('set-option', '-g', 'status', 'off');
    await this.tmux('set-option', '-g', 'window-size', 'manual');
  }

  async keys(...keys: string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  /** Escape, alone: with the next key at once it would be Alt. */
  async escape(): Promise<void> {
    await this.keys('Escape');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }

  async type(text: string): Promise<void> {
    await this.tmux('send-keys', '-l', text);
  }

  screen(...options: string[]): Promise<string> {
    return this.tmux('capture-pane', '-p', ...options);
  }

  /** The screen, once these words are on it. */
  async sees(what: string | RegExp, timeout = 60_000): Promise<string> {
    let screen = '';
    await waitFor(
      `${what} on the screen`,
      async () => {
        screen = await this.screen();
        return typeof what === 'string' ? screen.includes(what) : what.test(screen);
      },
      { timeout },
    ).catch((error: unknown) => {
      throw new Error(`${error}\n${screen}`);
    });
    return screen;
  }

  resize(columns: number, rows: number): Promise<string> {
    return this.tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }
}
