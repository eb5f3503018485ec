import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import { hasModes } from '../../files/private-files.ts';
import { endWithThisProcess } from '../../processes/end-with-parent.ts';
import { terminalText } from '../../text/clean.ts';
import { makeCodexHome } from '../codex-home.ts';
import { LastWords } from '../last-words.ts';
import { endOrphanedServer, noteTokenHash, serverRecord } from '../orphans.ts';
import type { ProcessRecord } from '../process-record.ts';
import { AppServerClient, type ServerAddress } from './client.ts';
import { ConnectionLost } from './client-errors.ts';

/** Length of the token, bytes: enough that it cannot be guessed. */
const TOKEN_BYTES = 32;
/** Codex 0.169.0 prints this on stderr when it listens on a port, and nothing for a Unix socket. */
const LISTENING = /listening on:\s*(ws:\/\/127\.0\.0\.1:\d+)/u;
/** The other lines of that message. */
const BANNER = /^(?:codex app-server \(WebSockets\)|(?:readyz|healthz|note): .*)$/u;
const READY_TIMEOUT_MS = 30_000;
const CONNECT_EVERY_MS = 10;
const STOP_TIMEOUT_MS = 3_000;
/** Longest path of a Unix socket on Linux, bytes. */
const LONGEST_SOCKET = 107;
/** The last output of a process is read within milliseconds of its end. */
const LAST_WORDS_MS = 1_000;
/** Codex 0.169.0 prints this at every start without bubblewrap; it is never the reason of an end. */
const USUAL_COMPLAINT = 'could not find bubblewrap';

interface AppServerOptions {
  /** The Codex program. */
  binary: string;
  /** Private folder (made 0700) of the process record; one for each session. */
  folder: string;
  /** Environment of Codex, CODEX_HOME included. */
  env: NodeJS.ProcessEnv;
  /** True: it listens on a Unix socket instead of a port. See closesSocket(). */
  onSocket: boolean;
  /** See SessionOptions. */
  started?: ((pid: number) => void) | undefined;
  logger: Logger;
}

/**
 * This program's `codex app-server`. If Codex keeps its sandboxed commands away from its Unix socket, the server
 * listens on one that only the user can open. Otherwise it listens on a local port, which the commands can reach, and
 * which requires a token (verified with Codex 0.169.0 and 0.171.0). The token is in no file and on no command line.
 */
export class AppServer {
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #record: ProcessRecord;
  readonly #exited: Promise<void>;
  readonly #output: ServerOutput;
  /** Null: it listens on a port. */
  readonly #socket: string | null;

  private constructor(
    child: ChildProcess,
    { token, socket }: { token: string; socket: string | null },
    record: ProcessRecord,
    output: ServerOutput,
  ) {
    this.#child = child;
    this.token = token;
    this.#socket = socket;
    this.#record = record;
    this.#output = output;
    this.#exited = once(child, 'close').then(() => undefined);
  }

  /** Ends a server that an earlier daemon left behind, then starts one. @throws VoiceError codex-down */
  static async start(options: AppServerOptions): Promise<AppServer> {
    const { folder, logger } = options;
    const record = serverRecord(folder, logger);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (hasModes()) await chmod(folder, 0o700);
      await endOrphanedServer(folder, logger);
      await noteTokenHash(folder, hash);
    } catch (error) {
      throw unusable(folder, error);
    }
    await makeCodexHome(options.env);
    const socket = options.onSocket ? socketIn(folder) : null;
    const listen = socket === null ? 'ws://127.0.0.1:0' : `unix://${socket}`;
    // On a Unix socket Codex (0.169.0 and 0.171.0) ignores the token, but an orphan can be found by its hash.
    const guard = ['--ws-auth', 'capability-token', '--ws-token-sha256', hash];
    const child = spawn(options.binary, ['app-server', '--listen', listen, ...guard], {
      cwd: folder,
      env: options.env,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    const server = new AppServer(child, { token, socket }, record, new ServerOutput(child, logger));
    if (child.pid !== undefined) options.started?.(child.pid);
    await spawned(child);
    await endWithThisProcess(server.pid);
    try {
      await record.write(server.pid);
    } catch (error) {
      await server.stop();
      throw unusable(folder, error);
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its address; null: it does not listen yet. */
  get address(): ServerAddress | null {
    if (this.#socket !== null)
      return { url: `ws+unix:${this.#socket}:/`, remote: `unix://${this.#socket}`, token: null };
    const { url } = this.#output;
    return url === null ? null : { url, remote: url, token: this.token };
  }

  /** Why it ended, in its own words, one line; '' when it printed nothing. */
  get lastWords(): string {
    return this.#output.words.text;
  }

  /** Adds the server's last words to a client's error if the server has ended. */
  async explained(error: unknown): Promise<unknown> {
    if (!(error instanceof ConnectionLost)) return error;
    await this.#ended();
    return new ConnectionLost(error.method, this.lastWords);
  }

  /** Resolves when the server has ended and its output was read, or after a time limit. */
  async #ended(): Promise<void> {
    const patience = new AbortController();
    const timeout = delay(LAST_WORDS_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.#exited, timeout]);
    patience.abort();
  }

  /** The error in Codex's config.toml; null when there is none. Codex 0.169.0 prints it on stderr and continues. */
  get configError(): string | null {
    const sign = 'Invalid configuration; using defaults.';
    return this.#output.words.find(sign)?.slice(sign.length).trim() ?? null;
  }

  /** Connects as soon as the server listens. @throws VoiceError codex-down */
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
    if (!this.running) await this.#ended();
    const why = this.running ? ` within ${READY_TIMEOUT_MS / 1_000} seconds` : '';
    throw new VoiceError(
      'codex-down',
      `The Codex app-server did not start${why}${this.lastWords ? `: ${this.lastWords}` : '.'}`,
      'Run `codex` in a terminal to see what is wrong. Then run `codex-voice doctor`.',
    );
  }

  /** Ends the server, with SIGKILL if necessary. */
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

/** Path of the socket in a session's folder; null: it would be longer than the system allows. */
function socketIn(folder: string): string | null {
  const path = join(folder, 'codex.sock');
  return Buffer.byteLength(path) <= LONGEST_SOCKET && !path.includes(':') ? path : null;
}

function unusable(folder: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError(
    'codex-down',
    `The folder for Codex's socket cannot be used: ${reason}`,
    `Free disk space and make sure that only you own ${folder}, or set XDG_RUNTIME_DIR to another folder.`,
    { cause },
  );
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

/** Reads the server's stderr: the address, and the last lines without colours. */
class ServerOutput {
  readonly words = new LastWords();
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
    for (const coloured of parts) {
      const part = terminalText(coloured);
      if (this.#url === null && this.#isBanner(part)) continue;
      if (part.includes(USUAL_COMPLAINT) || BANNER.test(part.trim())) continue;
      const line = this.words.push(part);
      if (line) this.#logger.debug({ line }, 'codex app-server');
    }
  }

  #isBanner(line: string): boolean {
    this.#url = LISTENING.exec(line)?.[1] ?? null;
    return this.#url !== null;
  }
}
