import type { ControlHandlers } from '../../control/server.ts';
import type { QueueEntry } from '../../facts.ts';
import type { HandledDaemon } from '../handled-daemon.ts';
import { dropQueued, moveQueued, sendAgain } from '../queue-actions.ts';

type QueueHandlers = Pick<ControlHandlers, 'queue' | 'queue/move' | 'queue/drop' | 'queue/send'>;

/** Prompts that are not answered yet. */
export function queueHandlers(daemon: HandledDaemon): QueueHandlers {
  const now = (): { queue: QueueEntry[] } => ({
    queue: daemon.parts.projects.deliveries.flatMap(({ entries }) => entries),
  });
  return {
    queue: async () => now(),
    'queue/move': async ({ id, position }) => {
      moveQueued(daemon.parts, id, position);
      return now();
    },
    'queue/drop': async ({ id }) => {
      dropQueued(daemon.parts, id);
      return now();
    },
    'queue/send': async ({ id }) => {
      sendAgain(daemon.parts, id);
      return now();
    },
  };
}
