import type { PendingRequest } from '../agent/requests.ts';
import { aloud, signs } from './wording.ts';

/** What a voice says of a request. */
export interface Aloud {
  /** Letters, digits and the signs of plain sentences alone: nothing in it is a command to a voice program. */
  text: string;
  /** All that is decided about is in it, each sign by its name. */
  whole: boolean;
}

/** Longer than that nobody keeps in mind what was read, UTF-16 units. */
const MOST = 300;

/** What is read of a request; one that is too long, or has signs without a name, is only announced. */
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

/** Every sign by its name; null: there is one that has none. */
function spelled(text: string): string | null {
  if (/[^\p{L}\p{M}\p{N}\s]/u.test(text.replace(/[!-/:-@[-`{-~]/g, ''))) return null;
  return text
    .trim()
    .replace(/[^\p{L}\p{M}\p{N} \t]/gu, (sign) => ` ${signs[sign] ?? ''} `)
    .replace(/(?<![\p{L}\p{N}])\p{Lu}(?![\p{L}\p{N}])/gu, (letter) => aloud.capital(letter))
    .replace(/\s+/g, ' ')
    .trim();
}

/** A sentence without what voice programs take for commands or markup (`[[`, `!-!`, `<`). */
export function prose(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N}\s.,?':]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
