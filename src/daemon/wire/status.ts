import type { DaemonStatus } from '../../control/status.ts';
import type { HotkeyState } from '../../hotkey/hotkey.ts';
import { asideReport } from '../../journal/journal.ts';
import { isIdle } from '../idle.ts';
import type { Parts } from '../parts.ts';

/** Returns the state of the daemon. @param attached number of clients that look at a hidden terminal */
export async function statusOf(
  parts: Parts,
  daemon: Pick<DaemonStatus, 'version' | 'uptime_s' | 'tray' | 'priority' | 'updates'> & {
    hotkey: HotkeyState;
  },
  attached: number,
): Promise<DaemonStatus> {
  const { projects } = parts;
  const project = projects.current.name;
  const aside = parts.journal.setAside;
  const { passedOver, toggleOnly, ...hotkey } = daemon.hotkey;
  return {
    ...daemon,
    hotkey: {
      ...hotkey,
      ...(toggleOnly && { toggle_only: true }),
      ...(passedOver && { passed_over: passedOver }),
    },
    pid: process.pid,
    stage: parts.loop.stage.name,
    idle: isIdle(parts, attached),
    project,
    session: projects.status(project),
    microphone: parts.microphone.state,
    transcriber: parts.transcriber.state,
    endpoint: parts.settings.speech.adaptive_endpoint
      ? { rule: 'adaptive', detector: parts.turnDetector.state }
      : { rule: 'fixed', detector: null },
    notifications: parts.notifier.state,
    pending: projects.pending,
    spoken_answers: await parts.requestsAloud.state(),
    reviews: parts.reviews.all,
    queue: projects.deliveries.flatMap(({ entries }) => entries),
    last: parts.journal.list({ limit: 1 })[0] ?? null,
    ...(aside !== null && { journal_trouble: asideReport(aside) }),
  };
}
