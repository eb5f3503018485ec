import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { windowsSystemProgram } from '../processes/programs.ts';
import { xmlText } from './definition-file.ts';
import { probedState } from './probed.ts';
import { mustRun } from './run-program.ts';
import type { ServiceCommand, ServiceContext, ServiceManager, ServiceState } from './service-manager.ts';

const TASK = 'codex-voice';

/**
 * A task that Windows starts when the user signs in. Any user may create one for their own sign-in. Written after the
 * Task Scheduler schema 1.2 and the documentation of schtasks; not yet run on Windows.
 */
export class TaskSchedulerService implements ServiceManager {
  readonly name = 'task-scheduler';
  readonly definition = TASK;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  async unavailable(): Promise<string | null> {
    return this.#context.platform === 'win32' ? null : 'only Windows has it';
  }

  async installed(): Promise<boolean> {
    return this.#context.platform === 'win32' && (await this.#xml()) !== null;
  }

  async install(command: ServiceCommand): Promise<void> {
    const { env } = this.#context;
    const exec = headless({ ...command, args: [...command.args, '--respawn'] }, env);
    const xml = taskXml(exec, await this.#user(), env.USERPROFILE ?? '');
    const folder = await mkdtemp(join(tmpdir(), 'codex-voice-task-'));
    try {
      const file = join(folder, 'task.xml');
      // schtasks reads the encoding that the declaration names, with its mark.
      await writeFile(file, `\ufeff${xml}`, { encoding: 'utf16le', mode: 0o600 });
      await this.#must('/Create', '/TN', TASK, '/XML', file, '/F');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async uninstall(): Promise<void> {
    await this.stop();
    await this.#must('/Delete', '/TN', TASK, '/F');
  }

  async start(): Promise<void> {
    await this.#must('/Run', '/TN', TASK);
  }

  /** Not `/End`, which kills the process. */
  async stop(): Promise<void> {
    await this.#context.daemon.stop();
  }

  /** The task's XML is the same in every language of Windows; the words of /Query are not. */
  async state(): Promise<ServiceState> {
    const xml = await this.#xml();
    const settings = /<Settings>(.*)<\/Settings>/s.exec(xml ?? '')?.[1] ?? '';
    const enabled = xml !== null && !/<Enabled>false<\/Enabled>/.test(settings);
    return probedState(this, { installed: xml !== null, enabled }, this.#context.daemon);
  }

  async #xml(): Promise<string | null> {
    const { env, run } = this.#context;
    const { status, stdout } = await run(windowsSystemProgram('schtasks.exe', env), [
      '/Query',
      '/TN',
      TASK,
      '/XML',
    ]);
    return status === 0 ? stdout : null;
  }

  #must(...args: string[]): Promise<string> {
    const { env, run } = this.#context;
    return mustRun(run, windowsSystemProgram('schtasks.exe', env), args);
  }

  /** The security identifier: it is the same for local, domain and Microsoft Entra accounts, in any language. */
  async #user(): Promise<string> {
    const { env, run } = this.#context;
    const { stdout } = await run(windowsSystemProgram('whoami.exe', env), ['/user', '/fo', 'csv', '/nh']);
    const sid = /"(S-1-[\d-]+)"/.exec(stdout)?.[1];
    if (sid !== undefined) return sid;
    const { USERDOMAIN: domain, USERNAME: user = '' } = env;
    return domain ? `${domain}\\${user}` : user;
  }
}

/**
 * Returns the command that runs a console program without a window. Windows gives each console program that the Task
 * Scheduler starts a visible console; the setting "hidden" of a task only hides the task, and PowerShell's
 * -WindowStyle hides a console that has already appeared. conhost.exe is no console program, and with --headless it
 * provides a console without a window, which the children use as well (since Windows 10 1809). It ends with 0, however
 * the program ended (microsoft/terminal issue 17178), so the daemon starts itself again after a crash.
 */
function headless({ command, args }: ServiceCommand, env: NodeJS.ProcessEnv): ServiceCommand {
  return { command: windowsSystemProgram('conhost.exe', env), args: ['--headless', command, ...args] };
}

/**
 * A task without a priority gets 7, the class "below normal", with slow disks and memory: TaskSettings.Priority of the
 * documentation. 4 to 6 is the normal class.
 */
const NORMAL_PRIORITY = 5;

/**
 * The definition of the task.
 * @param user a security identifier, or `DOMAIN\\name`
 * @param folder in which it starts; Windows would take its own
 */
export function taskXml({ command, args }: ServiceCommand, user: string, folder: string): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>codex-voice: speak to the Codex CLI from any app</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${xmlText(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xmlText(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <Enabled>true</Enabled>
    <Priority>${NORMAL_PRIORITY}</Priority>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>5</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(command)}</Command>
      <Arguments>${xmlText(args.map(windowsWord).join(' '))}</Arguments>
      <WorkingDirectory>${xmlText(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

/** As CommandLineToArgvW reads it: backslashes are doubled where a quote follows. */
function windowsWord(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
