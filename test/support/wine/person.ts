import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonStatus } from '../../../src/control/status.ts';
import { converse } from '../../../src/loopback/answers.ts';
import { writeCodexHome } from '../../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../../src/loopback/model.ts';
import type { Utterance } from '../../../src/utterance.ts';
import { type AudioServer, startPulseAudio } from '../audio.ts';
import type { CliResult } from '../desktop.ts';
import { waitFor } from '../process.ts';
import { startXServer, type XServer } from '../x-server.ts';
import { putCodex, putUserenv } from './shims.ts';
import { windowsFile, words } from './single-file.ts';
import { type WindowsSources, windowsSources } from './sources.ts';
import { startWindows, type Windows, type WindowsProcess, windowsPath } from './wine.ts';

/** Somebody with a Windows desktop, a microphone, Codex for Windows and the program in one file. */
export interface WindowsPerson extends AsyncDisposable {
  readonly windows: Windows;
  readonly sources: WindowsSources;
  readonly x: XServer;
  readonly audio: AudioServer;
  /** Answers Codex. */
  readonly model: LoopbackModel;
  /** Puts the single file where its installer does, and settings where it looks for them. */
  install(): Promise<void>;
  /** Runs a verb of the installed program. */
  cli(...args: string[]): Promise<CliResult>;
  /** A verb that prints JSON. @throws Error when it fails */
  json<T>(...args: string[]): Promise<T>;
  status(): Promise<DaemonStatus>;
  /** Starts the daemon, and waits until a key press could be heard. */
  startDaemon(): Promise<DaemonStatus>;
  /** The process of the daemon. @throws Error when there is none */
  daemon(): Promise<WindowsProcess>;
  /** Newest first. */
  history(): Promise<Utterance[]>;
  stop(): Promise<void>;
}

export async function startWindowsPerson(): Promise<WindowsPerson> {
  const sources = await windowsSources();
  await using stack = new AsyncDisposableStack();
  const audio = await startPulseAudio();
  stack.defer(audio.stop);
  const x = await startXServer({ env: audio.env });
  stack.defer(x.stop);
  const model = new LoopbackModel(converse);
  await model.start();
  stack.defer(() => model.close());
  const windows = stack.use(await startWindows(x.env));
  const file = await windowsFile(windows);

  const place = join(windows.home, 'AppData/Local/Programs/codex-voice');
  const program = `${placeOnWindows(windows, place)}\\codex-voice.exe`;
  const cli = (...args: string[]) => windows.run(program, args);
  const json = async <T>(...args: string[]): Promise<T> => {
    const { status, stdout, stderr } = await cli(...args, '--json');
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const status = () => json<DaemonStatus>('status');
  const daemon = async (): Promise<WindowsProcess> => {
    const processes = await windows.processes();
    const found = processes.find(({ command }) => /codex-voice\.exe"? daemon$/.test(command));
    if (found === undefined) throw new Error(`no daemon in ${JSON.stringify(processes)}`);
    return found;
  };
  const all = stack.move();
  return {
    windows,
    sources,
    x,
    audio,
    model,
    async install() {
      await mkdir(place, { recursive: true });
      await copyFile(file, join(place, 'codex-voice.exe'));
      await putUserenv(place);
      const codexHome = await writeCodexHome(join(windows.home, '.codex'), model.baseUrl);
      // Codex 0.171.0 locks this file to make it, which Wine 10.0 refuses (error 33).
      await writeFile(join(codexHome, 'installation_id'), randomUUID());
      const settings = join(windows.home, 'AppData/Roaming/codex-voice');
      const project = join(windows.home, 'project');
      await Promise.all([settings, project].map((folder) => mkdir(folder, { recursive: true })));
      const codex = join(codexHome, 'codex.exe');
      await putCodex(codex, windowsPath(sources.codex));
      await writeFile(join(settings, 'config.toml'), settingsText(windowsPath(codex)));
    },
    cli,
    json,
    status,
    async startDaemon() {
      const started = await cli('start');
      if (started.status !== 0) throw new Error(`start ended with ${started.status}: ${words(started)}`);
      return waitFor(
        'the daemon to be ready',
        async () => {
          // It may be too busy to answer.
          const now = await status().catch(() => null);
          return now?.transcriber.state === 'ready' && now.session.state === 'idle' && now;
        },
        { timeout: 180_000, every: 1_000 },
      );
    },
    daemon,
    history: () => json<Utterance[]>('history'),
    stop: () => all.disposeAsync(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function placeOnWindows({ home }: Windows, folder: string): string {
  return `C:${folder.slice(home.indexOf('/users/')).replaceAll('/', '\\')}`;
}

function settingsText(codex: string): string {
  return `[codex]
command = '${codex}'

[[project]]
name = "backend"
path = '~\\project'
`;
}
