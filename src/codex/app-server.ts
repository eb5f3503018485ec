import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { AppServerClient, type ServerAddress } from './client.ts';
import { endOrphanedServer, noteTokenHash, serverRecord } from './orphans.ts';
import type { ProcessRecord } from './process-record.ts';

/** Bits of the token that opens the server: enough that it cannot be guessed. */
const TOKEN_BYTES = 32;
/** What Codex 0.169.0 prints on stderr when it listens. */
const LISTENING = /listening on:\s*(ws:\/\/127\.0\.0\.1:\d+)/u;
/** The other lines of that. */
const BANNER = /^(?:codex app-server \(WebSockets\)|(?:readyz|healthz|note): .*)$/u;
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
  /** Private folder (made 0700) of the process record; one for each session. */
  folder: string;
  /** Environment of Codex, CODEX_HOME included. */
  env: NodeJS.ProcessEnv;
  /** See SessionOptions. */
  started?: ((pid: number) => void) | undefined;
  logger: Logger;
}

/**
 * Our own `codex app-server` on a port of this machine (verified on Codex 0.169.0). A token opens it: commands that
 * Codex runs in its sandbox reach the port, as they would reach a Unix socket, which Codex opens to every
 * client. The token is in no file and on no command line.
 */
export class AppServer {
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #record: ProcessRecord;
  readonly #exited: Promise<void>;
  readonly #output: ServerOutput;

  private constructor(child: ChildProcess, token: string, record: ProcessRecord, output: ServerOutput) {
    this.#child = child;
    this.token = token;
    this.#record = record;
    this.#output = output;
    this.#exited = once(child, 'close').then(() => undefined);
  }

  /** Starts it, ending first what an earlier daemon left. @throws VoiceError codex-down */
  static async start(options: AppServerOptions): Promise<AppServer> {
    const { folder, logger } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const record = serverRecord(folder, logger);
    await endOrphanedServer(folder, logger);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    await noteTokenHash(folder, hash);
    const guard = ['--ws-auth', 'capability-token', '--ws-token-sha256', hash];
    const child = spawn(options.binary, ['app-server', '--listen', 'ws://127.0.0.1:0', ...guard], {
      cwd: folder,
      env: options.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new AppServer(child, token, record, new ServerOutput(child, logger));
    if (child.pid !== undefined) options.started?.(child.pid);
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

  /** Where it listens; null: it does not yet. */
  get address(): ServerAddress | null {
    const { url } = this.#output;
    return url === null ? null : { url, token: this.token };
  }

  /** What it printed last, one line, stack traces left out; '' when nothing. */
  get lastWords(): string {
    return this.#output.lines.findLast((line) => line.trim() !== '' && !STACK_TRACE.test(line)) ?? '';
  }

  /** What is wrong with Codex's config.toml; null when nothing. Codex 0.169.0 says so on stderr and goes on. */
  get configError(): string | null {
    const sign = 'Invalid configuration; using defaults.';
    const line = this.#output.lines.find((text) => text.includes(sign));
    return line?.slice(line.indexOf(sign) + sign.length).trim() ?? null;
  }

  /** A connection to it, as soon as it listens. @throws VoiceError codex-down */
  async connect(logger: Logger, signal: AbortSignal): Promise<AppServerClient> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (this.running && performance.now() < deadline) {
      signal.throwIfAborted();
      const { address } = this;
      try {
        if (address !== null) return await AppServerClient.connect(address, logger);
      } catch (error) {
        logger.trace({ err: error }, 'the app-server does not answer yet');
      }
      await delay(CONNECT_EVERY_MS, undefined, { signal });
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

/** What it prints on stderr: the address where it listens, and its last lines, without colours. */
class ServerOutput {
  readonly lines: string[] = [];
  readonly #logger: Logger;
  #rest = '';
  #url: string | null = null;

  constructor(child: ChildProcess, logger: Logger) {
    this.#logger = logger;
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (data: string) => this.#take(data));
  }

  get url(): string | null {
    return this.#url;
  }

  #take(data: string): void {
    const parts = (this.#rest + data).split('\n');
    this.#rest = (parts.pop() ?? '').slice(-4_096);
    for (const part of parts) {
      const line = plainLine(part);
      if (this.#url === null && this.#isBanner(line)) continue;
      if (!line || line.includes(USUAL_COMPLAINT) || BANNER.test(line)) continue;
      this.lines.push(line);
      if (this.lines.length > LAST_LINES) this.lines.shift();
      this.#logger.debug({ line }, 'codex app-server');
    }
  }

  #isBanner(line: string): boolean {
    this.#url = LISTENING.exec(line)?.[1] ?? null;
    return this.#url !== null;
  }
}

/** A log line of Codex without colours, time, level and module. */
function plainLine(text: string): string {
  const plain = text.replaceAll(/\x1b\[[0-9;]*m/gu, '').trim();
  return plain.replace(/^\S+Z\s+(?:ERROR|WARN|INFO)\s+[\w:]+:\s+/u, '');
}
