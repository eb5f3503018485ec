type RequestKind = 'command' | 'file-change' | 'permissions' | 'question' | 'elicitation';

/** A shell of Windows that reads a command. */
export type WindowsShell = 'powershell' | 'cmd';

/** What the user may decide about a request. */
export type Decision = 'approve' | 'approve-session' | 'deny';

/** One question of a request. The answer is one of the options, or any text where `free` is true. */
export interface Question {
  id: string;
  header: string;
  text: string;
  options: readonly { label: string; description: string }[];
  /** Any text is accepted too. */
  free: boolean;
  /** The answer is a password or a key, and is never shown, logged or spoken. */
  secret: boolean;
  /** Several of the options may be chosen. */
  multiple?: boolean;
  /** It may be left unanswered. */
  optional?: boolean;
  /** What an answer must be, in words: `a whole number, 1 to 5`. */
  rule?: string;
  /** The answers that count where none is given. */
  initial?: readonly string[];
}

/** A request of the agent that waits for the user. */
export interface PendingRequest {
  /** Short, made by the adapter, unique among all sessions; a request keeps it over a reconnection. */
  id: string;
  kind: RequestKind;
  title: string;
  /** All that is decided about: the exact command, the whole diff, the questions. Untrusted text. */
  detail: string;
  /** The command, when approving runs it and does nothing else; absent: it grants more, or is no command. */
  command?: string;
  /** The shell of Windows that reads `command`; absent: a POSIX shell. */
  shell?: WindowsShell;
  /** Where it would happen (absolute path); null: unknown. */
  folder: string | null;
  /** Why the agent asks, in its own words; null: it gives no reason. Untrusted text. */
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

/** The user's reply to a request: a decision, or answers by the id of the question. */
export type Answer = { decision: Decision } | { answers: Readonly<Record<string, readonly string[]>> };

/** A request with the name of the project whose session asks. */
export type WaitingRequest = PendingRequest & { project: string };
