import type { Performers } from '../actions.ts';
import { correctionPerformers } from './actions/corrections.ts';
import { projectPerformers } from './actions/projects.ts';
import { promptPerformers } from './actions/prompts.ts';
import { queuePerformers } from './actions/queue.ts';
import { requestPerformers } from './actions/requests.ts';
import { reviewPerformers } from './actions/reviews.ts';
import { voicePerformers } from './actions/voice.ts';
import { windowPerformers } from './actions/windows.ts';

type PartsOf<F extends (parts: never) => unknown> = Parameters<F>[0];

/** Everything that performs actions. */
type PerformingParts = PartsOf<typeof voicePerformers> &
  PartsOf<typeof promptPerformers> &
  PartsOf<typeof queuePerformers> &
  PartsOf<typeof correctionPerformers> &
  PartsOf<typeof windowPerformers> & {
    projects: PartsOf<typeof projectPerformers> & PartsOf<typeof requestPerformers>;
    reviews: PartsOf<typeof reviewPerformers>;
    /** Actions about the daemon itself. */
    program: Pick<Performers, 'reload' | 'restart' | 'stop'>;
  };

/** Returns what performs each type of action. */
export function performersOf(parts: PerformingParts): Performers {
  return {
    ...voicePerformers(parts),
    ...promptPerformers(parts),
    ...queuePerformers(parts),
    ...reviewPerformers(parts.reviews),
    ...correctionPerformers(parts),
    ...requestPerformers(parts.projects),
    ...projectPerformers(parts.projects),
    ...windowPerformers(parts),
    ...parts.program,
  };
}
