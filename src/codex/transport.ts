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
import type { TurnStart } from './turn-starter.ts';

/** How a session learns what Codex does. Each session has one transport. */
export interface Transport {
  readonly name: 'app-server' | 'terminal';
  /** What it cannot do, one sentence each; absent: it can do everything. */
  readonly limits?: readonly string[];
  /** True when text can be typed into a running turn; otherwise it is sent as a separate prompt. */
  readonly steers: boolean;
  /** The conversation; null: none yet. */
  readonly thread: string | null;
  /** The conversation to record for the next prompt; null: there is none to send it to. */
  readonly destination: string | null;
  readonly model: string | null;
  readonly activity: ThreadStatus;
  /** Time of the last interruption, performance.now() in ms. */
  readonly interruptedAt: number;
  readonly pending: readonly PendingRequest[];
  readonly screen: Screen;
  /** How it sends prompts when nothing can be typed; absent: it cannot. */
  readonly turnStart?: TurnStart;
  /** Starts Codex in its terminal. After a failure, `stop` ends what was started. */
  start(): Promise<void>;
  /** Ends Codex completely. */
  stop(): Promise<void>;
  /** Called when the terminal ended too often in a row. */
  gaveUp(): Promise<void>;
  /** Ends the running turn if possible, before the session closes. */
  endTurn(): Promise<void>;
  /** Called after a new frame on the screen. */
  painted(): void;
  /** Announces a prompt that is about to be sent. Call the result when its turn has ended. */
  expect(prompt: string): () => void;
  // The rest is as in AgentSession.
  interrupt(): Promise<boolean>;
  answer(id: string, hash: string, answer: Answer): Promise<void>;
  /** @param prompt cleaned */
  fateOf(prompt: string, thread: string, since: Date, others: readonly KnownPrompt[]): Promise<PromptFate>;
  threads(limit: number): Promise<ThreadSummary[]>;
  /** Called while no prompt is being typed. */
  open(thread: string | null): Promise<void>;
}

/** The session, as its transport sees it. */
export interface TransportPlace {
  readonly options: SessionOptions;
  readonly logger: Logger;
  readonly tui: HiddenTui;
  /** Notified whenever the state or the screen changes. */
  readonly change: Change;
  /** Turns that receive Codex's notifications. */
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
  /** Reports the status if it has changed. */
  changed(): void;
  start(): Promise<void>;
  /** Starts again in a running session whose Codex was stopped. */
  restart(): Promise<void>;
  /** Resolves when the composer accepts a prompt. @throws VoiceError when something prevents it */
  untilComposer(): Promise<void>;
  /** Logs the failure of background work. */
  beside(work: Promise<void>): void;
}
