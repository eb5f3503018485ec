import { writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { CODEX, makeHome, type QuietDesktop, runCli, type TestHome } from './desktop.ts';

/** What `doctor --json` reported, and how it ended. */
export interface DoctorReport {
  status: number | null;
  results: CheckResult[];
  /** The result of a part. */
  of(name: string): CheckResult;
  /** `name state: code` of everything that is not well. */
  trouble: string[];
}

/** The names of its checks, in their order. */
export const PARTS = [
  'program',
  'settings',
  'state',
  'runtime',
  'daemon',
  'priority',
  'hotkey',
  'microphone',
  'sounds',
  'voice',
  'detector',
  'endpoint',
  'whisper',
  'server',
  'project',
  'focus',
  'codex',
  'notifications',
  'tray',
  'updates',
];

/** What `doctor` says where no daemon runs. */
export const NO_DAEMON = 'daemon warning: daemon-missing';

/** A user who runs `doctor` on a desktop; `home.remove()` when the test has finished. */
export class DoctorUser {
  readonly home: TestHome;
  readonly #desktop: QuietDesktop;

  static async arrive(desktop: QuietDesktop): Promise<DoctorUser> {
    const home = await makeHome();
    // No answer is asked for, so nothing needs to listen there.
    await writeCodexHome(home.codexHome, 'http://127.0.0.1:9/v1');
    const user = new DoctorUser(desktop, home);
    await user.writeConfig();
    return user;
  }

  private constructor(desktop: QuietDesktop, home: TestHome) {
    this.#desktop = desktop;
    this.home = home;
  }

  async writeConfig({ codex = CODEX, rest = '' } = {}): Promise<void> {
    const project = `[[project]]\nname = "backend"\npath = "${this.home.project}"\n`;
    await writeFile(this.home.config, `[codex]\ncommand = "${codex}"\n${rest}\n${project}`);
  }

  /** The environment of the desktop's user, with changes; undefined removes a variable. */
  environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const env = { ...this.#desktop.env, ...this.home.env, OPENAI_API_KEY: undefined, ...changes };
    return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  }

  async doctor(changes: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<DoctorReport> {
    const { status, stdout, stderr } = await runCli(this.environment(changes), 'doctor', '--json', ...args);
    expect(stderr).toBe('');
    const results = JSON.parse(stdout) as CheckResult[];
    const of = (name: string): CheckResult => {
      const result = results.find((each) => each.name === name);
      if (!result) throw new Error(`no check "${name}"`);
      return result;
    };
    const trouble = results
      .filter(({ state }) => state !== 'ok')
      .map(({ name, state, code }) => `${name} ${state}: ${code}`);
    return { status, results, of, trouble };
  }
}
