import type { TextChange } from '../../utterance.ts';
import { erasures } from './erasures.ts';
import { layout } from './layout.ts';
import { repairs } from './repairs.ts';

/** What the speaker meant to say. */
interface Meant {
  text: string;
  /** They apply one after another. */
  changes: readonly TextChange[];
  /** When nothing is left: the text that was taken back last. */
  takenBack: string | null;
}

/**
 * Applies the corrections that a text has in itself: words that were taken back, repaired words, and spoken line
 * breaks. Only clear cues count, and a text without one does not change.
 */
export function correctedWithin(text: string): Meant {
  const erased = erasures(text);
  if (erased.text === '') return erased;
  const repaired = repairs(erased.text);
  const broken = layout(repaired.text);
  const changes = [...erased.changes, ...repaired.changes, ...broken.changes];
  return { text: broken.text, changes, takenBack: null };
}
