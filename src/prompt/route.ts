import { editDistance } from '../edit-distance.ts';

/** A project as it may be spoken of. */
export interface Speakable {
  name: string;
  aliases: readonly string[];
}

/** What was said about projects in an utterance. */
export type Spoken =
  /** Nothing. */
  | { kind: 'none' }
  /** "In backend, run the tests": this prompt is for that project. */
  | { kind: 'prompt'; project: string; prompt: string }
  /** "Switch to the web app": from now on, and there is no prompt. */
  | { kind: 'switch'; project: string };

/** Names of fewer letters must be heard exactly: one letter more or less makes another word of them. */
const LEAST_FOR_A_SLIP = 6;
const MOST_WORDS = 4;

const LEADING = /^\s*(?:please\s+)?(?:in|on|for|at|to)\s+(.+)$/isu;
const SWITCH =
  /^\s*(?:please\s+)?(?:(?:switch|change|move|go)(?:\s+over)?\s+to|use|select)\s+(.+?)\s*[.!]?\s*$/isu;

/**
 * Looks for a project in what was said. Its name counts only at the very beginning and where the speaker sets it
 * apart ("in backend, ...", "in the project backend ..."), or in a whole utterance that switches: prose that merely
 * speaks of a project stays as it is.
 */
export function spokenProject(text: string, projects: readonly Speakable[]): Spoken {
  const whole = SWITCH.exec(text)?.[1];
  const target = whole === undefined ? null : namedBy(whole, projects);
  if (target !== null) return { kind: 'switch', project: target };
  const rest = LEADING.exec(text)?.[1];
  return rest === undefined ? { kind: 'none' } : leading(rest, projects);
}

function leading(rest: string, projects: readonly Speakable[]): Spoken {
  const words = [...rest.matchAll(/[^\s]+/gu)];
  // The longest name first: "web app" before "web".
  for (let count = Math.min(MOST_WORDS + 2, words.length - 1); count >= 1; count -= 1) {
    const last = words[count - 1];
    const next = words[count];
    if (!last || !next) continue;
    const said = rest.slice(0, last.index + last[0].length);
    const apart = /[,:;.]$|[-–—]$/u.test(said) || /\bproject\b/iu.test(said);
    const project = apart ? namedBy(said, projects) : null;
    const prompt = rest.slice(next.index).trim();
    if (project !== null && /[\p{L}\p{N}]/u.test(prompt))
      return { kind: 'prompt', project, prompt: sentence(prompt) };
  }
  return { kind: 'none' };
}

/** The one project that these words name, all of them; null when none or several. */
function namedBy(said: string, projects: readonly Speakable[]): string | null {
  const spoken = key(said.replaceAll(/\b(?:the|project|folder|repo|repository)\b/giu, ' '));
  if (spoken === '') return null;
  const exact = projects.filter((project) => keysOf(project).includes(spoken));
  if (exact[0]) return exact.length === 1 ? exact[0].name : null;
  const near = projects.filter((project) => keysOf(project).some((each) => isSlip(spoken, each)));
  return near.length === 1 && near[0] ? near[0].name : null;
}

/** One letter was heard wrong, and not the first: "a backend" is none. */
function isSlip(spoken: string, name: string): boolean {
  return name.length >= LEAST_FOR_A_SLIP && spoken[0] === name[0] && editDistance(spoken, name) === 1;
}

function keysOf({ name, aliases }: Speakable): string[] {
  return [name, ...aliases].map((each) => key(each.replaceAll(/\bthe\b/giu, ' '))).filter(Boolean);
}

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Letters and digits alone: "back end", "back-end" and "Backend" are one, "API two" and "api2" as well. */
function key(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\p{L}+/gu, (word) => {
      const digit = DIGITS.indexOf(word);
      return digit < 0 ? word : String(digit);
    })
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function sentence(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
