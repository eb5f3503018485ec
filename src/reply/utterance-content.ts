import * as messages from '../messages.ts';
import type { Utterance } from '../utterance.ts';
import type { Bubble } from './notification.ts';

/** What the bubble of an utterance ends with, by its state: answered, interrupted or failed. */
export function finalBubble(utterance: Utterance): Bubble {
  const { project, state, error } = utterance;
  const answer = utterance.answer ?? '';
  if (state === 'failed') {
    const body = messages.failure(error);
    const again = utterance.prompt === null ? {} : { again: messages.buttons.again };
    const actions = { ...again, ...(answer === '' ? {} : { full: messages.buttons.partial }) };
    return { title: messages.failedTitle(project), body, urgency: 'critical', actions };
  }
  const { text, whole } = messages.excerpt(answer);
  // Without an error the person wanted it.
  const cut = state === 'interrupted' && error !== null;
  const body =
    state === 'interrupted'
      ? [messages.interrupted(text), cut && messages.failure(error)].filter(Boolean).join('\n')
      : text || messages.noWords;
  const label = messages.buttons.full;
  return {
    title: messages.answerTitle(project, question(utterance)),
    body,
    urgency: cut ? 'critical' : 'normal',
    actions: {
      ...(whole ? {} : { default: label, full: label }),
      ...(cut && { again: messages.buttons.again }),
    },
    ...(!cut && { timeout: messages.readingTime(body) }),
    ...(!whole && { withoutButtons: messages.restInHistory }),
  };
}

/** Asks whether a prompt is to be sent of which nobody knows whether it was. */
export function uncertainBubble(utterance: Utterance): Bubble {
  const { again, drop, terminal } = messages.buttons;
  return {
    title: messages.uncertainTitle(utterance.project),
    body: messages.uncertain(question(utterance), utterance.error),
    urgency: 'critical',
    actions: { again, drop, terminal },
    withoutButtons: messages.againWithout(utterance.id),
    timeout: 0,
  };
}

/**
 * A bubble that something newer will replace. Its urgency is normal, because Plasma and GNOME do not pop up those
 * of low urgency.
 */
export function passing(title: string, body: string): Bubble {
  return { title, body, urgency: 'normal', actions: {}, passing: true };
}

/** What the person said, as far as it is known. */
export function question({ transcript, prompt }: Utterance): string {
  return transcript ?? prompt ?? '';
}
