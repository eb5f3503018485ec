import type { ControlHandlers } from '../control/server.ts';
import { stagePercentiles } from '../metrics/percentiles.ts';
import type { HandledDaemon } from './handled-daemon.ts';
import { projectHandlers } from './handlers/projects.ts';
import { queueHandlers } from './handlers/queue.ts';
import { requestHandlers } from './handlers/requests.ts';
import { reviewHandlers } from './handlers/reviews.ts';
import { terminalHandlers } from './handlers/terminal.ts';
import { voiceHandlers } from './handlers/voice.ts';
import { isIdle, statusOf } from './status.ts';

/** What the daemon does for each request of the control socket. */
export function controlHandlers(daemon: HandledDaemon): ControlHandlers {
  const { terminals } = daemon;
  return {
    ...voiceHandlers(daemon),
    ...terminalHandlers(daemon, terminals),
    ...projectHandlers(daemon),
    ...queueHandlers(daemon),
    ...requestHandlers(daemon),
    ...reviewHandlers(daemon),
    status: async () => statusOf(daemon, terminals.count),
    history: async ({ query, limit, before }) => ({
      utterances: daemon.parts.journal.list({ query, limit, ...(before === undefined ? {} : { before }) }),
    }),
    stats: async ({ limit }) => {
      const timings = daemon.parts.journal.timings(limit);
      return { count: timings.length, stages: stagePercentiles(timings) };
    },
    config: async () => daemon.settings,
    reload: async () => ({ changed: await daemon.reload() }),
    restart: async () => {
      const restarting = isIdle(daemon.parts, terminals.count);
      if (restarting) daemon.restart();
      return { restarting };
    },
    stop: async () => {
      daemon.stop();
      return {};
    },
  };
}
