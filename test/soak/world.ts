import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ControlClient, connectControl } from '../../src/control/client.ts';
import type { DaemonStatus } from '../../src/control/status.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel, type Replier } from '../../src/loopback/model.ts';
import type { Utterance } from '../../src/utterance.ts';
import { type ProcessUse, processTree } from '../bench/process-tree.ts';
import { leftOvers } from '../support/codex.ts';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { programCommand } from '../support/program.ts';

/** A process that may be killed. */
export type Part = 'daemon' | 'app-server' | 'terminal' | 'whisper';

const COMMANDS: Record<Exclude<Part, 'daemon'>, RegExp> = {
  'app-server': /codex\S* app-server/,
  terminal: /codex\S* resume /,
  whisper: /__child ear/,
};

/** The most that one request gives. */
const PAGE = 1_000;

export interface WorldOptions {
  reply: Replier;
  /** Names of the projects, each with a folder of its own. */
  projects: readonly string[];
  /** Further lines of config.toml, before its tables. */
  config?: string;
  /** The program in the place of the Codex CLI. */
  codex?: string;
}

/** A user's home, a model, and a daemon with the real Codex that is started again whenever it ends. */
export class World {
  readonly home: TestHome;
  readonly model: LoopbackModel;
  readonly env: NodeJS.ProcessEnv;
  #daemon: ChildProcess | null = null;
  #client: ControlClient | null = null;
  #log = '';

  static async start({ reply, projects, config = '', codex }: WorldOptions): Promise<World> {
    const home = await makeHome();
    const model = new LoopbackModel(reply);
    await model.start();
    await writeCodexHome(home.codexHome, model.baseUrl);
    const tables: string[] = [];
    for (const name of projects) {
      const path = join(home.path, 'projects', name);
      await mkdir(path, { recursive: true });
      tables.push(`[[project]]\nname = "${name}"\npath = "${path}"\n`);
    }
    const [settings = ''] = home.settings(config).split('[[project]]');
    const text = codex === undefined ? settings : settings.replace(/^command = .*$/m, `command = "${codex}"`);
    await writeFile(home.config, text + tables.join('\n'));
    const world = new World(home, model);
    await world.startDaemon();
    return world;
  }

  private constructor(home: TestHome, model: LoopbackModel) {
    this.home = home;
    this.model = model;
    const env: NodeJS.ProcessEnv = { ...process.env, ...home.env, CODEX_VOICE_LOG: 'info' };
    for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']) delete env[name];
    this.env = env;
  }

  /** What the daemons have logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, as a service manager does when it has ended. */
  async startDaemon(): Promise<void> {
    const { command, args } = programCommand(['daemon']);
    const daemon = spawn(command, args, {
      env: this.env,
      cwd: this.home.project,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-2_000_000);
    });
    this.#daemon = daemon;
  }

  /** A connection to the daemon that runs, or to the next one. */
  async client(): Promise<ControlClient> {
    for (const until = performance.now() + 60_000; ; ) {
      if (this.#daemon === null || this.#daemon.exitCode !== null || this.#daemon.signalCode !== null) {
        await this.startDaemon();
      }
      try {
        if (this.#client) await this.#client.request('status', {}, { timeoutMs: 5_000 });
        this.#client ??= await connectControl({ path: pathsOf(this.env).controlSocket, client: 'soak' });
        await this.#client.request('status', {});
        return this.#client;
      } catch (error) {
        this.#client?.close();
        this.#client = null;
        if (performance.now() > until)
          throw new Error(`no daemon: ${this.#log.slice(-3_000)}`, { cause: error });
        await delay(20);
      }
    }
  }

  async status(): Promise<DaemonStatus> {
    return (await this.client()).request('status', {});
  }

  /** All of it, newest first. */
  async history(): Promise<Utterance[]> {
    const all: Utterance[] = [];
    for (;;) {
      const before = all.at(-1)?.id;
      const page = { limit: PAGE, ...(before === undefined ? {} : { before }) };
      const { utterances } = await (await this.client()).request('history', page);
      all.push(...utterances);
      if (utterances.length < PAGE) return all;
    }
  }

  /** The daemon and all that it started. */
  async processes(): Promise<ProcessUse[]> {
    return this.#daemon?.pid === undefined ? [] : processTree(this.#daemon.pid);
  }

  /** Sends a signal to Codex's process of that kind: SIGSTOP freezes it in the middle of whatever it does. */
  async signal(part: Exclude<Part, 'daemon'>, signal: NodeJS.Signals): Promise<boolean> {
    const found = (await this.processes()).find(({ command }) => COMMANDS[part].test(command));
    return found !== undefined && sent(found.pid, signal);
  }

  /** Kills a process of that kind; false when there is none just now. */
  async kill(part: Part): Promise<boolean> {
    if (part === 'daemon') {
      const daemon = this.#daemon;
      if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return false;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGKILL');
      await ended;
      return true;
    }
    return this.signal(part, 'SIGKILL');
  }

  /** Ends the daemon in good order; the next request starts another. */
  async endDaemon(): Promise<void> {
    this.#client?.close();
    this.#client = null;
    const daemon = this.#daemon;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    const force = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(force);
  }

  /** Ends all. @returns processes that outlived it, as "pid name" */
  async stop(): Promise<string[]> {
    await this.endDaemon();
    await this.model.close();
    const left = await leftOvers(this.home.codexHome, 5_000);
    for (const line of left) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    await this.home.remove();
    return left;
  }
}

/** False when the process is gone. */
function sent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It ended by itself.
  }
}
