import { editDistance } from '../text/edit-distance.ts';

/** The candidate that a misspelt word most likely meant; undefined when none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  // Beyond this the edit distance need not be computed: the words have nothing to do with each other.
  if (word.length > 64) return undefined;
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}
