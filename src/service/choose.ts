import { openFirst, type PassedOver, reasonsOf } from '../drivers.ts';
import { VoiceError } from '../errors.ts';
import { AutostartService } from './autostart.ts';
import { LaunchdService } from './launchd.ts';
import type { ServiceContext, ServiceManager } from './service-manager.ts';
import { SystemdService } from './systemd.ts';
import { TaskSchedulerService } from './task-scheduler.ts';

/** Every driver, in the order in which they are tried: those first that start the daemon again when it fails. */
export function serviceManagers(context: ServiceContext): ServiceManager[] {
  return [
    new SystemdService(context),
    new LaunchdService(context),
    new TaskSchedulerService(context),
    new AutostartService(context),
  ];
}

/**
 * Returns the first that can be used here, and why each before it was passed over.
 * @throws VoiceError service-unavailable with every reason
 */
export async function chooseManager(
  managers: readonly ServiceManager[],
): Promise<{ manager: ServiceManager; passedOver: PassedOver[] }> {
  const { opened: manager, passedOver } = await openFirst(managers, (each) => each);
  if (manager) return { manager, passedOver };
  throw new VoiceError(
    'service-unavailable',
    `Nothing on this system can start codex-voice with the desktop. ${reasonsOf(passedOver)}.`,
    'Run this in a terminal of your desktop, or let the desktop or compositor run `codex-voice start` itself.',
  );
}

/** Those through which the service is installed; normally none or one. */
export async function installedManagers(managers: readonly ServiceManager[]): Promise<ServiceManager[]> {
  const found = await Promise.all(managers.map((manager) => manager.installed()));
  return managers.filter((_, index) => found[index]);
}
