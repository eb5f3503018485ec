import { openFirst } from '../drivers.ts';
import { priorityDrivers } from '../processes/priorities.ts';
import type { PriorityDriver } from '../processes/priority.ts';
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
  const { opened, passedOver } = await openFirst(drivers, ({ name }) => name);
  for (const driver of drivers) driver.close();
  if (opened) return ok(`the daemon gets high priority through ${opened}`);
  return warning(noPriority(passedOver.map(({ name, reason }) => ({ driver: name, reason }))));
}
