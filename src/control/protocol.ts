import type { z } from 'zod';
import type { Activity } from '../agent/activity.ts';
import type { PendingRequest } from '../agent/requests.ts';
import type { SessionState, SessionStatus, ThreadSummary } from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import type { Percentiles } from '../metrics/percentiles.ts';
import type { MicrophoneState } from '../microphone/microphone.ts';
import type { NotifierState } from '../notifications/notification.ts';
import type { PriorityState } from '../processes/priority.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { TurnDetectorState } from '../speech/turn-detector.ts';
import type { TranscriberState } from '../transcription/transcriber.ts';
import type { TrayState } from '../tray/tray.ts';
import type { ReleaseAge } from '../update/staleness.ts';
import type { ProjectRule, Timings, Utterance } from '../utterance.ts';
import type { NOTIFICATION_PARAMS, PARAMS } from './params.ts';

/** What client and daemon must agree on; docs/control-protocol.md describes it. */
export const PROTOCOL_VERSION = 1;

/** Bounds of what comes in and goes out, bytes. */
export const LIMITS = {
  /** A message of a client. */
  frame: 8 * 1024 * 1024,
  /** The headers of a message. */
  headers: 4 * 1024,
  /** Beyond this a client that does not read gets no `level` and `partial`: the next one makes up for it. */
  dropAbove: 64 * 1024,
  /** Beyond this a client that does not read is disconnected. */
  disconnectAbove: 16 * 1024 * 1024,
  /** Requests of one client that are not answered yet. */
  requests: 64,
  /** Clients at a time. */
  clients: 64,
} as const;

export type StageName = 'idle' | 'listening' | 'finishing' | 'paused';

/** Events in the order in which they happen to an utterance; a client gets those it subscribes to. */
export const EVENTS = [
  'stage',
  'level',
  'partial',
  'transcript',
  'review',
  'accepted',
  'activity',
  'delta',
  'answer',
  'approval',
  'resolved',
  'queue',
  'project',
  'session',
  'timings',
  'error',
] as const;
export type EventName = (typeof EVENTS)[number];

/** What each event carries; `utterance` is always the id of one. */
export interface EventPayloads {
  stage: { stage: StageName; utterance: string | null };
  /** About ten times a second while listening: loudness (RMS, dBFS), and whether it is taken for speech. */
  level: { utterance: string; dbfs: number; speaking: boolean };
  /** The transcript so far; its first `stable` UTF-16 units will not change any more. */
  partial: { utterance: string; text: string; stable: number };
  /** The final transcript. */
  transcript: { utterance: string; project: string; rule: ProjectRule | null; text: string };
  /** All prompts that are shown before they are sent; something about one of them has changed. */
  review: { reviews: readonly Review[] };
  /** Codex has taken the prompt. */
  accepted: {
    utterance: string;
    project: string;
    rule: ProjectRule | null;
    prompt: string;
    turn: string;
  };
  /** What Codex does for it now, until the next one or `answer`; after `accepted` it thinks. */
  activity: { utterance: string; project: string; activity: Activity };
  /** More of the answer. */
  delta: { utterance: string; text: string };
  /** The end of an utterance, whatever it is: `record.state` says. Nothing but `timings` follows. */
  answer: { utterance: string; record: Utterance };
  /** Codex waits for a person. */
  approval: { project: string; request: PendingRequest };
  /** That request, by its id, waits no more. */
  resolved: { project: string; request: string };
  /** All prompts of a project that are not answered yet. */
  queue: { project: string; queue: readonly QueueEntry[] };
  /** Prompts go to another project now; `chosen`: because a person said so. */
  project: { project: string; chosen: boolean };
  session: { project: string; status: SessionStatus };
  timings: { utterance: string; timings: Timings };
  error: { utterance: string | null; error: ErrorReport };
}

export interface ProjectStatus {
  name: string;
  path: string;
  aliases: string[];
  /** Prompts of which nothing else is known go there. */
  current: boolean;
  /** It was chosen with `use`. */
  chosen: boolean;
  session: SessionState;
  /** Prompts that are not answered yet. */
  queued: number;
}

/** A prompt that is not answered yet. `uncertain`: it may have been sent, and only a person knows. */
export interface QueueEntry {
  id: string;
  project: string;
  prompt: string;
  state: 'queued' | 'uncertain' | 'sending';
}

/**
 * A prompt that is shown before it is sent. `counting`: it is sent in `left_s` seconds; `stopped`: the person speaks;
 * `editing`; `confirmed`: it is sent after those that were spoken before it; `unseen`: no notification server shows it.
 */
export interface Review {
  id: string;
  project: string;
  rule: ProjectRule | null;
  /** What was heard. */
  transcript: string | null;
  /** What would be sent. */
  prompt: string;
  state: 'counting' | 'stopped' | 'editing' | 'confirmed' | 'unseen';
  left_s: number | null;
}

/** Whether requests can be answered by voice. */
export interface SpokenAnswersState {
  state: 'off' | 'on' | 'unavailable';
  /** The program that reads requests out; null: none is needed, or none is there. */
  voice: string | null;
  reason?: ErrorReport;
}

/** An event with its payload, told apart by `event`. */
export type ControlEvent = { [E in EventName]: { event: E; payload: EventPayloads[E] } }[EventName];

export interface DaemonStatus {
  version: string;
  pid: number;
  /** Seconds since the daemon started. */
  uptime_s: number;
  stage: StageName;
  /** Nothing is being said, worked on or waited for, and nobody looks at the hidden terminal. */
  idle: boolean;
  project: string;
  /** Of the current project. */
  session: SessionStatus;
  hotkey: HotkeyState;
  microphone: MicrophoneState;
  transcriber: TranscriberState;
  /** What ends an utterance; `detector`: of whoever hears whether it is finished, null with the fixed rule. */
  endpoint: { rule: 'adaptive' | 'fixed'; detector: TurnDetectorState | null };
  notifications: NotifierState;
  tray: TrayState;
  /** How far the daemon goes before other programs. */
  priority: PriorityState;
  /** The newest release that was seen. */
  updates: ReleaseAge;
  pending: (PendingRequest & { project: string })[];
  spoken_answers: SpokenAnswersState;
  reviews: readonly Review[];
  queue: QueueEntry[];
  last: Utterance | null;
  /** Why the journal is a new one: that of before was damaged, and moved aside when this daemon started. */
  journal_trouble?: ErrorReport;
}

/** What each request returns. */
export interface Results {
  hello: { protocol: number; version: string; pid: number };
  subscribe: { events: EventName[] };
  toggle: { stage: StageName };
  press: { stage: StageName };
  release: { stage: StageName };
  cancel: { stage: StageName };
  pause: { stage: StageName };
  unpause: { stage: StageName };
  /** `utterance` is null when the client did not want to wait. */
  ask: { id: string; utterance: Utterance | null };
  interrupt: { interrupted: boolean };
  status: DaemonStatus;
  history: { utterances: Utterance[] };
  stats: { count: number; stages: Partial<Record<keyof Timings, Percentiles>> };
  config: LoadedSettings;
  reload: { changed: boolean };
  projects: { projects: ProjectStatus[] };
  /** Where prompts go now, and whether it was chosen. */
  use: { project: string; chosen: boolean };
  new: { project: string; thread: string };
  /** `current`: the conversation that prompts go to. */
  sessions: { project: string; current: string | null; sessions: ThreadSummary[] };
  resume: { project: string; thread: string };
  /** The id of the request that was answered. */
  approve: { id: string };
  deny: { id: string };
  answer: { id: string };
  queue: { queue: QueueEntry[] };
  'queue/move': { queue: QueueEntry[] };
  'queue/drop': { queue: QueueEntry[] };
  'queue/send': { queue: QueueEntry[] };
  review: { reviews: readonly Review[] };
  'review/send': { reviews: readonly Review[] };
  'review/cancel': { reviews: readonly Review[] };
  'review/edit': { reviews: readonly Review[] };
  /** Its countdown stands still while this client is connected. */
  'review/hold': { review: Review };
  'review/open': { reviews: readonly Review[] };
  /** Sequences that paint the screen, and its size; `terminal/output` notifications change what has changed. */
  attach: { snapshot: string; columns: number; rows: number };
  /** What became of the window of that project. */
  popup: { project: string; window: 'opened' | 'raised' };
  /** false: it is busy, and goes on as it is. */
  restart: { restarting: boolean };
  stop: Record<string, never>;
}

export type Method = keyof typeof PARAMS;
/** What a caller passes. */
export type Params<M extends Method> = z.input<(typeof PARAMS)[M]>;
/** What a handler gets: checked, with the defaults filled in. */
export type CheckedParams<M extends Method> = z.output<(typeof PARAMS)[M]>;

export type ClientNotification = keyof typeof NOTIFICATION_PARAMS;
export type NotificationParams<N extends ClientNotification> = z.output<(typeof NOTIFICATION_PARAMS)[N]>;

/** What the daemon sends to an attached client, beside the events. */
export interface TerminalOutput {
  data: string;
}
