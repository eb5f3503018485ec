import { THINKING } from '../../src/agent/activity.ts';
import type { Agent } from '../../src/agent/agent.ts';
import { realDirectory } from '../../src/agent/project.ts';
import { cleanPrompt } from '../../src/agent/prompt.ts';
import type {
  AgentSession,
  SessionEvent,
  SessionOptions,
  SessionState,
  SessionStatus,
  SubmitOptions,
  TurnEvent,
} from '../../src/agent/session.ts';
import { VoiceError } from '../../src/errors.ts';
import { EventQueue } from '../../src/event-queue.ts';
import { PtyTerminal } from '../../src/terminal/pty-terminal.ts';

/** Reads prompts line by line and answers each with its words: the program of an agent that could not be simpler. */
const PROGRAM = 'n=0; while read -r line; do n=$((n + 1)); echo "answer $n: $line."; done';
const THREAD = 'the only one';

/** A whole adapter, as docs/agents.md describes it. */
export const echo: Agent = {
  verified: ['1.0.0'],
  program: async () => ({ path: '/bin/sh', version: '1.0.0' }),
  check: async () => ({ path: '/bin/sh', version: '1.0.0', proved: 'it echoes' }),
  session: async (options) => new EchoSession(options),
  endOrphans: async () => undefined,
};

class EchoSession implements AgentSession {
  readonly terminal: PtyTerminal;
  readonly pending = [];
  readonly #options: SessionOptions;
  readonly #events = new EventQueue<SessionEvent>();
  #state: SessionState = 'down';
  #turns = 0;
  #starting: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.terminal = new PtyTerminal(options.logger, options.size);
  }

  get status(): SessionStatus {
    return { state: this.#state, thread: THREAD, model: null, transport: 'terminal' };
  }

  get events(): AsyncIterable<SessionEvent> {
    return this.#events;
  }

  start(): Promise<void> {
    // Who comes while it starts waits for the same start.
    if (this.#state === 'down') this.#starting = this.#begin();
    return this.#starting;
  }

  async #begin(): Promise<void> {
    this.#turns = 0;
    this.#enter('starting');
    const { project, env, started } = this.#options;
    try {
      const directory = await realDirectory(project);
      const command = { program: '/bin/sh', args: ['-c', PROGRAM], directory, env };
      await this.terminal.load();
      this.terminal.start(command, () => this.#enter('down'));
    } catch (error) {
      this.#enter('down');
      throw error;
    }
    if (this.terminal.pid !== null) started?.(this.terminal.pid);
    this.#enter('idle');
  }

  async *submit(prompt: string, options: SubmitOptions = {}): AsyncGenerator<TurnEvent, void, undefined> {
    const line = cleanPrompt(prompt).replaceAll('\n', ' ');
    await this.start();
    options.beforeSend?.(THREAD);
    this.#turns += 1;
    const turn = String(this.#turns);
    this.terminal.write(`${line}\r`);
    this.#enter('working');
    yield { type: 'accepted', turn, at: performance.now() };
    yield { type: 'activity', activity: THINKING, at: performance.now() };
    const answer = await this.#answer(`answer ${turn}: `, options.signal);
    this.#enter('idle');
    yield { type: 'delta', text: answer, at: performance.now() };
    yield { type: 'completed', answer, at: performance.now() };
  }

  async answer(): Promise<void> {
    throw new VoiceError('request-gone', 'This agent asks nothing.', 'Nothing was decided.');
  }

  async fateOf(): ReturnType<AgentSession['fateOf']> {
    const reason = {
      code: 'codex-down',
      message: 'This agent keeps no history.',
      hint: 'Look at it.',
    } as const;
    return { kind: 'unknown', reason };
  }

  async threads(): Promise<[]> {
    return [];
  }

  async open(): Promise<void> {
    await this.terminal.stop();
    this.#enter('down');
    await this.start();
  }

  async interrupt(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    await this.terminal.stop();
    this.#enter('down');
    this.#events.close();
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.#events.push({ type: 'status', status: this.status });
  }

  /** What stands on the screen behind these words. */
  async #answer(begin: string, signal: AbortSignal | undefined): Promise<string> {
    for (;;) {
      signal?.throwIfAborted();
      const row = this.terminal.screen().find((text) => text.startsWith(begin) && text.endsWith('.'));
      if (row !== undefined) return row.slice(begin.length, -1);
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = this.terminal.onPainted(resolve);
      await promise.finally(stop);
    }
  }
}
