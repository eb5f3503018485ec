import type { Activity, PendingRequest, SessionNotice, SessionStatus } from '../codex/codex.ts';
import type { EventName, EventPayloads, QueueEntry, Review } from '../control/protocol.ts';
import { type ErrorCode, type ErrorReport, errorOf, reportOf } from '../errors.ts';
import { paused } from '../messages/notices.ts';
import type { Notice, Reply } from '../reply/reply.ts';
import type { ReviewView } from '../reply/review-bubbles.ts';
import type { Sounds } from '../reply/sounds.ts';
import type { Utterance } from '../utterance.ts';
import type { AnswersAloud } from './answers-aloud.ts';
import { Cues } from './cues.ts';
import type { Stage } from './voice-loop.ts';

/** Sends an event to the clients of the control socket. */
export type Broadcast = <E extends EventName>(event: E, payload: EventPayloads[E]) => void;

export interface AnnouncerParts {
  reply: Reply;
  sounds: () => Sounds;
  broadcast: Broadcast;
  /** Reads answers, where that is wanted. */
  aloud: Pick<AnswersAloud, 'read'>;
  /** `[reply] notify = "quiet"`: nothing that is only good to know makes a sound. */
  quiet: () => boolean;
  /** `[codex] streaming`: the answer grows in the bubble. */
  streaming: () => boolean;
}

/** A part of the program that can be in trouble: the first word of its error codes. */
type TroubledPart = 'hotkey' | 'microphone' | 'model' | 'engine' | 'codex' | 'directory' | 'config' | 'not';

/** Notices of what is over when Codex answers again. */
const HINDRANCES: readonly SessionNotice['kind'][] = ['usage-limit', 'signed-out', 'network'];

/** Tells what happens to all who want to know: the person's desktop, and the clients of the control socket. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  readonly #cues: Cues;
  /** Trouble whose bubble may be on the screen. */
  readonly #told = new Set<ErrorCode>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.#cues = new Cues(parts.sounds);
  }

  stage(stage: Stage): void {
    const utterance = 'recording' in stage ? (stage.recording.utterance ?? null) : null;
    this.#cues.listening(stage.name === 'listening');
    this.#parts.broadcast('stage', { stage: stage.name, utterance });
  }

  /** It is paused, and somebody may not know or remember: a key that does nothing is not understood. */
  refused(): void {
    this.#parts.reply.notice({ ...paused, about: 'paused' });
  }

  /** The microphone gives sound. */
  opened(): void {
    this.#cues.play('start');
  }

  /** The microphone is being opened for it. */
  listening(utterance: Utterance): void {
    this.#parts.reply.listening(utterance);
  }

  /** The recording is over. */
  listened(): void {
    this.#cues.play('end');
  }

  /** @param dbfs loudness (RMS) of the last tenth of a second */
  level(utterance: Utterance, dbfs: number, speaking: boolean): void {
    this.#parts.broadcast('level', { utterance: utterance.id, dbfs, speaking });
    this.#parts.reply.level(utterance, dbfs);
  }

  /** The words so far, while they are spoken. @param stable so many UTF-16 units of them will not change any more */
  partial(utterance: Utterance, text: string, stable: number): void {
    this.#parts.broadcast('partial', { utterance: utterance.id, text, stable });
    this.#parts.reply.partial(utterance, text, stable);
  }

  heard(utterance: Utterance): void {
    this.held(utterance);
    this.#parts.reply.heard(utterance);
  }

  /** It was heard, and is shown before it is sent. */
  held({ id, project, rule, transcript }: Utterance): void {
    this.#parts.broadcast('transcript', { utterance: id, project, rule, text: transcript ?? '' });
    if (transcript !== null) this.well('microphone', 'model', 'engine');
  }

  /** What becomes of it before it is sent. Resolves false when no notification server took it. */
  review(utterance: Utterance, view: ReviewView): Promise<boolean> {
    return this.#parts.reply.review(utterance, view);
  }

  /** Its bubble goes while it is edited. @param id of the utterance */
  reviewHidden(id: string): void {
    this.#parts.reply.reviewHidden(id);
  }

  /** All that are shown before they are sent. */
  reviews(reviews: readonly Review[]): void {
    this.#parts.broadcast('review', { reviews });
  }

  /** It was seen, and is sent now. */
  released(utterance: Utterance): void {
    this.#parts.reply.reviewed(utterance);
  }

  /** It was cancelled while it was shown. */
  notSent(utterance: Utterance): void {
    this.#parts.reply.notSent(utterance);
  }

  /** It waits behind others. @param ahead how many */
  queued(utterance: Utterance, ahead: number): void {
    this.#parts.reply.queued(utterance, ahead);
  }

  /** Only the person can know whether it was sent; its error says why. */
  uncertain(utterance: Utterance): void {
    this.#parts.reply.uncertain(utterance);
    this.#cues.play('asks');
  }

  queueChanged(project: string, queue: readonly QueueEntry[]): void {
    this.#parts.broadcast('queue', { project, queue });
  }

  /** Prompts go to this project from now on. */
  projectChosen(project: string, chosen: boolean): void {
    this.#parts.broadcast('project', { project, chosen });
  }

  /** @param turn Codex's id of the turn */
  accepted({ id, project, rule, prompt }: Utterance, turn: string): void {
    this.#parts.broadcast('accepted', { utterance: id, project, rule, prompt: prompt ?? '', turn });
  }

  /** What Codex does for it now. */
  activity(utterance: Utterance, activity: Activity): void {
    this.#parts.broadcast('activity', { utterance: utterance.id, project: utterance.project, activity });
    this.#parts.reply.activity(utterance, activity);
  }

  /** More of the answer; `utterance.answer` is all of it so far. */
  delta(utterance: Utterance, text: string): void {
    this.#parts.broadcast('delta', { utterance: utterance.id, text });
    if (this.#parts.streaming()) this.#parts.reply.delta(utterance, utterance.answer ?? '');
  }

  /**
   * It has ended, in whichever state. Never rejects.
   * @returns performance.now() when the notification server took it, ms; null: none did
   */
  ended(utterance: Utterance): Promise<number | null> {
    this.#parts.broadcast('answer', { utterance: utterance.id, record: utterance });
    if (utterance.state === 'failed') this.#cues.play('error');
    if (utterance.state === 'answered' && !this.#parts.quiet()) {
      this.#cues.play('done');
      this.#parts.aloud.read(utterance);
    }
    return this.#parts.reply.ended(utterance);
  }

  /** All its timings are known. */
  timed({ id, timings }: Utterance): void {
    this.#parts.broadcast('timings', { utterance: id, timings });
  }

  /** A session that cannot go on by itself is told once; one that works takes that back. */
  session(project: string, status: SessionStatus): void {
    this.#parts.broadcast('session', { project, status });
    const { state, reason } = status;
    if (state === 'idle') this.well('codex', 'directory');
    if (reason && (state === 'down' || state === 'waiting') && !this.#told.has(reason.code)) {
      this.trouble(errorOf(reason));
    }
  }

  /** What a person should know of a session that goes on; what hinders it stays on the screen until it is over. */
  sessionNotice(project: string, { kind, message, hint }: SessionNotice): void {
    const { reply } = this.#parts;
    const about = (what: string): string => `${project}:${what}`;
    if (kind === 'recovered') for (const hindrance of HINDRANCES) reply.noticeOver(about(hindrance));
    reply.notice({
      title: project,
      body: [message, hint].filter(Boolean).join('\n'),
      about: about(kind),
      stays: HINDRANCES.includes(kind),
    });
  }

  requested(project: string, request: PendingRequest): void {
    this.#parts.broadcast('approval', { project, request });
    this.#parts.reply.requested(request, project);
    this.#cues.play('asks');
  }

  /** A request still waits. */
  remind(request: string): void {
    this.#parts.reply.remind(request);
    this.#cues.play('asks');
  }

  resolved(project: string, request: string): void {
    this.#parts.broadcast('resolved', { project, request });
    this.#parts.reply.resolved(request);
  }

  /** Something is wrong that belongs to no utterance. */
  trouble(error: unknown): void {
    const report: ErrorReport = reportOf(error);
    this.#told.add(report.code);
    this.#parts.broadcast('error', { utterance: null, error: report });
    this.#parts.reply.trouble(report);
  }

  /** Something that is good to know and belongs to no utterance. */
  notice(notice: Notice): void {
    this.#parts.reply.notice(notice);
  }

  /** These parts work: what was said about them is taken off the screen. */
  well(...parts: TroubledPart[]): void {
    for (const code of this.#told) {
      if (!parts.some((part) => code.startsWith(`${part}-`))) continue;
      this.#told.delete(code);
      this.#parts.reply.recovered(code);
    }
  }
}
