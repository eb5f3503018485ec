import type { PendingRequest } from '../agent/requests.ts';
import { aloud, symbolNames } from './wording.ts';

/** The spoken form of a request. */
interface Aloud {
  /** Only letters, digits and punctuation, so that a voice program finds no commands in it. */
  text: string;
  /** True if it contains everything that is decided about, with every symbol by its name. */
  whole: boolean;
}

/** Longer texts cannot be remembered, UTF-16 units. */
const MOST = 300;

/** Returns the spoken form of a request. One that is too long, or has symbols without a name, is only announced. */
export function requestAloud(request: PendingRequest, project: string): Aloud {
  const { title, detail, folder, reason, kind } = request;
  const inWords = kind === 'question' || kind === 'elicitation';
  const what = inWords ? prose(detail) : spelled(detail);
  const where = spelled(folder ?? '');
  const opening = aloud.asks(prose(project), prose(title));
  const long = [detail, folder, reason].some((text) => text !== null && text.length > MOST);
  if (long || what === null || where === null) {
    return { text: `${opening} ${aloud.notWhole}`, whole: false };
  }
  const parts = [what, where && aloud.where(where), reason && aloud.why(prose(reason))];
  return { text: [opening, ...parts.filter(Boolean)].join('. '), whole: true };
}

/** Replaces symbols by their names; null: one has no name. */
function spelled(text: string): string | null {
  if (/[^\p{L}\p{M}\p{N}\s]/u.test(text.replace(/[!-/:-@[-`{-~]/g, ''))) return null;
  return text
    .trim()
    .replace(/[^\p{L}\p{M}\p{N} \t]/gu, (symbol) => ` ${symbolNames[symbol] ?? ''} `)
    .replace(/(?<![\p{L}\p{N}])\p{Lu}(?![\p{L}\p{N}])/gu, (letter) => aloud.capital(letter))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Removes characters that voice programs take for commands or markup (`[[`, `!-!`, `<`). */
export function prose(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N}\s.,?':]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
