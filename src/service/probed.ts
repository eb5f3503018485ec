import type { DaemonProbe, ServiceManager, ServiceState } from './service-manager.ts';

/** The state of a service whose manager does not watch it: the daemon itself is asked whether it runs. */
export async function probedState(
  manager: Pick<ServiceManager, 'name' | 'definition'>,
  found: { installed: boolean; enabled: boolean; failure?: string | null },
  daemon: DaemonProbe,
): Promise<ServiceState> {
  const status = await daemon.status();
  return {
    manager: manager.name,
    definition: manager.definition,
    installed: found.installed,
    enabled: found.enabled,
    running: found.installed && status !== null,
    pid: status?.pid ?? null,
    since: status ? new Date(Date.now() - status.uptime_s * 1_000).toISOString() : null,
    failure: found.failure ?? null,
  };
}
