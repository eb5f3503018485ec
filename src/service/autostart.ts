import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { replaceFile } from '../files/private-files.ts';
import { execWords } from '../text/exec-key.ts';
import { configHome, contentOf } from './definition-file.ts';
import { desktopEntry } from './desktop-entry.ts';
import { probedState } from './probed.ts';
import type { ServiceCommand, ServiceContext, ServiceManager, ServiceState } from './service-manager.ts';

/**
 * An entry that the desktop itself starts when a user signs in (XDG autostart). The desktop does not start it again, so
 * a daemon that crashes does that itself (`--respawn`).
 */
export class AutostartService implements ServiceManager {
  readonly name = 'autostart';
  readonly definition: string;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.definition = join(configHome(context.env), 'autostart', 'codex-voice.desktop');
  }

  async unavailable(): Promise<string | null> {
    const { platform, env } = this.#context;
    if (['darwin', 'win32'].includes(platform)) return 'only free desktops have it';
    if (env.DISPLAY || env.WAYLAND_DISPLAY) return null;
    return 'no desktop is running here (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  }

  async installed(): Promise<boolean> {
    return (await contentOf(this.definition)) !== null;
  }

  async install(command: ServiceCommand): Promise<void> {
    replaceFile(this.definition, desktopEntry({ ...command, args: [...command.args, '--respawn'] }));
  }

  async uninstall(): Promise<void> {
    await this.stop();
    await rm(this.definition, { force: true });
  }

  /** As the desktop would: what its Exec line says, in the home folder. */
  async start(): Promise<void> {
    const [program, ...args] = execWords((await contentOf(this.definition)) ?? '');
    if (program === undefined) {
      const hint = 'Run `codex-voice service install` to write it again.';
      throw new VoiceError('service-failed', `${this.definition} has no Exec line.`, hint);
    }
    const { env } = this.#context;
    const cwd = env.HOME || homedir();
    const child = spawn(program, args, { env, cwd, detached: true, stdio: 'ignore' });
    child.unref();
    await once(child, 'spawn'); // Rejects when the program does not exist.
  }

  async stop(): Promise<void> {
    await this.#context.daemon.stop();
  }

  async state(): Promise<ServiceState> {
    const entry = await contentOf(this.definition);
    // Desktop settings write this when the user disables the entry.
    const off = /^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(entry ?? '');
    const found = { installed: entry !== null, enabled: entry !== null && !off };
    return probedState(this, found, this.#context.daemon);
  }
}
