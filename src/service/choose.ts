import { VoiceError } from '../errors.ts';
import { AutostartService } from './autostart.ts';
import { LaunchdService } from './launchd.ts';
import type { ServiceContext, ServiceManager, ServiceManagerName } from './service-manager.ts';
import { SystemdService } from './systemd.ts';
import { TaskSchedulerService } from './task-scheduler.ts';

/** The manager that is used, and those before it with the reason each was passed over. */
export interface ServiceChoice {
  manager: ServiceManager;
  passedOver: { name: ServiceManagerName; reason: string }[];
}

/** Every driver, in the order in which they are tried: those first that start the daemon again when it fails. */
export function serviceManagers(context: ServiceContext): ServiceManager[] {
  return [
    new SystemdService(context),
    new LaunchdService(context),
    new TaskSchedulerService(context),
    new AutostartService(context),
  ];
}

/** The first that can be used here. @throws VoiceError service-unavailable with every reason */
export async function chooseManager(managers: readonly ServiceManager[]): Promise<ServiceChoice> {
  const passedOver: ServiceChoice['passedOver'] = [];
  for (const manager of managers) {
    const reason = await manager.unavailable();
    if (reason === null) return { manager, passedOver };
    passedOver.push({ name: manager.name, reason });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new VoiceError(
    'service-unavailable',
    `Nothing on this system can start codex-voice with the desktop. ${reasons}.`,
    'Run this in a terminal of your desktop, or let the desktop or compositor run `codex-voice start` itself.',
  );
}

/** Those through which the service is installed; normally none or one. */
export async function installedManagers(managers: readonly ServiceManager[]): Promise<ServiceManager[]> {
  const found = await Promise.all(managers.map((manager) => manager.installed()));
  return managers.filter((_, index) => found[index]);
}
