import { priorityDrivers } from '../processes/priorities.ts';
import type { PassedOver, PriorityDriver } from '../processes/priority.ts';
import { noPriority, priorityLine } from '../processes/priority-wording.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/**
 * Reports which priority the daemon was granted, or would be where none runs.
 * @param drivers those of this system
 */
export async function checkPriority(
  { daemon, env }: CheckContext,
  drivers: readonly PriorityDriver[] = priorityDrivers(env),
): Promise<Finding> {
  if (daemon.state === 'running') {
    const { priority } = daemon.status;
    return priority.driver === null ? warning(noPriority(priority.passed_over)) : ok(priorityLine(priority));
  }
  const passedOver: PassedOver[] = [];
  try {
    for (const driver of drivers) {
      const reason = await driver.unavailable();
      if (reason === null) return ok(`the daemon gets high priority through ${driver.name}`);
      passedOver.push({ driver: driver.name, reason });
    }
  } finally {
    for (const driver of drivers) driver.close();
  }
  return warning(noPriority(passedOver));
}
