import type { ErrorReport } from '../errors.ts';
import type { PriorityDriverName, PriorityState } from './priority.ts';

const DRIVERS: Readonly<Record<PriorityDriverName, string>> = {
  setpriority: "this user's own rights",
  rtkit: 'rtkit',
};

/** Describes the daemon's priority in one line, for `status` and `doctor`. */
export function priorityLine(state: PriorityState): string {
  const { driver, nice, engine } = state;
  if (driver === null) return `normal (${reasonsOf(state.passed_over)})${groupOf(state)}`;
  const behind = engine === null ? '' : `, speech engine ${engine}`;
  return `high: nice ${nice}${behind}, granted by ${DRIVERS[driver]}${groupOf(state)}`;
}

/** Lists why each driver was passed over. */
function reasonsOf(passedOver: PriorityState['passed_over']): string {
  return passedOver.map(({ driver, reason }) => `${DRIVERS[driver]}: ${reason}`).join('; ');
}

/** The report that no priority was granted. */
export function noPriority(
  passedOver: PriorityState['passed_over'],
  platform: NodeJS.Platform = process.platform,
): ErrorReport {
  const message = `The daemon has no priority over other programs (${reasonsOf(passedOver)}).`;
  const hint =
    platform === 'linux'
      ? 'On a busy machine answers take longer. Install the package `rtkit`, then run `codex-voice restart`.'
      : 'On a busy machine answers take longer. Only root can change that on this system.';
  return { code: 'priority-refused', message, hint };
}

/** Describes what the scheduler compares before nice values, if anything. */
function groupOf({ group }: PriorityState): string {
  if (group.kind === 'cgroup') return `; CPU weight of its control group: ${group.weight}`;
  return group.kind === 'session' && group.nice !== 0 ? `; nice value of its session: ${group.nice}` : '';
}
