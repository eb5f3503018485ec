import type { DaemonStatus } from '../control/protocol.ts';
import { asideReport } from '../journal/journal.ts';
import type { Parts } from './parts.ts';

/** What the parts of the loop know. */
type StatusParts = IdleParts &
  Pick<
    Parts,
    'journal' | 'microphone' | 'transcriber' | 'turnDetector' | 'settings' | 'notifier' | 'requestsAloud'
  >;

type IdleParts = Pick<Parts, 'loop' | 'projects' | 'reviews'>;

/** What `codex-voice status` tells. @param attached how many look at a hidden terminal */
export async function statusOf(
  parts: StatusParts,
  daemon: Pick<DaemonStatus, 'version' | 'uptime_s' | 'hotkey' | 'tray' | 'priority' | 'updates'>,
  attached: number,
): Promise<DaemonStatus> {
  const { projects } = parts;
  const project = projects.current.name;
  const aside = parts.journal.setAside;
  return {
    version: daemon.version,
    pid: process.pid,
    uptime_s: daemon.uptime_s,
    stage: parts.loop.stage.name,
    idle: isIdle(parts, attached),
    project,
    session: projects.status(project),
    hotkey: daemon.hotkey,
    microphone: parts.microphone.state,
    transcriber: parts.transcriber.state,
    endpoint: parts.settings.speech.adaptive_endpoint
      ? { rule: 'adaptive', detector: parts.turnDetector.state }
      : { rule: 'fixed', detector: null },
    notifications: parts.notifier.state,
    tray: daemon.tray,
    priority: daemon.priority,
    updates: daemon.updates,
    pending: projects.pending,
    spoken_answers: await parts.requestsAloud.state(),
    reviews: parts.reviews.all,
    queue: projects.deliveries.flatMap(({ entries }) => entries),
    last: parts.journal.list({ limit: 1 })[0] ?? null,
    ...(aside !== null && { journal_trouble: asideReport(aside) }),
  };
}

/** Would nobody mind if it ended now? @param attached how many look at a hidden terminal */
export function isIdle({ loop, projects, reviews }: IdleParts, attached = 0): boolean {
  const silent = loop.stage.name === 'idle' || loop.stage.name === 'paused';
  return silent && !projects.busy && reviews.all.length === 0 && attached === 0;
}
