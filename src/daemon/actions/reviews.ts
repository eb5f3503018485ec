import type { Performers } from '../../actions.ts';
import type { Reviews } from '../../review/reviews.ts';

type ReviewAction = 'review-send' | 'review-cancel' | 'review-edit' | 'review-hold';

/** Actions about prompts in review. */
export function reviewPerformers(
  reviews: Pick<Reviews, 'send' | 'cancel' | 'openEditor' | 'edit'>,
): Pick<Performers, ReviewAction> {
  return {
    'review-send': ({ utterance, text }) => reviews.send(utterance, text),
    'review-cancel': ({ utterance }) => reviews.cancel(utterance),
    'review-edit': ({ utterance }) => reviews.openEditor(utterance),
    'review-hold': ({ utterance, signal }) => reviews.edit(utterance, signal),
  };
}
