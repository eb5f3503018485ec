import { realpath } from 'node:fs/promises';
import { pathInApp } from '../macos/app-bundle.ts';
import { findProgram } from '../processes/programs.ts';
import { installedManagers, serviceManagers } from '../service/choose.ts';
import { programRunner } from '../service/run-program.ts';
import type { ServiceCommand, ServiceManager } from '../service/service-manager.ts';
import { ownCommand } from '../single-file/child.ts';
import { statusOrNull, stopDaemon } from './lifecycle.ts';

/** Every service manager there is, for the user who runs this command. */
export function ownManagers(): ServiceManager[] {
  const { env, platform } = process;
  return serviceManagers({
    env,
    platform,
    uid: process.getuid?.() ?? -1,
    run: programRunner(env),
    daemon: { status: statusOrNull, stop: stopAnyDaemon },
  });
}

/** Ends the daemon, the service's or another; nothing happens where none runs. @throws VoiceError daemon-failed */
export async function stopAnyDaemon(): Promise<void> {
  if (await statusOrNull()) await stopDaemon();
}

/** The manager whose service the daemon with this process id is; null when the user started it. */
export async function serviceOf(pid: number): Promise<ServiceManager | null> {
  for (const manager of await installedManagers(ownManagers())) {
    // The desktop starts an entry once and forgets it, so it does not matter who runs it later.
    if (manager.name === 'autostart') continue;
    if ((await manager.state()).pid === pid) return manager;
  }
  return null;
}

/** The command of the service: this program, by a path that stays valid after updates. */
export async function serviceCommand(): Promise<ServiceCommand> {
  const { command, args } = ownCommand(['daemon', '--service']);
  return { command: await stablePath(command), args };
}

/** Homebrew keeps each version in a separate folder, with a link in PATH to the one in use. */
async function stablePath(program: string): Promise<string> {
  const bundled = pathInApp(await realpath(program));
  if (bundled !== null) return bundled;
  const linked = await findProgram('codex-voice');
  return linked !== null && (await realpath(linked)) === (await realpath(program)) ? linked : program;
}
