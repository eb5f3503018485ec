import { displayText, lineText } from '../../text/clean.ts';
import { shorten } from '../../text/shorten.ts';
import { buttonsOf, textsOf } from '../command-notifier.ts';
import type { Bubble } from '../notification.ts';

/** Longest texts, UTF-16 units. macOS shows less of them; the rest of an answer is in its full form. */
const MOST = { title: 200, body: 4_000, label: 100 } as const;
/** UNNotificationCategory: macOS shows up to ten in a menu. */
const MOST_BUTTONS = 10;
/** Longest line that is read, UTF-16 units: the user typed what is in it. */
const MOST_LINE = 65_536;

/** What the program of the app reports; see its head comment. */
export type Heard =
  | { type: 'ready' }
  | { type: 'refused'; reason: string }
  | { type: 'shown' | 'clicked' | 'dismissed'; bubble: string }
  | { type: 'failed'; bubble: string; reason: string }
  | { type: 'action'; bubble: string; key: string }
  | { type: 'reply'; bubble: string; text: string };

/** Returns the order to show a bubble, without control characters in its texts. */
export function showOrder(id: string, content: Bubble): object {
  const { title, body } = textsOf(content);
  const label = (text: string): string => lineText(text, MOST.label);
  const actions = buttonsOf(content).map(([key, text]) => ({ key, label: label(text) }));
  return {
    show: {
      id,
      title: lineText(title, MOST.title),
      body: shorten(displayText(body), MOST.body),
      actions: actions.slice(0, MOST_BUTTONS - (content.reply === undefined ? 0 : 1)),
      reply:
        content.reply === undefined
          ? null
          : { label: label(content.reply), placeholder: label(content.replyHint ?? '') },
      quiet: content.quiet === true,
    },
  };
}

/**
 * Reads a line. @returns null for one that says nothing about this program's bubbles
 * @param prefix with which the identifiers of these bubbles begin
 */
export function heardIn(line: string, prefix: string): Heard | null {
  const { ready, refused, reason, key, text, ...ids } = parsed(line);
  if (typeof ready === 'string') return { type: 'ready' };
  if (typeof refused === 'string') return { type: 'refused', reason: refused };
  const [[type, id] = []] = Object.entries(ids);
  if (typeof id !== 'string' || !id.startsWith(prefix)) return null;
  const bubble = id.slice(prefix.length);
  switch (type) {
    case 'shown':
    case 'clicked':
    case 'dismissed':
      return { type, bubble };
    case 'failed':
      return { type, bubble, reason: typeof reason === 'string' ? reason : 'macOS does not say why' };
    case 'action':
      return typeof key === 'string' ? { type, bubble, key } : null;
    case 'reply':
      return typeof text === 'string' ? { type, bubble, text } : null;
    default:
      return null;
  }
}

function parsed(line: string): Record<string, unknown> {
  if (line.length > MOST_LINE) return {};
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // AppKit prints warnings, too.
  }
}
