import type { SessionNotice } from '../agent/session.ts';
import { type ErrorReport, titleOf } from '../errors.ts';
import type { Notice } from '../facts.ts';
import type { Bubble, Notifier } from '../notifications/notification.ts';
import { paused } from '../wording/notices.ts';
import * as messages from '../wording/notifications.ts';

/** Session notices that end when Codex answers again; they stay on the screen until then. */
const HINDRANCES: readonly SessionNotice['kind'][] = ['usage-limit', 'signed-out', 'network'];

/** Shows notices and errors that do not belong to an utterance. */
export class NoticeBubbles {
  readonly #notifier: Notifier;
  readonly #dress: (bubble: Bubble) => Bubble;

  /** @param dress changes the content of a notice last */
  constructor(notifier: Notifier, dress: (bubble: Bubble) => Bubble) {
    this.#notifier = notifier;
    this.#dress = dress;
  }

  /** Shows a notice. It replaces the one before with the same subject. */
  show({ title, body, about = '', stays = false }: Notice): void {
    const timeout = stays ? 0 : messages.readingTime(body);
    const urgency = stays ? 'critical' : 'normal';
    const content: Bubble = { title, body, urgency, actions: {}, timeout };
    void this.#notifier.show(nameOf(about), this.#dress(content));
  }

  /** Shows that the hotkey is paused. */
  paused(): void {
    this.show({ ...paused, about: 'paused' });
  }

  /** Handles a notice of a session. @param shows false: only removes notices that have become untrue */
  session(project: string, { kind, message, hint }: SessionNotice, shows: boolean): void {
    const about = (what: string): string => `${project}:${what}`;
    const over = kind === 'recovered' ? HINDRANCES : [];
    for (const hindrance of over) void this.#notifier.dismiss(nameOf(about(hindrance)));
    if (!shows) return;
    this.show({
      title: project,
      body: [message, hint].filter(Boolean).join('\n'),
      about: about(kind),
      stays: HINDRANCES.includes(kind),
    });
  }

  /** Shows an error. It replaces an earlier one with the same code. */
  trouble(error: ErrorReport): void {
    void this.#notifier.show(troubleName(error.code), {
      title: titleOf(error.code),
      body: messages.failure(error),
      urgency: 'critical',
      actions: {},
    });
  }

  /** Removes the error with this code. */
  cleared(code: ErrorReport['code']): void {
    void this.#notifier.dismiss(troubleName(code));
  }
}

function nameOf(about: string): string {
  return `notice:${about}`;
}

function troubleName(code: ErrorReport['code']): string {
  return `trouble:${code}`;
}
