import type { ErrorReport } from '../errors.ts';
import type { Frame } from '../view/frame.ts';

/** `parked`: Codex was ended to save memory; the thread is resumed at the next prompt. */
export type SessionState = 'starting' | 'idle' | 'working' | 'waiting' | 'recovering' | 'down' | 'parked';

export type RequestKind = 'command' | 'file-change' | 'permissions' | 'question' | 'elicitation';

/** What a person may decide about a request. */
export type Decision = 'approve' | 'approve-session' | 'deny';

/** One question of a request; an answer is one of the options, or a text of one's own where `free` says so. */
export interface Question {
  id: string;
  header: string;
  text: string;
  options: readonly { label: string; description: string }[];
  /** A text of one's own is taken too. */
  free: boolean;
  /** The answer is a password or a key: it is never shown, logged or spoken. */
  secret: boolean;
  /** Several of the options may be chosen. */
  multiple?: boolean;
  /** It may be left without an answer. */
  optional?: boolean;
  /** What an answer must be, in words: `a whole number, 1 to 5`. */
  rule?: string;
  /** The answers that count where none is given. */
  initial?: readonly string[];
}

/** A request of Codex that waits for a person. */
export interface PendingRequest {
  /** Short, made here, unique among all sessions of this daemon; the same request keeps it over a reconnection. */
  id: string;
  kind: RequestKind;
  title: string;
  /** All that is decided about: the exact command, the whole diff, the questions. Untrusted text. */
  detail: string;
  /** The command, when to approve is to run it and nothing else; absent: it grants more, or is no command. */
  command?: string;
  /** Where it would happen (absolute path); null: Codex does not say. */
  folder: string | null;
  /** Why Codex asks, in its own words; null: it does not say. Untrusted text. */
  reason: string | null;
  /** Stands for all that is shown of it: SHA-256 (hex) of kind, detail, folder, reason and questions. */
  hash: string;
  /** What may be decided; empty: it takes an answer in words. */
  decisions: readonly Decision[];
  questions: readonly Question[];
  /** Why it must not be decided by voice, one short phrase each (`runs as root`, `outside the project`, ...). */
  dangers: readonly string[];
  /** ISO 8601. */
  at: string;
}

/** What a person has said to a request: a decision, or answers by the id of the question. */
export type Answer = { decision: Decision } | { answers: Readonly<Record<string, readonly string[]>> };

/** What a person should know of a session beside its status; told once until it is over. */
export interface SessionNotice {
  kind: 'context-full' | 'compacted' | 'usage-limit' | 'signed-out' | 'network' | 'recovered';
  /** In plain words: what happened, what it means. */
  message: string;
  /** What to do; '' when nothing. */
  hint: string;
}

/** A conversation that Codex keeps. */
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

/** What became of a prompt that was typed before something died. */
export type PromptFate =
  /** The thread does not have it: it may be sent. */
  | { kind: 'absent' }
  | {
      kind: 'accepted';
      turn: string;
      state: 'answered' | 'interrupted' | 'failed' | 'running';
      answer: string;
    }
  /** The thread cannot be read: only the person can know. */
  | { kind: 'unknown'; reason: ErrorReport };

/** A prompt of which it is known in which turn it stands. */
export interface KnownPrompt {
  turn: string;
  prompt: string;
}

export interface SubmitOptions {
  signal?: AbortSignal;
  /**
   * Called before the key that sends the prompt, with the thread that will have it; when it throws nothing is sent.
   * What it writes down tells after a crash whether the prompt may have been sent.
   */
  beforeSend?: (thread: string) => void;
  /** `steer`: typed into the running turn, which goes on with it; without a running turn it is a prompt as any other. */
  mode?: 'turn' | 'steer';
}

export interface SessionStatus {
  state: SessionState;
  thread: string | null;
  model: string | null;
  transport: 'app-server' | 'terminal';
  /** What this transport cannot do, one sentence each; absent: it can do all. */
  limits?: readonly string[];
  /** Why it is down, recovering or not ready. */
  reason?: ErrorReport;
}

export type ActivityKind =
  | 'thinking'
  | 'writing'
  | 'command'
  | 'read'
  | 'search'
  | 'edit'
  | 'tool'
  | 'agent'
  | 'compaction'
  /** For the person: Codex asks for something. */
  | 'waiting';

/** What Codex does at a moment of a turn. */
export interface Activity {
  kind: ActivityKind;
  /** A short phrase for a person, one line of plain text: `running npm test`. Commands and names in it are untrusted. */
  text: string;
}

/** What happens in a turn, as events of Codex; `at` is performance.now() in ms. */
export type TurnEvent =
  | { type: 'accepted'; turn: string; at: number }
  /** What Codex does now; only when that is another thing than before. It begins with thinking. */
  | { type: 'activity'; activity: Activity; at: number }
  | { type: 'delta'; text: string; at: number }
  | { type: 'completed'; answer: string; at: number }
  /** `error`: why, when nobody wanted it. */
  | { type: 'interrupted'; answer: string; error?: ErrorReport; at: number }
  | { type: 'failed'; answer: string; error: ErrorReport; at: number };

/** What happens in a session beside the turns. */
export type SessionEvent =
  | { type: 'status'; status: SessionStatus }
  | { type: 'requested'; request: PendingRequest }
  | { type: 'resolved'; id: string }
  | { type: 'notice'; notice: SessionNotice };

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
   * Types the prompt into the hidden terminal and yields what becomes of it: `accepted` first, then activities and deltas, then
   * exactly one of completed, interrupted, failed. Waits while Codex works; refuses while a request is pending.
   * @throws VoiceError approval-pending, prompt-unconfirmed, codex-down, prompt-empty, prompt-too-long
   */
  submit(prompt: string, options?: SubmitOptions): AsyncIterable<TurnEvent>;
  /**
   * Answers a pending request. `hash` is that of what the person has seen.
   * @throws VoiceError request-gone (resolved already, or never there), request-changed (something else was shown),
   * request-unfit (it does not take such an answer)
   */
  answer(id: string, hash: string, answer: Answer): Promise<void>;
  /**
   * Looks into a thread for a prompt that was typed at or after `since`.
   * @param others where other prompts are known to stand: none of those is this one, though it has the same words
   */
  fateOf(prompt: string, thread: string, since: Date, others?: readonly KnownPrompt[]): Promise<PromptFate>;
  /** Conversations of this folder, newest first. @throws VoiceError codex-down */
  threads(limit: number): Promise<ThreadSummary[]>;
  /** Goes on in another thread; null: in a new one. @throws VoiceError not-found, codex-down, approval-pending */
  open(thread: string | null): Promise<void>;
  /** Interrupts the running turn; false when none runs. */
  interrupt(): Promise<boolean>;
  close(): Promise<void>;
}

/** The PTY in which the real Codex TUI runs, and its screen. */
export interface HiddenTerminal {
  /** Rows of the screen as plain text, trailing blanks removed. */
  screen(): string[];
  /** What it shows now, ready to be painted elsewhere. @param scroll rows above the newest */
  frame(scroll?: number): Frame;
  /** How many rows have been scrolled out of sight. */
  readonly scrollback: number;
  /** Called after each frame that is whole; call the result to stop. */
  onPainted(listener: () => void): () => void;
  /** Sequences that are not part of the screen: the bell, what is copied (OSC 52); call the result to stop. */
  onPassed(listener: (data: string) => void): () => void;
  /** Keys of an attached person. */
  write(data: string): void;
  resize(columns: number, rows: number): void;
  readonly size: { columns: number; rows: number };
}
