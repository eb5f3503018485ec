import type { DaemonStatus } from '../control/protocol.ts';
import { asideReport } from '../journal/journal.ts';
import type { HandledDaemon } from './handled-daemon.ts';
import type { Parts } from './parts.ts';

/** What `codex-voice status` tells. @param attached how many look at a hidden terminal */
export async function statusOf(daemon: HandledDaemon, attached: number): Promise<DaemonStatus> {
  const { parts } = daemon;
  const { projects } = parts;
  const project = projects.current.name;
  const aside = parts.journal.setAside;
  return {
    version: daemon.version,
    pid: process.pid,
    uptime_s: Math.round((performance.now() - daemon.startedAt) / 1_000),
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
    spoken_answers: await parts.spoken.state(),
    reviews: parts.reviews.all,
    queue: projects.deliveries.flatMap(({ entries }) => entries),
    last: parts.journal.list({ limit: 1 })[0] ?? null,
    ...(aside !== null && { journal_trouble: asideReport(aside) }),
  };
}

/** Would nobody mind if it ended now? @param attached how many look at a hidden terminal */
export function isIdle({ loop, projects, reviews }: Parts, attached = 0): boolean {
  const silent = loop.stage.name === 'idle' || loop.stage.name === 'paused';
  return silent && !projects.busy && reviews.all.length === 0 && attached === 0;
}
