import { editDistance } from './edit-distance.ts';

/** A project as it may be spoken of. */
export interface Speakable {
  name: string;
  aliases: readonly string[];
}

/** Names of fewer letters must be heard exactly: one letter more or less makes another word of them. */
const LEAST_FOR_A_SLIP = 6;

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

/**
 * The one project that these words name, all of them; null when none or several. In longer names one letter may have
 * been heard wrong, unless that is to be exact.
 */
export function namedBy(
  said: string,
  projects: readonly Speakable[],
  how: 'exactly' | 'nearly' = 'nearly',
): string | null {
  // "Folder" stays: "in the backend folder, ..." may speak of any folder of that name.
  const spoken = nameKey(said.replaceAll(/\b(?:project|repo|repository)\b/giu, ' '));
  if (spoken === '') return null;
  const exact = projects.filter((project) => keysOf(project).includes(spoken));
  if (exact.length > 0) return only(exact);
  if (how === 'exactly') return null;
  return only(projects.filter((project) => keysOf(project).some((each) => isSlip(spoken, each))));
}

/** Letters and digits alone: "back end", "the back-end" and "Backend" are one, "API two" and "api2" as well. */
export function nameKey(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\p{L}+/gu, (word) => {
      if (word === 'the') return '';
      const number = NUMBERS.indexOf(word);
      return number < 0 ? word : String(number);
    })
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function only(projects: readonly Speakable[]): string | null {
  return projects.length === 1 && projects[0] ? projects[0].name : null;
}

/** One letter was heard wrong, not the first ("a backend" is none), and no digit; "backends" are several. */
function isSlip(spoken: string, name: string): boolean {
  if (name.length < LEAST_FOR_A_SLIP || spoken[0] !== name[0] || spoken === `${name}s`) return false;
  return digits(spoken) === digits(name) && editDistance(spoken, name) === 1;
}

function digits(text: string): string {
  return text.replaceAll(/\P{N}/gu, '');
}

function keysOf({ name, aliases }: Speakable): string[] {
  return [name, ...aliases].map(nameKey).filter(Boolean);
}
