import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { AppServerClient } from './client.ts';
import { endOrphanedServer, serverRecord, socketIn } from './orphans.ts';
import type { ProcessRecord } from './process-record.ts';

/** A Unix socket's path has 104 bytes on macOS and 108 on Linux, the closing NUL included. */
const MAX_SOCKET_PATH = 103;
const READY_TIMEOUT_MS = 30_000;
const CONNECT_EVERY_MS = 10;
/** Lines of a stack trace of Rust, which somebody who has RUST_BACKTRACE=1 gets. */
const STACK_TRACE = /^\s*(?:\d+: |at |stack backtrace:|note: )/i;
const STOP_TIMEOUT_MS = 3_000;
const LAST_LINES = 20;
/** What Codex 0.169.0 says at every start where bubblewrap is not installed: never why it ended. */
const USUAL_COMPLAINT = 'could not find bubblewrap';

export interface AppServerOptions {
  /** The Codex program. */
  binary: string;
  /** Private folder (made 0700) of the socket and of the process record; one for each session. */
  folder: string;
  /** Environment of Codex, CODEX_HOME included. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Our own `codex app-server` on a private Unix socket (verified on Codex 0.169.0). */
export class AppServer {
  readonly socket: string;
  readonly #child: ChildProcess;
  readonly #record: ProcessRecord;
  readonly #exited: Promise<void>;
  readonly #lines: string[];

  private constructor(child: ChildProcess, socket: string, record: ProcessRecord, lines: string[]) {
    this.#child = child;
    this.socket = socket;
    this.#record = record;
    this.#lines = lines;
    this.#exited = once(child, 'close').then(() => undefined);
  }

  /** Starts it, ending first what an earlier daemon left. @throws VoiceError codex-down */
  static async start(options: AppServerOptions): Promise<AppServer> {
    const { folder, logger } = options;
    const socket = socketIn(folder);
    if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) {
      throw new VoiceError(
        'codex-down',
        `The path of Codex's socket is too long: ${socket}`,
        'Set XDG_RUNTIME_DIR to a folder with a short path.',
      );
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const record = serverRecord(folder, logger);
    await endOrphanedServer(folder, logger);
    await rm(socket, { force: true });
    const child = spawn(options.binary, ['app-server', '--listen', `unix://${socket}`], {
      cwd: folder,
      env: options.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines = lastLines(child, logger);
    const server = new AppServer(child, socket, record, lines);
    await spawned(child);
    await record.write(server.pid);
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it printed last, one line, stack traces left out; '' when nothing. */
  get lastWords(): string {
    return this.#lines.findLast((line) => line.trim() !== '' && !STACK_TRACE.test(line)) ?? '';
  }

  /** What is wrong with Codex's config.toml; null when nothing. Codex 0.169.0 says so on stderr and goes on. */
  get configError(): string | null {
    const sign = 'Invalid configuration; using defaults.';
    const line = this.#lines.find((text) => text.includes(sign));
    return line?.slice(line.indexOf(sign) + sign.length).trim() ?? null;
  }

  /** A connection to it, as soon as it listens. @throws VoiceError codex-down */
  async connect(logger: Logger, signal: AbortSignal): Promise<AppServerClient> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (this.running && performance.now() < deadline) {
      signal.throwIfAborted();
      try {
        return await AppServerClient.connect(this.socket, logger);
      } catch (error) {
        logger.trace({ err: error }, 'the app-server does not listen yet');
        await delay(CONNECT_EVERY_MS, undefined, { signal });
      }
    }
    throw new VoiceError(
      'codex-down',
      `The Codex app-server did not start${this.lastWords ? `: ${this.lastWords}` : '.'}`,
      'Run `codex` in a terminal to see what is wrong; `codex-voice doctor` checks it again.',
    );
  }

  /** Ends it, with force when it does not go. */
  async stop(): Promise<void> {
    if (this.running) {
      this.#child.kill('SIGTERM');
      const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await this.#exited;
      clearTimeout(force);
    }
    await this.#record.clear();
    await rm(this.socket, { force: true });
  }
}

async function spawned(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', (error) =>
    reject(
      new VoiceError(
        'codex-down',
        `Codex could not be started: ${error.message}`,
        'Reinstall the Codex CLI.',
        {
          cause: error,
        },
      ),
    ),
  );
  await promise;
}

/** Keeps the last lines of stderr, without colours, and logs them. */
function lastLines(child: ChildProcess, logger: Logger): string[] {
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (data: string) => {
    const parts = (rest + data).split('\n');
    rest = (parts.pop() ?? '').slice(-4_096);
    for (const part of parts) {
      const line = plainLine(part);
      if (!line || line.includes(USUAL_COMPLAINT)) continue;
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      logger.debug({ line }, 'codex app-server');
    }
  });
  return lines;
}

/** A log line of Codex without colours, time, level and module. */
function plainLine(text: string): string {
  const plain = text.replaceAll(/\x1b\[[0-9;]*m/gu, '').trim();
  return plain.replace(/^\S+Z\s+(?:ERROR|WARN|INFO)\s+[\w:]+:\s+/u, '');
}
