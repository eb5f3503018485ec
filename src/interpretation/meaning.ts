import type { Logger } from 'pino';
import type { Origin, Perform } from '../actions.ts';
import type { WaitingRequest } from '../agent/requests.ts';
import { reportOf } from '../errors.ts';
import type { Publisher } from '../facts.ts';
import type { LiveUtterance, UtterancePatch } from '../journal/live-utterance.ts';
import type { Reviews } from '../review/reviews.ts';
import * as messages from '../wording/notifications.ts';
import type { RoutableProjects } from './destination.ts';
import { interpret } from './interpret.ts';
import type { Context, Heard, Interpretation, RecentPrompt } from './interpretation.ts';

type MeaningOf<K extends Interpretation['kind']> = Extract<Interpretation, { kind: K }>;

/** Everything that the meaning of an utterance depends on, and that carries it out. */
export interface MeaningParts {
  approvals: () => Context['approvals'];
  projects: RoutableProjects & {
    readonly pending: readonly WaitingRequest[];
    /** @throws VoiceError project-unknown */
    delivery(project: string): { enqueue(live: LiveUtterance): void };
  };
  reviews: Pick<Reviews, 'newest' | 'begin'>;
  /** The newest spoken prompt. */
  recent: { readonly newest: RecentPrompt | null };
  words: { rewrite: Context['correct'] };
  perform: Perform<
    'answer' | 'review-send' | 'review-edit' | 'review-cancel' | 'choose-project' | 'correct' | 'take-back'
  >;
  bus: Publisher;
  logger: Logger;
}

/** Interprets utterances and carries out their meaning. */
export class Meaning {
  readonly #parts: MeaningParts;

  constructor(parts: MeaningParts) {
    this.#parts = parts;
  }

  /**
   * Sends a prompt on its way. Every other meaning is an action that ends the utterance.
   * @throws VoiceError journal-failed, project-unknown, not-found: no window opens for an editor
   */
  async take(heard: Heard, live: LiveUtterance): Promise<void> {
    const { perform } = this.#parts;
    const { transcript, source, pressedAt } = heard;
    const origin: Origin = source === 'file' ? 'recording' : { by: 'voice', pressedAt };
    const meaning = interpret(heard, this.#context());
    switch (meaning.kind) {
      case 'nothing-said':
        this.#end(live, { state: 'empty', transcript });
        return;
      case 'decision':
        await this.#decide(meaning, origin);
        this.#end(live, { state: 'cancelled', transcript });
        return;
      case 'review':
        await perform({ type: `review-${meaning.phrase}`, utterance: meaning.utterance }, origin);
        this.#end(live, { state: 'cancelled', transcript });
        return;
      case 'correction': {
        const { utterance, text, change } = meaning;
        await perform({ type: 'correct', utterance, text, change, by: live.id }, origin);
        this.#end(live, { state: 'cancelled', transcript });
        return;
      }
      case 'undo':
        await perform({ type: 'take-back', utterance: meaning.utterance }, origin);
        this.#end(live, { state: 'cancelled', transcript });
        return;
      case 'taken-back': {
        const { project, rule, prompt } = meaning;
        this.#end(live, { state: 'cancelled', transcript, project, rule, prompt });
        this.#parts.bus.publish({ type: 'not-sent', utterance: live.record });
        return;
      }
      case 'project-switch': {
        const { project } = meaning;
        await perform({ type: 'choose-project', project }, origin);
        const answer = messages.projectNow(project);
        this.#end(live, { state: 'answered', transcript, project, rule: 'said', answer });
        return;
      }
      case 'prompt':
        this.#send(meaning, heard, live);
        return;
      default:
        // A new meaning that is not handled here does not compile.
        return meaning satisfies never;
    }
  }

  #context(): Context {
    const { approvals, projects, reviews, recent, words } = this.#parts;
    return {
      approvals: approvals(),
      requests: projects.pending,
      review: reviews.newest,
      recent: recent.newest,
      projects,
      correct: (project, prompt) => words.rewrite(project, prompt),
    };
  }

  #end(live: LiveUtterance, patch: UtterancePatch): void {
    live.update(patch);
    this.#parts.bus.publish({ type: 'ended', utterance: live.record });
  }

  /** Answers a request, and shows the result. */
  async #decide({ decision, request }: MeaningOf<'decision'>, origin: Origin): Promise<void> {
    const { perform, bus, logger } = this.#parts;
    const { id, hash, project, detail } = request;
    const tell = (title: string, body: string): void =>
      bus.publish({ type: 'notice', notice: { title, body } });
    if (decision === 'both') {
      tell(messages.notDecided, messages.spokenRefused.both);
      return;
    }
    try {
      await perform({ type: 'answer', request: id, hash, answer: { decision } }, origin);
      tell(messages.requestTitle(project, messages.decided[decision]), detail);
    } catch (error) {
      logger.info({ err: error }, 'a spoken answer was refused');
      tell(messages.notDecided, reportOf(error).message);
    }
  }

  /** Holds a prompt for review, or sends it at once. */
  #send({ project, rule, prompt, changes }: MeaningOf<'prompt'>, heard: Heard, live: LiveUtterance): void {
    const { reviews, projects, bus } = this.#parts;
    const { transcript, confidence = null } = heard;
    const patch: UtterancePatch = { state: 'heard', transcript, confidence, project, rule, prompt, changes };
    if (reviews.begin(live, patch)) return;
    live.update(patch);
    bus.publish({ type: 'heard', utterance: live.record, held: false });
    projects.delivery(project).enqueue(live);
  }
}
