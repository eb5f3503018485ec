import type { Logger } from 'pino';
import type { ErrorReport } from '../errors.ts';
import type { HiddenTerminal } from '../terminal/hidden-terminal.ts';
import type { Activity } from './activity.ts';
import type { Project } from './project.ts';
import type { Answer, PendingRequest } from './requests.ts';

/** `parked`: the agent was ended to save memory; the thread is resumed at the next prompt. */
export type SessionState = 'starting' | 'idle' | 'working' | 'waiting' | 'recovering' | 'down' | 'parked';

/** What the user should know of a session beside its status; reported once until it is over. */
export interface SessionNotice {
  kind: 'context-full' | 'compacted' | 'usage-limit' | 'signed-out' | 'network' | 'recovered';
  /** In plain words: what happened, what it means. */
  message: string;
  /** What to do; '' when nothing. */
  hint: string;
}

/** A conversation that the agent keeps. */
export interface ThreadSummary {
  id: string;
  name: string | null;
  /** The beginning of the first prompt. Untrusted text. */
  preview: string;
  /** ISO 8601, when it was used last. */
  at: string;
  /** The folder it belongs to. */
  folder: string;
}

/** What became of a prompt that was typed before a process ended. */
export type PromptFate =
  /** The thread does not contain it, so it may be sent. */
  | { kind: 'absent' }
  | {
      kind: 'accepted';
      turn: string;
      state: 'answered' | 'interrupted' | 'failed' | 'running';
      answer: string;
    }
  /** The thread cannot be read, so only the user can know. */
  | { kind: 'unknown'; reason: ErrorReport };

/** A prompt whose turn is known. */
export interface KnownPrompt {
  turn: string;
  prompt: string;
}

export interface SubmitOptions {
  signal?: AbortSignal;
  /**
   * Called before the key that sends the prompt, with the thread that will have it. When it throws, nothing is sent.
   * What it records shows after a crash whether the prompt may have been sent.
   */
  beforeSend?: (thread: string) => void;
  /** `steer`: typed into the running turn, which goes on with it; without a running turn an ordinary prompt. */
  mode?: 'turn' | 'steer';
}

export interface SessionStatus {
  state: SessionState;
  thread: string | null;
  model: string | null;
  /** How the session hears of what the agent does. */
  transport: 'app-server' | 'terminal';
  /** What does not work, one sentence each; absent: everything works. */
  limits?: readonly string[];
  /** Why it is down, recovering or not ready. */
  reason?: ErrorReport;
}

/** What happens in a turn; `at` is performance.now() in ms. */
export type TurnEvent =
  | { type: 'accepted'; turn: string; at: number }
  /** What the agent does now, when that changes. A turn begins with THINKING. */
  | { type: 'activity'; activity: Activity; at: number }
  | { type: 'delta'; text: string; at: number }
  | { type: 'completed'; answer: string; at: number }
  /** `error`: why, when the user did not interrupt it. */
  | { type: 'interrupted'; answer: string; error?: ErrorReport; at: number }
  | { type: 'failed'; answer: string; error: ErrorReport; at: number };

/** What happens in a session beside the turns. */
export type SessionEvent =
  | { type: 'status'; status: SessionStatus }
  | { type: 'requested'; request: PendingRequest }
  | { type: 'resolved'; id: string }
  | { type: 'notice'; notice: SessionNotice };

export interface SessionOptions {
  project: Project;
  /** [codex] command: a name in PATH or a path. */
  command: string;
  /** Environment of the agent. */
  env: NodeJS.ProcessEnv;
  /** Private folder (made 0700) of this session alone, with a short path: for sockets and process records. */
  socketFolder: string;
  /** Called with the id of each process of the agent as it starts, before it can start anything itself. */
  started?: (pid: number) => void;
  /** The thread to resume. */
  resume?: string;
  logger: Logger;
  /** Of the hidden terminal; 120 x 40 where absent. */
  size?: { columns: number; rows: number };
}

/**
 * A conversation with the agent in one folder, in a hidden terminal that the user can open. The creator closes it;
 * closing it twice does nothing. An adapter implements this (docs/agents.md).
 */
export interface AgentSession {
  readonly status: SessionStatus;
  readonly pending: readonly PendingRequest[];
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<SessionEvent>;
  /** The hidden terminal, for `attach` and pop-up windows. */
  readonly terminal: HiddenTerminal;
  /** Starts the agent; resolves when a prompt can be typed. @throws VoiceError codex-missing, codex-version, codex-signed-out, ... */
  start(): Promise<void>;
  /**
   * Types the prompt into the hidden terminal and yields what becomes of it: `accepted` first, then activities and
   * deltas, then exactly one of `completed`, `interrupted`, `failed`. Starts the agent if it is down, and again if it
   * crashed. Waits while the agent works; throws while a request is pending.
   * @throws VoiceError approval-pending, prompt-unconfirmed, codex-down, prompt-empty, prompt-too-long
   */
  submit(prompt: string, options?: SubmitOptions): AsyncIterable<TurnEvent>;
  /**
   * Answers a pending request. `hash` is the hash of the request that the user saw.
   * @throws VoiceError request-gone (resolved already, or never there), request-changed (something else was shown),
   * request-unfit (it does not take such an answer)
   */
  answer(id: string, hash: string, answer: Answer): Promise<void>;
  /**
   * Searches a thread for a prompt that was typed at or after `since`.
   * @param others prompts whose turns are known: they are not this one, even if the words are the same
   */
  fateOf(prompt: string, thread: string, since: Date, others?: readonly KnownPrompt[]): Promise<PromptFate>;
  /** Lists the conversations of this folder, newest first. @throws VoiceError codex-down */
  threads(limit: number): Promise<ThreadSummary[]>;
  /** Continues in another thread; null: in a new one. @throws VoiceError not-found, codex-down, approval-pending */
  open(thread: string | null): Promise<void>;
  /** Interrupts the running turn; false when none runs. */
  interrupt(): Promise<boolean>;
  /** Ends the agent and everything that it started, and then `events`. */
  close(): Promise<void>;
}
