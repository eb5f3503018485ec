import { startProcess } from './process.ts';

/** How a command ended. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a shell script that may mount: what it mounts nobody else sees, and is gone when it ends. Root has the right;
 * others get it in a user namespace of their own.
 */
export async function runInNamespace(script: string, env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return runToEnd('unshare', [...user, '--mount', '--propagation', 'private', 'sh', '-ec', script], env, cwd);
}

/** Some containers forbid it, even to root. */
export async function canMount(): Promise<boolean> {
  const probe = 'mount -t tmpfs tmpfs /mnt';
  return (await runInNamespace(probe, process.env, '/')).status === 0;
}

/** Runs a program to its end. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Ended> {
  const child = await startProcess(command, args, { env, cwd });
  const status = await child.exited;
  return { status, stdout: child.stdout(), stderr: child.stderr() };
}
