import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathsOf } from '../files/paths.ts';
import { makePrivateFolder, replaceFile } from '../files/private-files.ts';
import { homeOf } from '../files/user-paths.ts';
import { contentOf, xmlText } from './definition-file.ts';
import { probedState } from './probed.ts';
import { failedRun, mustRun } from './run-program.ts';
import type { ServiceCommand, ServiceContext, ServiceManager, ServiceState } from './service-manager.ts';

const LABEL = 'io.github.codex-voice';

/** Its clean stop takes up to ExitTimeOut, ms. */
const STOP_MS = 40_000;
/** EINPROGRESS of macOS: bootout has begun and does not wait. */
const IN_PROGRESS = 36;

/** An agent of the user's launchd (macOS). Written after launchd.plist(5) and launchctl(1); not yet run on a Mac. */
export class LaunchdService implements ServiceManager {
  readonly name = 'launchd';
  readonly definition: string;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.definition = launchdDefinition(context.env);
  }

  async unavailable(): Promise<string | null> {
    const { platform, run, uid } = this.#context;
    if (platform !== 'darwin') return 'only macOS has it';
    const { status } = await run('launchctl', ['print', `gui/${uid}`]);
    return status === 0 ? null : 'no user is signed in at the desktop of this Mac';
  }

  async installed(): Promise<boolean> {
    return this.#context.platform === 'darwin' && (await contentOf(this.definition)) !== null;
  }

  async install(command: ServiceCommand): Promise<void> {
    const { state } = pathsOf(this.#context.env);
    makePrivateFolder(state); // launchd does not make the folder of StandardErrorPath
    replaceFile(this.definition, launchdPlist(command, join(state, 'launchd.log')));
    await this.#must('enable', this.#target);
  }

  async uninstall(): Promise<void> {
    await this.stop();
    await rm(this.definition, { force: true });
  }

  /** Loads it, which starts it (RunAtLoad); one that was loaded before is started with what is written now. */
  async start(): Promise<void> {
    await this.stop();
    await this.#must('bootstrap', this.#domain, this.definition);
  }

  /** Unloads it: launchd would start it again otherwise. At the next sign-in it is loaded again. */
  async stop(): Promise<void> {
    if ((await this.#print()) === null) return;
    const result = await this.#context.run('launchctl', ['bootout', this.#target], STOP_MS);
    if (result.status !== 0 && result.status !== IN_PROGRESS)
      throw failedRun('launchctl', ['bootout'], result);
    const late = performance.now() + STOP_MS;
    // Loading it while it still ends is refused.
    while ((await this.#print()) !== null && performance.now() < late) await delay(100);
  }

  async state(): Promise<ServiceState> {
    const printed = await this.#print();
    const pid = Number(/^\s*pid = (\d+)$/m.exec(printed ?? '')?.[1]) || null;
    const exit = /^\s*last exit code = (.*)$/m.exec(printed ?? '')?.[1] ?? '(never exited)';
    const installed = await this.installed();
    const enabled = installed && !(await this.#disabled());
    const failure = pid === null && /^[1-9]/.test(exit) ? `it ended with ${exit}; launchd tries again` : null;
    return probedState(this, { installed, enabled, pid, failure }, this.#context.daemon);
  }

  async lastWords(lines: number): Promise<string[]> {
    const words = await contentOf(join(pathsOf(this.#context.env).state, 'launchd.log'));
    return (words ?? '').split('\n').filter(Boolean).slice(-lines);
  }

  get #domain(): string {
    return `gui/${this.#context.uid}`;
  }

  get #target(): string {
    return `${this.#domain}/${LABEL}`;
  }

  /** Returns launchd's information; null when it is not loaded. */
  async #print(): Promise<string | null> {
    const { status, stdout } = await this.#context.run('launchctl', ['print', this.#target]);
    return status === 0 ? stdout : null;
  }

  /** `"label" => disabled` since macOS 13, `=> true` before. */
  async #disabled(): Promise<boolean> {
    const { stdout } = await this.#context.run('launchctl', ['print-disabled', this.#domain]);
    return stdout.split('\n').some((line) => line.includes(`"${LABEL}"`) && /=> (disabled|true)/.test(line));
  }

  #must(...args: string[]): Promise<string> {
    return mustRun(this.#context.run, 'launchctl', args, STOP_MS);
  }
}

/** Path of the property list of the agent, which says what launchd starts. */
export function launchdDefinition(env: NodeJS.ProcessEnv): string {
  return join(homeOf(env, 'darwin'), 'Library', 'LaunchAgents', `${LABEL}.plist`);
}

/** The property list of the agent. @param errors file for what it says before its log is open */
export function launchdPlist({ command, args }: ServiceCommand, errors: string): string {
  const words = [command, ...args].map((word) => `    <string>${xmlText(word)}</string>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <!-- Restarted when it fails, not when it was stopped. -->
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <!-- Only with a desktop: the hotkey and the microphone need one. -->
  <key>LimitLoadToSessionType</key>
  <string>Aqua</string>
  <!-- The user waits for it: no throttling of CPU and disk. -->
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>ExitTimeOut</key>
  <integer>30</integer>
  <key>StandardErrorPath</key>
  <string>${xmlText(errors)}</string>
</dict>
</plist>
`;
}
