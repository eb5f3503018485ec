/**
 * English spelling as sounds, roughly: what two spellings of the same sound have in common. Rules after Philips'
 * Metaphone (1990), but vowels stay, in three kinds. Each letter of the result is one sound:
 * consonants b d f g h j k l m n p r s t v w y z, S (sh), C (ch), T (th), N (ng); vowels A, E, O.
 */
const RULES: readonly [RegExp, string][] = [
  [/(.)\1+/g, '$1'],
  [/^(?:kn|gn|pn)/, 'n'],
  [/^wr/, 'r'],
  [/^ps/, 's'],
  [/^x/, 'z'],
  [/mb$/, 'm'],
  [/(?<=..)[td]?ed$/, 'd'],
  [/tion|sion|cious|cial/g, 'Sn'],
  [/sch/g, 'sk'],
  [/chr/g, 'kr'],
  [/tch|ch/g, 'C'],
  [/ture/g, 'Cr'],
  [/sh/g, 'S'],
  [/ph/g, 'f'],
  [/^gh/, 'g'],
  [/ough|augh|igh/g, 'O'],
  [/gh/g, ''],
  [/th/g, 'T'],
  [/wh/g, 'w'],
  [/ck|cq/g, 'k'],
  [/sc(?=[eiy])/g, 's'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/qu/g, 'kw'],
  [/q/g, 'k'],
  [/x/g, 'ks'],
  [/dge/g, 'j'],
  [/g(?=e(?:n|o|r?$|s$|x)|in|io|y)/g, 'j'],
  [/ng/g, 'N'],
  [/(?<=[aeiou])s(?=[aeiou])/g, 'z'],
  [/(?<=[^aeiou]|^)le$/, 'Al'],
  [/(?<=[a-zA-Z]{2})e$/, ''],
  [/(?<=[aeiou])w(?![aeiou])/g, ''],
  [/(?<=[aeiou])h(?![aeiou])/g, ''],
  [/^y(?=[aeiou])/, 'Y'],
  [/[aeiouy]*[o][aeiouy]*|u[aeiouy]*|au|aw/g, 'O'],
  [/a[aeiy]*/g, 'A'],
  [/[eiy][aeiy]*/g, 'E'],
  [/Y/g, 'y'],
  [/([A-Za-z])\1+/g, '$1'],
];

const cache = new Map<string, string>();
const MOST_CACHED = 20_000;

/** The sounds of a word in lower case, without punctuation. */
export function soundsOf(word: string): string {
  const known = cache.get(word);
  if (known !== undefined) return known;
  const sounds = RULES.reduce((text, [pattern, by]) => text.replace(pattern, by), word);
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(word, sounds);
  return sounds;
}

/** Sounds that are mistaken for each other, by kind; what is missing here is often not heard at all. */
const KINDS: Record<string, string> = Object.fromEntries(
  ['tdT', 'szSCj', 'kg', 'pb', 'fv', 'mnN', 'l', 'r'].flatMap((kind) =>
    [...kind].map((sound) => [sound, kind[0] ?? '']),
  ),
);
const VOWELS = 'AEO';
const SOFT = 'hwyrl';

/** The kinds of its consonants in their order: the same for what sounds alike. */
export function skeletonOf(sounds: string): string {
  let skeleton = '';
  for (const sound of sounds) {
    const kind = KINDS[sound];
    if (kind !== undefined && !skeleton.endsWith(kind)) skeleton += kind;
  }
  return skeleton;
}

/** What it costs that a sound was not heard, or one too many. */
function gap(sound: string): number {
  return VOWELS.includes(sound) ? 0.3 : SOFT.includes(sound) ? 0.5 : 1;
}

function replacing(one: string, other: string): number {
  if (one === other) return 0;
  const vowels = Number(VOWELS.includes(one)) + Number(VOWELS.includes(other));
  if (vowels === 2) return 0.25;
  if (vowels === 1) return 1;
  const kind = KINDS[one];
  return kind !== undefined && kind === KINDS[other] ? 0.4 : 1;
}

/** How alike two sequences of sounds are: 1 the same, 0 nothing in common. */
export function likeness(one: string, other: string): number {
  const most = Math.max(weightOf(one), weightOf(other));
  return most === 0 ? 0 : Math.max(0, 1 - distance(one, other) / most);
}

function weightOf(sounds: string): number {
  let weight = 0;
  for (const sound of sounds) weight += gap(sound);
  return weight;
}

/** Edit distance with those costs. */
function distance(from: string, to: string): number {
  let row = [0];
  for (const sound of to) row.push((row.at(-1) ?? 0) + gap(sound));
  for (const sound of from) {
    const next = [(row[0] ?? 0) + gap(sound)];
    for (let column = 0; column < to.length; column += 1) {
      const other = to[column] ?? '';
      next.push(
        Math.min(
          (row[column] ?? 0) + replacing(sound, other),
          (row[column + 1] ?? 0) + gap(sound),
          (next[column] ?? 0) + gap(other),
        ),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
