import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pino, { type Logger } from 'pino';
import type { AgentSession, SessionEvent, SessionOptions, TurnEvent } from '../../src/agent/session.ts';
import { appServerSession } from '../../src/codex/create-session.ts';
import { converse } from '../../src/loopback/answers.ts';
import { type CodexHomeOptions, writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel, type Replier } from '../../src/loopback/model.ts';
import { waitFor } from './process.ts';

/** The folder of the program `codex`: the pinned one, or that of CODEX_VOICE_TEST_CODEX (CONTRIBUTING.md). */
const BIN =
  process.env.CODEX_VOICE_TEST_CODEX || fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

export const silent: Logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' }, pino.destination(2));

/** A private home of the real Codex CLI on a loopback model, and a project folder; sessions are made on it. */
export interface CodexBench {
  model: LoopbackModel;
  /** CODEX_HOME. */
  home: string;
  /** The project. */
  directory: string;
  socketFolder: string;
  env: NodeJS.ProcessEnv;
  /** A session (not started); closed with the bench. `create`: by another transport than the app-server. */
  session(
    options?: Partial<SessionOptions>,
    create?: (options: SessionOptions) => AgentSession,
  ): AgentSession;
  /** Closes everything, and fails when a process of this bench outlives it. */
  close(): Promise<void>;
}

export async function codexBench(
  reply: Replier = converse,
  options: CodexHomeOptions = {},
): Promise<CodexBench> {
  const model = new LoopbackModel(reply);
  await model.start();
  // Codex goes without its sandbox helpers where its home is below TMPDIR, and what runs in its sandbox may write to /tmp
  // (0.169.0): neither may be true here, wherever HOME is.
  const home = await mkdtemp('/var/tmp/codex-voice-test-');
  await writeCodexHome(home, model.baseUrl, options);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cv-')));
  const directory = join(folder, 'project');
  const socketFolder = join(folder, 'run');
  await mkdir(directory);
  // Codex runs everything in a login shell: what the profile of whoever runs the tests does there can take seconds,
  // and outlive Codex.
  const own = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  await Promise.all([mkdir(own), mkdir(temporary)]);
  const env = {
    ...process.env,
    PATH: `${BIN}${delimiter}${process.env.PATH}`,
    HOME: own,
    CODEX_HOME: home,
    TMPDIR: temporary,
  };
  const sessions: AgentSession[] = [];
  return {
    model,
    home,
    directory,
    socketFolder,
    env,
    session(over = {}, create = appServerSession) {
      const session = create({
        project: { name: 'project', directory, trusted: true },
        command: 'codex',
        env,
        socketFolder,
        logger: silent,
        ...over,
      });
      sessions.push(session);
      return session;
    },
    async close() {
      await Promise.all(sessions.map((session) => session.close()));
      await model.close();
      const left = await leftOvers(home);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
      await rm(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`processes outlive the session: ${left.join(', ')}`);
    },
  };
}

/** Processes (as "pid command") with this CODEX_HOME in their environment, once they had ten seconds to go. */
export async function leftOvers(home: string, patienceMs = 10_000): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const left = await processesOf(home);
    if (left.length === 0 || performance.now() > deadline) return left;
    await delay(50);
  }
}

async function processesOf(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/u.test(pid) || Number(pid) === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      if (!environment.split('\0').includes(`CODEX_HOME=${home}`)) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      found.push(`${pid} ${command.trim()}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** The id of the app-server's process. */
export async function serverPid(bench: CodexBench): Promise<number> {
  const note: { pid: number } = JSON.parse(
    await readFile(join(bench.socketFolder, 'app-server.json'), 'utf8'),
  );
  return note.pid;
}

/** The id of the process in the hidden terminal. */
export function terminalPid(session: AgentSession): number {
  const { terminal } = session;
  if (!('pid' in terminal) || typeof terminal.pid !== 'number') throw new Error('no process in the terminal');
  return terminal.pid;
}

/** Kills what runs in the hidden terminal, and waits until the session knows. */
export async function killTerminal(session: AgentSession): Promise<void> {
  const pid = terminalPid(session);
  process.kill(pid, 'SIGKILL');
  const gone = (): boolean => 'pid' in session.terminal && session.terminal.pid !== pid;
  await waitFor('the terminal to be gone', gone);
}

/** All events of a turn. */
export async function collect(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** How a turn ended. */
export async function outcome(events: AsyncIterable<TurnEvent>): Promise<TurnEvent> {
  const last = (await collect(events)).at(-1);
  if (!last) throw new Error('the turn had no events');
  return last;
}

/** A turn that is read while the test does something else. */
export class Following {
  readonly end: Promise<TurnEvent>;
  readonly #words = Promise.withResolvers<void>();

  constructor(events: AsyncIterable<TurnEvent>) {
    this.end = this.#read(events);
  }

  /** Resolves with the first words of the answer. */
  get words(): Promise<void> {
    return this.#words.promise;
  }

  async #read(events: AsyncIterable<TurnEvent>): Promise<TurnEvent> {
    let last: TurnEvent | undefined;
    for await (const event of events) {
      if (event.type === 'delta') this.#words.resolve();
      last = event;
    }
    if (!last) throw new Error('the turn had no events');
    return last;
  }
}

/** Keeps what a session says of itself, and waits for something of it. */
export class SessionLog {
  readonly all: SessionEvent[] = [];
  readonly #session: AgentSession;
  #wake = Promise.withResolvers<void>();

  constructor(session: AgentSession) {
    this.#session = session;
    void this.#read();
  }

  async #read(): Promise<void> {
    for await (const event of this.#session.events) {
      this.all.push(event);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
  }

  /** The first event, past or to come, for which the predicate holds. */
  async waitFor(matches: (event: SessionEvent) => boolean, timeoutMs = 120_000): Promise<SessionEvent> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('the session did not say so')));
    });
    expired.catch(() => undefined); // The event has come before.
    for (;;) {
      const found = this.all.find(matches);
      if (found) return found;
      await Promise.race([this.#wake.promise, expired]);
    }
  }
}
