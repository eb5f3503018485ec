import { namedBy, type Speakable } from '../text/project-name.ts';
import { capital } from './corrections/sentences.ts';
import { beginsRequest } from './request-words.ts';

/** Maximum number of words in a name, with "the" and "project". */
const MOST_WORDS = 8;

const SWITCH =
  /^(?:let's\s+|(?:can|could) you\s+)?(?:(?:switch|change|move|go)(?:\s+over)?\s+to|use|select)\s+(.+?)(?:,?\s+please)?\s*[.!?]*$/iu;
const FILLERS = /^\s*(?:(?:okay|ok|so|now|and|well|hey|um|uh|please)\b[,.]?\s+)*/iu;
/** "To" only before "the": "to test, ..." is a purpose. */
const PREPOSITION = /^(?:in|on|for|at|to(?=\s+the\b))\s+/iu;
/** "For example, ..." is never a project, whatever a project's name is. */
const IDIOM =
  /^(?:in\s+(?:general|short|fact|theory|practice|particular|addition|summary|total|time|turn|detail|contrast|conclusion)|for\s+(?:example|instance|now|once|reference|starters|testing)|at\s+(?:first|last|least|best|most|once|present)|on\s+(?:average|time|purpose|demand|top))[\p{P}\s]*$/iu;
/** Separates a name from the text after it. */
const APART = /[,:;.]$|[-–—]$/u;

/** Returns the project that a whole utterance switches to: "Switch to the web app." Null: it does not. */
export function switchTarget(text: string, projects: readonly Speakable[]): string | null {
  const whole = SWITCH.exec(withoutFillers(text))?.[1];
  return whole === undefined ? null : namedBy(whole, projects);
}

/**
 * Finds the project that an utterance is addressed to. Its name counts only at the beginning, and only if the speaker
 * sets it apart ("in backend, ...", "in the project backend ...", "in backend run ..."). Prose that only mentions a
 * project is unchanged.
 */
export function addressed(text: string, projects: readonly Speakable[]): Addressed | null {
  const said = withoutFillers(text);
  const preposition = PREPOSITION.exec(said)?.[0];
  if (preposition === undefined) return address(said, (beginning) => called(beginning, projects));
  return address(said.slice(preposition.length), (beginning) =>
    IDIOM.test(preposition + beginning.name) ? null : located(beginning, projects),
  );
}

/** "In backend, run the tests": a prompt for that project. */
interface Addressed {
  project: string;
  prompt: string;
}

/** The beginning of an utterance that may name a project, and the rest. */
interface Beginning {
  name: string;
  prompt: string;
}

/** Returns the prompt after the longest beginning that names a project: "web app" before "web". */
function address(text: string, projectOf: (beginning: Beginning) => string | null): Addressed | null {
  const words = [...text.matchAll(/\S+/gu)];
  for (let count = Math.min(MOST_WORDS, words.length - 1); count >= 1; count -= 1) {
    const last = words[count - 1];
    const next = words[count];
    if (!last || !next) continue;
    const beginning = { name: text.slice(0, last.index + last[0].length), prompt: text.slice(next.index) };
    if (!/[\p{L}\p{N}]/u.test(beginning.prompt)) continue;
    const project = projectOf(beginning);
    if (project !== null) return { project, prompt: capital(beginning.prompt) };
  }
  return null;
}

/** "In backend, ...", "in the project backend ...", "in backend run ...". */
function located({ name, prompt }: Beginning, projects: readonly Speakable[]): string | null {
  const apart = APART.test(name) || /\bproject\b/iu.test(name);
  const article = /^the\b/iu.test(name);
  // After an article, a word like "update" may belong to the name: "in the backend update the ...".
  const follows = apart || beginsRequest(prompt, article ? 'surely' : 'probably');
  return follows ? namedBy(name, projects) : null;
}

/** "Backend, run the tests": only the exact name, before something that must be a request. */
function called({ name, prompt }: Beginning, projects: readonly Speakable[]): string | null {
  if (!APART.test(name) || !beginsRequest(prompt, 'probably')) return null;
  return namedBy(name, projects, 'exactly');
}

function withoutFillers(text: string): string {
  return text.replace(FILLERS, '').trimEnd();
}
