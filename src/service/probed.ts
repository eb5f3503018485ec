import type { DaemonProbe, ServiceManager, ServiceState } from './service-manager.ts';

/** The manager's own information about the service. */
interface Found {
  installed: boolean;
  enabled: boolean;
  /** Of the process, null when there is none; left out by a manager that does not watch it. */
  pid?: number | null;
  failure?: string | null;
}

/** The state of a service; what its manager does not know is asked of the daemon itself. */
export async function probedState(
  manager: Pick<ServiceManager, 'name' | 'definition'>,
  { installed, enabled, pid: watched, failure = null }: Found,
  daemon: DaemonProbe,
): Promise<ServiceState> {
  const status = watched === null ? null : await daemon.status();
  const pid = watched === undefined ? (status?.pid ?? null) : watched;
  const own = status !== null && status.pid === pid;
  return {
    manager: manager.name,
    definition: manager.definition,
    installed,
    enabled,
    running: watched === undefined ? installed && status !== null : pid !== null,
    pid,
    since: own ? new Date(Date.now() - status.uptime_s * 1_000).toISOString() : null,
    failure,
  };
}
