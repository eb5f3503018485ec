import type { Logger } from 'pino';
import type { Answer, PendingRequest } from '../agent/requests.ts';
import type {
  KnownPrompt,
  PromptFate,
  SessionEvent,
  SessionOptions,
  ThreadSummary,
} from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import type { Change } from './change.ts';
import type { ThreadStatus } from './protocol.ts';
import type { Phase } from './tui/gate.ts';
import type { HiddenTui } from './tui/hidden-tui.ts';
import type { Screen } from './tui/screen.ts';
import type { PromptTurn } from './turn.ts';

/** How a session hears of what Codex does, beside typing into its terminal: one of these for each session. */
export interface Transport {
  readonly name: 'app-server' | 'terminal';
  /** What it cannot do, one sentence each; absent: it can do all. */
  readonly limits?: readonly string[];
  /** Words for a running turn can be typed into it; otherwise they are a prompt of their own. */
  readonly steers: boolean;
  /** The conversation; null: there is none yet. */
  readonly thread: string | null;
  /** What is written down as the conversation of the next prompt; null: there is none to send it to. */
  readonly destination: string | null;
  readonly model: string | null;
  readonly activity: ThreadStatus;
  /** When a turn was interrupted last, performance.now() in ms. */
  readonly interruptedAt: number;
  readonly pending: readonly PendingRequest[];
  readonly screen: Screen;
  /** Starts Codex in its terminal. What was started when it fails is ended by `stop`. */
  start(): Promise<void>;
  /** Ends all of Codex. */
  stop(): Promise<void>;
  /** The terminal ended too often in a row. */
  gaveUp(): Promise<void>;
  /** Before the session is closed: ends the running turn, if it can. */
  endTurn(): Promise<void>;
  /** A new frame is on the screen. */
  painted(): void;
  /** A prompt is about to be sent; call the result when its turn is over. */
  expect(prompt: string): () => void;
  // The rest as AgentSession has it.
  interrupt(): Promise<boolean>;
  answer(id: string, hash: string, answer: Answer): Promise<void>;
  /** @param prompt cleaned */
  fateOf(prompt: string, thread: string, since: Date, others: readonly KnownPrompt[]): Promise<PromptFate>;
  threads(limit: number): Promise<ThreadSummary[]>;
  /** Called while no prompt is being typed. */
  open(thread: string | null): Promise<void>;
}

/** What a transport needs of its session. */
export interface TransportPlace {
  readonly options: SessionOptions;
  readonly logger: Logger;
  readonly tui: HiddenTui;
  /** Notified whenever the state or the screen changes. */
  readonly change: Change;
  /** Turns that hear what Codex reports. */
  readonly turns: ReadonlySet<PromptTurn>;
  /** Aborted when the session is closed. */
  readonly closing: AbortSignal;
  /** Real path of the project's folder, once the session has started. */
  readonly directory: string;
  readonly phase: Phase;
  /** Why it is down, recovering or not ready. */
  readonly reason: ErrorReport | undefined;
  enter(phase: Phase, reason?: ErrorReport): void;
  tell(event: SessionEvent): void;
  /** Something is known now that was not: reports the status where it is another. */
  changed(): void;
  start(): Promise<void>;
  /** The same for a session that runs, once its Codex was stopped. */
  restart(): Promise<void>;
  /** @throws VoiceError what stands in the way of the composer */
  untilComposer(): Promise<void>;
  /** Logs the failure of what nobody waits for. */
  beside(work: Promise<void>): void;
}
