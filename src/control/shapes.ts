import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';

/**
 * Shapes that results and events share. The protocol has its own types: daemon/wire.ts maps the program's types to
 * them, so that an internal change never changes the protocol silently. Clients check what they receive against these
 * schemas. So an added field is optional (`exactOptional`), because older daemons do not send it.
 */

/**
 * One of these names, for the types and for readers of the schema. Other names are accepted, because a newer daemon may
 * have more.
 */
export function oneOf<const T extends string>(...names: readonly T[]): z.ZodType<T, T> {
  return z.string().meta({ enum: [...names] }) as z.ZodType as z.ZodType<T, T>;
}

/** A read-only array. */
export function list<T>(of: z.ZodType<T, T>): z.ZodType<readonly T[], readonly T[]> {
  return z.array(of) as z.ZodType as z.ZodType<readonly T[], readonly T[]>;
}

/** An object with a value for each stage of an utterance that happened (see Timings in utterance.ts). */
export function perStage<T extends z.ZodType>(value: T) {
  const stage = value.exactOptional();
  return z.object({
    microphone: stage,
    speech: stage,
    endpoint: stage,
    transcription: stage,
    transcript_wait: stage,
    review: stage,
    delivery: stage,
    first_token: stage,
    answer: stage,
    notify: stage,
    loop: stage,
  });
}

/** State of listening. */
export const stage = oneOf('idle', 'listening', 'finishing', 'paused');
export type StageName = z.infer<typeof stage>;

/** An error that the user can act on. */
export const report = z.object({
  code: oneOf(...(Object.keys(ERRORS) as ErrorCode[])),
  message: z.string(),
  hint: z.string(),
});

/** Why an utterance goes to its project. */
export const rule = oneOf('said', 'asked', 'chosen', 'focused', 'default');

/** Durations in ms. */
export const timings = perStage(z.number());
export type Timings = z.infer<typeof timings>;

const change = z.object({
  from: z.string(),
  to: z.string(),
  /** Start of `from` in the text before this change, UTF-16 units. */
  at: z.number(),
  why: oneOf('exact', 'sound', 'casing', 'symbol', 'replace', 'repair', 'layout', 'correction'),
});

/** A spoken or typed prompt, from the key press to its answer. */
export const utterance = z.object({
  id: z.string(),
  /** Start, ISO 8601. */
  at: z.string(),
  source: oneOf('hotkey', 'cli', 'file', 'reply', 'editor'),
  project: z.string(),
  rule: rule.nullable(),
  /** The original transcript; null for typed prompts, and until it is known. */
  transcript: z.string().nullable(),
  /** 0 to 1; null if the engine does not report it. */
  confidence: z.number().nullable(),
  /** The text for Codex; null until it is known. */
  prompt: z.string().nullable(),
  /** Changes between transcript and prompt; null for typed prompts. */
  changes: list(change).nullable(),
  state: oneOf('listening', 'heard', 'accepted', 'answered', 'interrupted', 'failed', 'cancelled', 'empty'),
  /** The answer so far; null before its first words. */
  answer: z.string().nullable(),
  error: report.nullable(),
  timings,
});
export type Utterance = z.infer<typeof utterance>;

/** What Codex is doing, as a phrase in one line of plain text. Commands and names in it are untrusted. */
export const activity = z.object({
  kind: oneOf(
    'thinking',
    'writing',
    'command',
    'read',
    'search',
    'edit',
    'tool',
    'agent',
    'compaction',
    'waiting',
  ),
  text: z.string(),
});
export type Activity = z.infer<typeof activity>;

/** `parked`: Codex was ended to save memory, and is started at the next prompt. */
export const sessionState = oneOf('starting', 'idle', 'working', 'waiting', 'recovering', 'down', 'parked');

/** A session of Codex in a project. */
export const session = z.object({
  state: sessionState,
  thread: z.string().nullable(),
  model: z.string().nullable(),
  transport: oneOf('app-server', 'terminal'),
  /** What this transport cannot do, one sentence each. */
  limits: list(z.string()).exactOptional(),
  /** Why it is down, recovering or not ready. */
  reason: report.exactOptional(),
});
export type SessionStatus = z.infer<typeof session>;

const decision = oneOf('approve', 'approve-session', 'deny');
export type Decision = z.infer<typeof decision>;

const question = z.object({
  id: z.string(),
  header: z.string(),
  text: z.string(),
  options: list(z.object({ label: z.string(), description: z.string() })),
  /** Any text is accepted too. */
  free: z.boolean(),
  /** The answer is never shown. */
  secret: z.boolean(),
  /** Several of the options may be chosen. */
  multiple: z.boolean().exactOptional(),
  /** It may be left unanswered. */
  optional: z.boolean().exactOptional(),
  /** What an answer must be, in words. */
  rule: z.string().exactOptional(),
  /** The answers that count if there are none. */
  initial: list(z.string()).exactOptional(),
});
export type Question = z.infer<typeof question>;

/** A request of Codex that waits for the user. Its texts are untrusted. */
export const request = z.object({
  id: z.string(),
  project: z.string(),
  kind: oneOf('command', 'file-change', 'permissions', 'question', 'elicitation'),
  title: z.string(),
  /** Everything that is decided about: the exact command, the whole diff, the questions. */
  detail: z.string(),
  /** The command, if approving runs it and does nothing else. */
  command: z.string().exactOptional(),
  /** The shell of Windows that reads `command`. */
  shell: oneOf('powershell', 'cmd').exactOptional(),
  /** Where it would happen; null: unknown. */
  folder: z.string().nullable(),
  /** Why Codex asks; null: it gives no reason. */
  reason: z.string().nullable(),
  /** SHA-256 (hex) of what is shown. */
  hash: z.string(),
  /** Empty: it takes an answer in words. */
  decisions: list(decision),
  questions: list(question),
  /** Why it must not be decided by voice, one short phrase each. */
  dangers: list(z.string()),
  /** ISO 8601. */
  at: z.string(),
});
export type PendingRequest = z.infer<typeof request>;

/** A prompt that is not answered yet. `uncertain`: it may have been sent, and only the user can know. */
export const queued = z.object({
  id: z.string(),
  project: z.string(),
  prompt: z.string(),
  state: oneOf('queued', 'uncertain', 'sending'),
});
export type QueueEntry = z.infer<typeof queued>;

/** A prompt that is shown before it is sent. */
export const review = z.object({
  id: z.string(),
  project: z.string(),
  rule: rule.nullable(),
  /** What was heard. */
  transcript: z.string().nullable(),
  /** What would be sent. */
  prompt: z.string(),
  state: oneOf('counting', 'stopped', 'editing', 'confirmed', 'unseen'),
  /** Seconds until it is sent; null: it is not counting. */
  left_s: z.number().nullable(),
});
export type Review = z.infer<typeof review>;
