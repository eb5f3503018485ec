import { EVENTS } from '../../src/control/events.ts';
import { markdownTable } from './markdown.ts';
import { EVENT_TEXTS, REQUEST_TEXTS } from './protocol-text.ts';

/** Every request of the control socket with its parameters and its result. */
export function requestsSection(): string {
  const rows = Object.entries(REQUEST_TEXTS).map(([name, texts]) => [`\`${name}\``, ...texts]);
  return markdownTable(['request', 'parameters', 'result'], rows);
}

/** Every event of the control socket, in the order in which they happen to an utterance. */
export function eventsSection(): string {
  return markdownTable(
    ['event', 'payload'],
    EVENTS.map((name) => [`\`${name}\``, EVENT_TEXTS[name]]),
  );
}
