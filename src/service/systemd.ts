import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../files/private-files.ts';
import { findProgram } from '../processes/programs.ts';
import { configHome, contentOf } from './definition-file.ts';
import { firstWords, mustRun } from './run-program.ts';
import type { ServiceCommand, ServiceContext, ServiceManager, ServiceState } from './service-manager.ts';
import { systemdUnit, UNIT } from './systemd-unit.ts';

const SESSION = 'graphical-session.target';
/** The unit's own TimeoutStartSec, TimeoutStopSec and some air, ms. */
const START_MS = 100_000;
const STOP_MS = 40_000;

/** Folders for units of the distribution's packages; verified on Debian 12. */
const VENDOR_FOLDERS = ['/usr/lib/systemd/user', '/usr/local/lib/systemd/user', '/etc/systemd/user'];

type Properties = Record<string, string>;

/** A unit of the user's own systemd. Verified with systemd 252. */
export class SystemdService implements ServiceManager {
  readonly name = 'systemd' as const;
  readonly definition: string;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.definition = join(configHome(context.env), 'systemd', 'user', UNIT);
  }

  async unavailable(): Promise<string | null> {
    const { platform, env } = this.#context;
    if (platform !== 'linux') return 'only Linux has it';
    if ((await findProgram('systemctl', env)) === null) return 'there is no systemctl';
    const version = await this.#systemctl('show', '--property=Version', '--value');
    if (version.status !== 0) return `no systemd of this user answers (${firstWords(version)})`;
    if (!(env.DISPLAY || env.WAYLAND_DISPLAY) || (await this.#sessionIsUp())) return null;
    return `this desktop does not start ${SESSION}, so nothing would start the service`;
  }

  async installed(): Promise<boolean> {
    return this.#context.platform === 'linux' && (await this.#unitFile()) !== null;
  }

  async install(command: ServiceCommand): Promise<void> {
    const notify = (await findProgram('systemd-notify', this.#context.env)) !== null;
    const unit = systemdUnit(command, notify);
    // A package's unit that says the same is used unchanged: it goes with the package.
    if ((await this.#vendorUnit()) === unit) await rm(this.definition, { force: true });
    else replaceFile(this.definition, unit);
    await this.#must('daemon-reload');
    await this.#must('enable', UNIT);
  }

  async uninstall(): Promise<void> {
    if ((await this.#systemctl('show', '--property=Version')).status === 0) {
      await this.stop();
      await this.#must('disable', UNIT);
    }
    // Also where no systemd answers: then only these two files exist.
    await rm(this.definition, { force: true });
    await rm(join(dirname(this.definition), `${SESSION}.wants`, UNIT), { force: true });
    // These two have nothing to do, and fail, where no systemd answers and where nothing failed.
    await this.#systemctl('daemon-reload');
    await this.#systemctl('reset-failed', UNIT);
  }

  async startsLater(): Promise<string | null> {
    return (await this.#sessionIsUp()) ? null : `${SESSION} has not been reached: no desktop is running`;
  }

  async start(): Promise<void> {
    // An earlier failure no longer counts. The command fails if there was none.
    await this.#systemctl('reset-failed', UNIT);
    await mustRun(this.#context.run, 'systemctl', ['--user', 'start', UNIT], START_MS);
  }

  async stop(): Promise<void> {
    await mustRun(this.#context.run, 'systemctl', ['--user', 'stop', UNIT], STOP_MS);
  }

  async state(): Promise<ServiceState> {
    const { name: manager, definition } = this;
    const installed = await this.installed();
    const shown = await this.#systemctl('show', UNIT, `--property=${PROPERTIES.join(',')}`);
    if (shown.status !== 0) {
      const failure = installed ? `no systemd of this user answers (${firstWords(shown)})` : null;
      return {
        manager,
        definition,
        installed,
        enabled: false,
        running: false,
        pid: null,
        since: null,
        failure,
      };
    }
    const unit = propertiesOf(shown.stdout);
    const running = unit.ActiveState === 'active';
    return {
      manager,
      definition: unit.FragmentPath || definition,
      installed,
      enabled: unit.UnitFileState === 'enabled',
      running,
      pid: Number(unit.MainPID) || null,
      since: running ? sinceOf(unit) : null,
      failure: failureOf(unit),
    };
  }

  async lastWords(lines: number): Promise<string[]> {
    const journal = ['--user-unit', UNIT, '--lines', String(lines), '--output=cat', '--no-pager', '--quiet'];
    const { status, stdout } = await this.#context.run('journalctl', journal);
    return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
  }

  #systemctl(...args: string[]): ReturnType<ServiceContext['run']> {
    return this.#context.run('systemctl', ['--user', ...args]);
  }

  #must(...args: string[]): Promise<string> {
    return mustRun(this.#context.run, 'systemctl', ['--user', ...args]);
  }

  async #sessionIsUp(): Promise<boolean> {
    return (await this.#systemctl('is-active', '--quiet', SESSION)).status === 0;
  }

  /** The unit in effect: the user's own, or the enabled one of a package. */
  async #unitFile(): Promise<string | null> {
    const own = await contentOf(this.definition);
    if (own !== null || (await this.#vendorUnit()) === null) return own;
    const { status } = await this.#systemctl('is-enabled', '--quiet', UNIT);
    return status === 0 ? this.#vendorUnit() : null;
  }

  async #vendorUnit(): Promise<string | null> {
    for (const folder of VENDOR_FOLDERS) {
      const unit = await contentOf(join(folder, UNIT));
      if (unit !== null) return unit;
    }
    return null;
  }
}

const PROPERTIES = [
  'FragmentPath',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'MainPID',
  'ActiveEnterTimestampMonotonic',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'NRestarts',
];

/** `NAME=value` lines. */
function propertiesOf(text: string): Properties {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1)]] : [];
    }),
  );
}

/** systemd counts in microseconds of CLOCK_MONOTONIC, as process.hrtime does in nanoseconds (Linux). */
function sinceOf(unit: Properties): string {
  const upMs =
    Number(process.hrtime.bigint() / 1_000_000n) - Number(unit.ActiveEnterTimestampMonotonic) / 1_000;
  return new Date(Date.now() - upMs).toISOString();
}

function failureOf(unit: Properties): string | null {
  const restarting = unit.SubState === 'auto-restart';
  if (unit.ActiveState !== 'failed' && !restarting) return null;
  const status = unit.ExecMainStatus && unit.ExecMainStatus !== '0' ? `, status ${unit.ExecMainStatus}` : '';
  const restarts = unit.NRestarts === '0' ? '' : `, after ${unit.NRestarts} restarts`;
  return `${unit.Result}${status}${restarts}${restarting ? '; systemd tries again' : ''}`;
}
