import type { ErrorReport } from '../errors.ts';

export type SessionState = 'starting' | 'idle' | 'working' | 'waiting' | 'recovering' | 'down';

/** A request of Codex that waits for a person. */
export interface PendingRequest {
  id: string;
  kind: 'command' | 'file-change' | 'permissions' | 'question' | 'elicitation';
  title: string;
  detail: string;
  /** ISO 8601. */
  at: string;
}

export interface SessionStatus {
  state: SessionState;
  thread: string | null;
  model: string | null;
  transport: 'app-server' | 'terminal';
  /** Why it is down, recovering or not ready. */
  reason?: ErrorReport;
}

/** What happens in a turn, as events of Codex; `at` is performance.now() in ms. */
export type TurnEvent =
  | { type: 'accepted'; turn: string; at: number }
  | { type: 'delta'; text: string; at: number }
  | { type: 'completed'; answer: string; at: number }
  | { type: 'interrupted'; answer: string; at: number }
  | { type: 'failed'; answer: string; error: ErrorReport; at: number };

/** What happens in a session beside the turns. */
export type SessionEvent =
  | { type: 'status'; status: SessionStatus }
  | { type: 'requested'; request: PendingRequest }
  | { type: 'resolved'; id: string };

/** One living conversation with Codex in one folder. */
export interface CodexSession {
  readonly status: SessionStatus;
  readonly pending: readonly PendingRequest[];
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<SessionEvent>;
  /** The hidden terminal, for those who want to look at it. */
  readonly terminal: HiddenTerminal;
  /** Begins; resolves when a prompt can be typed. @throws VoiceError codex-missing, codex-version, codex-signed-out, ... */
  start(): Promise<void>;
  /**
   * Types the prompt into the hidden terminal and yields what becomes of it: `accepted` first, then deltas, then
   * exactly one of completed, interrupted, failed. Waits while Codex works; refuses while a request is pending.
   * @throws VoiceError approval-pending, prompt-unconfirmed, codex-down, prompt-empty, prompt-too-long
   */
  submit(prompt: string, signal?: AbortSignal): AsyncIterable<TurnEvent>;
  /** Interrupts the running turn; false when none runs. */
  interrupt(): Promise<boolean>;
  close(): Promise<void>;
}

/** The PTY in which the real Codex TUI runs, and its screen. */
export interface HiddenTerminal {
  /** Rows of the screen as plain text, trailing blanks removed. */
  screen(): string[];
  /** The screen as escape sequences, to paint it once. */
  snapshot(): string;
  /** Raw output from now on; call the result to stop. */
  onOutput(listener: (data: string) => void): () => void;
  /** Keys of an attached person. */
  write(data: string): void;
  resize(columns: number, rows: number): void;
  readonly size: { columns: number; rows: number };
}
