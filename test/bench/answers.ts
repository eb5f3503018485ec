import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';

/** What the first delta of `briefly` says. */
export const FIRST_WORDS = 'Under';

/** An answer that comes at once: what is measured is the way to the model and back, not the model. */
export const briefly: Replier = () => ({ kind: 'text', chunks: [FIRST_WORDS, 'stood.'] });

/** Four seconds of a streaming answer, forty words. */
export const atLength: Replier = () => ({
  kind: 'text',
  chunks: wordsOf(Array.from({ length: 40 }, (_, index) => `word${index + 1}`).join(' ')),
  delayMs: 100,
});
