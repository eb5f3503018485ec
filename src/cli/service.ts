import { loadUserSettings } from '../daemon/user-settings.ts';
import { reportOf, VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { chooseManager, installedManagers } from '../service/choose.ts';
import { followLog, lastLogLines, readableLine } from '../service/log-reader.ts';
import type { ServiceManager, ServiceState } from '../service/service-manager.ts';
import { ENDING_SIGNALS } from './ending-signals.ts';
import { type RunningDaemon, tellRunning, untilReady } from './lifecycle.ts';
import { EXIT, type JsonOption, print, printJson, table } from './output.ts';
import { ownManagers, serviceCommand, stopAnyDaemon } from './services.ts';

/** Lines of the log that explain a failure. */
const LAST_WORDS = 10;

/** Defines the service through the first manager that can be used here, and starts it where a desktop runs. */
export async function serviceInstall(options: JsonOption): Promise<void> {
  const managers = ownManagers();
  const { manager, passedOver } = await chooseManager(managers);
  for (const other of await installedManagers(managers)) if (other !== manager) await other.uninstall();
  await manager.install(await serviceCommand());
  const later = (await manager.startsLater?.()) ?? null;
  const status = later === null ? await startAgain(manager) : null;
  const state = await manager.state();
  if (options.json) return printJson({ ...state, passedOver });
  for (const { name, reason } of passedOver) print(`not ${name}: ${reason}`);
  print(`codex-voice starts with your desktop (${manager.name}: ${state.definition})`);
  const { project, codex } = (await loadUserSettings(process.env)).settings;
  if (project.length === 0 && codex.directory === '') {
    print(`Codex works in your home folder until you name a folder in a [[project]] in ${pathsOf().config}.`);
  }
  if (status) tellRunning(status);
  else print(`It starts at your next sign-in, not now: ${later}.`);
}

/** Stops and removes the service, if there is one. */
export async function serviceUninstall(options: JsonOption): Promise<void> {
  const installed = await installedManagers(ownManagers());
  for (const manager of installed) await manager.uninstall();
  const removed = installed.map(({ name, definition }) => ({ manager: name, definition }));
  if (options.json) return printJson({ removed });
  if (removed.length === 0) print('There is no service to remove.');
  for (const { manager, definition } of removed) print(`Removed: ${definition} (${manager})`);
}

/** Exit status 0 when it runs as it should, otherwise 1. */
export async function serviceStatus(options: JsonOption): Promise<void> {
  const managers = ownManagers();
  const [manager] = await installedManagers(managers);
  if (!manager) throw notInstalled();
  const state = await manager.state();
  const log = state.failure === null ? [] : await explanation(manager);
  if (options.json) printJson({ ...state, log });
  else print(describe(state, log));
  if (!state.running) process.exitCode = EXIT.failed;
}

interface LogsOptions extends JsonOption {
  lines: string;
  follow?: boolean;
}

/** The log of every daemon of this person, the service's or not. */
export async function serviceLogs(options: LogsOptions): Promise<void> {
  const count = Number(options.lines);
  if (!Number.isInteger(count) || count < 0) {
    throw new VoiceError(
      'usage',
      `-n ${options.lines} is not a valid number of lines.`,
      'For example: -n 100.',
    );
  }
  const { log } = pathsOf();
  const show = (line: string): void => print(options.json ? line : readableLine(line));
  const { lines, position } = await lastLogLines(log, count);
  for (const line of lines) show(line);
  if (!options.follow) return;
  const stop = new AbortController();
  for (const signal of ENDING_SIGNALS) process.once(signal, () => stop.abort());
  for await (const line of followLog(log, position, stop.signal)) show(line);
}

/** A daemon that runs already, of the service or not, makes room for the one that is defined now. */
async function startAgain(manager: ServiceManager): Promise<RunningDaemon> {
  await manager.stop();
  await stopAnyDaemon();
  try {
    await manager.start();
    return await untilReady(new AbortController().signal, () => '');
  } catch (error) {
    const words = await explanation(manager);
    throw new VoiceError(
      'service-failed',
      `The service is installed, but did not start. ${reportOf(error).message}\n${indented(words)}`,
      'Fix what the last lines report (`codex-voice doctor` helps), then run `codex-voice service install` again.',
      { cause: error },
    );
  }
}

/** Its last words: the manager's own record, else the end of the log. */
async function explanation(manager: ServiceManager): Promise<string[]> {
  const words = await manager.lastWords?.(LAST_WORDS);
  if (words !== undefined && words.length > 0) return words;
  const { lines } = await lastLogLines(pathsOf().log, LAST_WORDS);
  return lines.map(readableLine);
}

function describe(state: ServiceState, log: string[]): string {
  const rows = [
    ['service', `${state.manager}: ${state.definition}`],
    ['enabled', state.enabled ? 'yes, it starts with the desktop' : 'no'],
    ['running', running(state)],
  ];
  if (state.failure === null) return table(rows);
  const advice =
    'Fix what the last lines report; `codex-voice doctor` tests each part. Then run: codex-voice service install';
  return `${table([...rows, ['failed', state.failure]])}\n\n${indented(log)}\n\n${advice}`;
}

function running({ running: runs, pid, since }: ServiceState): string {
  if (!runs) return pid === null ? 'no' : `starting, pid ${pid}`;
  return `yes, pid ${pid}${since === null ? '' : `, since ${new Date(since).toLocaleString()}`}`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

function notInstalled(): VoiceError {
  const hint = 'Run `codex-voice service install` to install it.';
  return new VoiceError('service-missing', 'The service is not installed.', hint);
}
