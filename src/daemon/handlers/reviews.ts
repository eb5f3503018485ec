import type { ControlHandlers } from '../../control/server.ts';
import type { Review } from '../../facts.ts';
import type { HandledDaemon } from '../handled-daemon.ts';

type ReviewHandlers = Pick<
  ControlHandlers,
  'review' | 'review/send' | 'review/cancel' | 'review/edit' | 'review/hold' | 'review/open'
>;

/** Prompts that are shown before they are sent. */
export function reviewHandlers(daemon: HandledDaemon): ReviewHandlers {
  const now = (): { reviews: readonly Review[] } => ({ reviews: daemon.parts.reviews.all });
  return {
    review: async () => now(),
    'review/send': async ({ id }) => {
      daemon.parts.reviews.send(id);
      return now();
    },
    'review/cancel': async ({ id }) => {
      daemon.parts.reviews.cancel(id);
      return now();
    },
    'review/edit': async ({ id, text }) => {
      daemon.parts.reviews.send(id, text);
      return now();
    },
    'review/hold': async ({ id }, peer) => ({ review: daemon.parts.reviews.edit(id, peer.signal) }),
    'review/open': async ({ id }) => {
      await daemon.parts.reviews.openEditor(id);
      return now();
    },
  };
}
