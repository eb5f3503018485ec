import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './desktop.ts';
import { startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Where an ordinary user finds the program: the repository itself may lie in a folder that is closed to them. */
export const MOUNTED = '/mnt/codex-voice';

/** All that a manager without a machine needs; no unit of a program that happens to be installed here. */
const UNITS = [
  'app.slice',
  'background.slice',
  'basic.target',
  'default.target',
  'exit.target',
  'graphical-session-pre.target',
  'graphical-session.target',
  'paths.target',
  'session.slice',
  'shutdown.target',
  'sockets.target',
  'systemd-exit.service',
  'timers.target',
];

/** Desktops start graphical-session.target through a unit of their own: by hand it cannot be started. */
const DESKTOP_TARGET = `[Unit]
Description=A desktop
BindsTo=graphical-session.target
Before=graphical-session.target
`;

/**
 * Runs as root. In mount, process and cgroup namespaces of its own: /run/systemd/system, without which systemd does not
 * run as a user's manager (252); a cgroup below the real tree that is the root for those within; an ordinary user
 * who is in no passwd file of the machine. Whatever ends this script ends all of it.
 */
const SCRIPT = `
set -eu
user=$1 folder=$2 repository=$3
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/cgroup ${MOUNTED}
mount --bind "$repository" ${MOUNTED}
mount -t cgroup2 cgroup2 /mnt/cgroup
group=/mnt/cgroup/codex-voice-test.$$
mkdir "$group"
trap '' TERM
(
  trap - TERM
  sh -c 'echo $PPID' >"$group/cgroup.procs"
  exec unshare --cgroup --mount --pid --fork --kill-child --mount-proc sh -euc '
    user=$1 folder=$2
    umount /mnt/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    chown "$user" /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/cgroup.subtree_control
    mount -t tmpfs tmpfs /run/systemd
    mkdir /run/systemd/system
    if [ "$user" != 0 ] && ! getent passwd "$user" >/dev/null; then
      { cat /etc/passwd; echo "voice:x:$user:$user::$HOME:/bin/bash"; } >/mnt/passwd
      mount --bind /mnt/passwd /etc/passwd
    fi
    if [ "$user" = "$(id -u)" ]; then /usr/lib/systemd/systemd --user &
    else setpriv --reuid "$user" --regid "$user" --clear-groups /usr/lib/systemd/systemd --user &
    fi
    manager=$!
    trap "kill -TERM $manager" TERM
    while kill -0 "$manager" 2>/dev/null; do wait "$manager" || true; done
  ' sh "$user" "$folder"
) || true
find "$group" -depth -type d -exec rmdir {} +
`;

export interface SystemdUserOptions {
  /** HOME, the XDG folders with XDG_RUNTIME_DIR, and what else the manager is born with. */
  env: NodeJS.ProcessEnv;
  /** Who it belongs to; default: whoever runs the tests. */
  uid?: number;
}

/** A real \`systemd --user\`. */
export interface SystemdUser extends AsyncDisposable {
  /** Runs systemctl --user. @throws Error when it does not end with 0 */
  systemctl(...args: string[]): Promise<string>;
  /** Runs a program as the manager's user, in its namespaces. */
  run(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliResult>;
  /** A person signs in at a desktop that tells systemd these variables, and signs out again. */
  startDesktop(variables: NodeJS.ProcessEnv): Promise<void>;
  stopDesktop(): Promise<void>;
  /** What the manager itself printed. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts one. The tests must run as root, or as somebody whom sudo lets in without a password. */
export async function startSystemdUser(options: SystemdUserOptions): Promise<SystemdUser> {
  const folder = await temporaryFolder('codex-voice-systemd-');
  await chmod(folder.path, 0o755);
  const { uid = process.getuid?.() ?? 0 } = options;
  const units = join(folder.path, 'units');
  await mkdir(units);
  await Promise.all(UNITS.map((unit) => symlink(join('/usr/lib/systemd/user', unit), join(units, unit))));
  await writeFile(join(units, 'desktop.target'), DESKTOP_TARGET);
  const env: NodeJS.ProcessEnv = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    // Without it each daemon would compile all its modules again.
    ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
    ...options.env,
    SYSTEMD_UNIT_PATH: `${join(options.env.XDG_CONFIG_HOME ?? '', 'systemd/user')}:${units}`,
    SYSTEMD_LOG_TARGET: 'console',
  };
  const script = ['-c', SCRIPT, 'sh', String(uid), folder.path, REPOSITORY];
  const outer = await asRoot(['unshare', '--mount', 'sh', ...script], env);
  const client = { ...env };
  delete client.SYSTEMD_LOG_TARGET;
  const inside = await namespaceOf(outer);
  const run = async (
    command: string,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<CliResult> => {
    const enter = ['nsenter', '--target', String(inside), '--mount', '--pid'];
    const person = ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
    const whole = [...enter, ...(uid === process.getuid?.() ? [] : person), command, ...args];
    const started = await asRoot(whole, { ...client, ...more });
    const status = await started.exited;
    return { status, stdout: started.stdout(), stderr: started.stderr() };
  };
  const systemctl = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await run('systemctl', ['--user', ...args]);
    if (status !== 0) throw new Error(`systemctl --user ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout.trim();
  };
  const stop = async (): Promise<void> => {
    if (outer.running) process.kill(inside, 'SIGTERM');
    // A unit that does not end is killed by its own limit.
    await Promise.race([outer.exited, delay(60_000, undefined, { ref: false })]);
    await outer.stop();
    await folder.remove();
  };
  await waitFor('systemd --user', async () => {
    if (!outer.running) throw new Error(`systemd --user ended: ${outer.stderr()}`);
    return (await run('systemctl', ['--user', 'is-system-running'])).stdout.startsWith('running');
  });
  return {
    systemctl,
    run,
    async startDesktop(variables) {
      const told = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      await systemctl('set-environment', ...told);
      await systemctl('start', 'desktop.target');
    },
    stopDesktop: async () => void (await systemctl('stop', 'desktop.target')),
    log: () => outer.stderr(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Root's own programs, or sudo's. */
function asRoot(command: string[], env: NodeJS.ProcessEnv): Promise<TestProcess> {
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', '-E', ...command];
  return startProcess(program, args, { env });
}

/** The process that is the first one within the namespaces, as it is called outside. */
async function namespaceOf(outer: TestProcess): Promise<number> {
  return waitFor('the namespaces of systemd --user', async () => {
    if (!outer.running) throw new Error(`the namespaces ended: ${outer.stderr()}`);
    for (let pid = outer.pid; ; ) {
      // A helper of the script that has just ended has neither.
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      if (/^NSpid:\s.*\s1$/m.test(status)) return pid;
      pid = Number(children.split(' ')[0]);
      if (!pid) return 0;
    }
  });
}
