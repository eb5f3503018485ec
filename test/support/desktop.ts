import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControlClient, connectControl } from '../../src/control/client.ts';
import type { DaemonStatus } from '../../src/control/status.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { converse } from '../../src/loopback/answers.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel, type Replier } from '../../src/loopback/model.ts';

import type { Utterance } from '../../src/utterance.ts';
import { type AudioServer, noSoundServer, startPulseAudio } from './audio.ts';
import { startDunst, type TestDunst } from './dunst.ts';
import { type NotificationRecorder, recordNotifications } from './notification-recorder.ts';
import { startProcess, type TemporaryFolder, type TestProcess, temporaryFolder, waitFor } from './process.ts';
import { programCommand } from './program.ts';
import { startSessionBus, type TestSessionBus } from './session-bus.ts';
import { startXServer, type XServer } from './x-server.ts';

export const CODEX = fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url));

/** A desktop that nobody sits at: X server, window manager, session bus, notification server. It has no sound. */
export interface QuietDesktop extends AsyncDisposable {
  readonly x: XServer;
  readonly bus: TestSessionBus;
  readonly dunst: TestDunst;
  /** All that notification servers are sent. */
  readonly notifications: NotificationRecorder;
  /** What a program started in this desktop finds in its environment. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** A desktop with a microphone and loudspeakers. */
export interface Desktop extends QuietDesktop {
  readonly audio: AudioServer;
}

/**
 * Starts a desktop with a sound server, for a file of the `sound` project.
 * @param startAudio which sound server; PulseAudio by default
 */
export async function startDesktop(startAudio = startPulseAudio): Promise<Desktop> {
  const audio = await startAudio();
  const quiet = await startQuietDesktop(audio);
  return { ...quiet, audio };
}

/** Starts a desktop for what needs no sound: programs find neither a microphone nor loudspeakers. */
export async function startQuietDesktop(
  sound: Pick<AudioServer, 'env' | 'stop'> | null = null,
): Promise<QuietDesktop> {
  const { env: soundEnv, stop: stopSound } = sound ?? (await noSoundServer());
  const x = await startXServer({ env: soundEnv });
  const bus = await startSessionBus();
  const notifications = await recordNotifications(bus.address);
  const dunst = await startDunst({ display: x.display, bus });
  const stop = async (): Promise<void> => {
    notifications.stop();
    await dunst.stop();
    await bus.stop();
    await x.stop();
    await stopSound();
  };
  // The machine's own rtkit grants only so much, and is not the tests' to ask.
  const env = { ...x.env, ...bus.env, DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  return { x, bus, dunst, notifications, env, stop, [Symbol.asyncDispose]: stop };
}

/** The environment of a machine without a desktop: no display, no bus, no sound. */
export function headless(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'PULSE_SERVER'])
    delete env[name];
  return env;
}

/** What a verb printed, and how it ended. */
export interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface DaemonOptions {
  /** Lines of config.toml. */
  config?: string;
  /** What the loopback model answers; default: the demo's conversation. */
  reply?: Replier;
  /** Lines of Codex's own config.toml. */
  codexSettings?: string;
  /** Changes to the environment; undefined removes a variable. */
  env?: NodeJS.ProcessEnv;
  /** Where the user's files are; default: a new folder that goes with the daemon. */
  home?: TestHome;
  /** The single file to run instead of the program under test. */
  program?: string;
  /** It counts as ready although Whisper does not work. */
  readyWithoutWhisper?: boolean;
}

/** The files of a user nobody is: config, journal, projects, CODEX_HOME. */
export interface TestHome extends AsyncDisposable {
  readonly path: string;
  readonly config: string;
  readonly project: string;
  readonly state: string;
  readonly codexHome: string;
  readonly env: NodeJS.ProcessEnv;
  /** The text of a config.toml with the project, the Codex CLI of the tests, and these lines. */
  settings(lines?: string): string;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<TestHome> {
  const folder: TemporaryFolder = await temporaryFolder('codex-voice-home-');
  const { path } = folder;
  const place = async (name: string): Promise<string> => {
    await mkdir(join(path, name), { recursive: true, mode: 0o700 });
    return join(path, name);
  };
  const [config, state, project, runtime, tmp] = await Promise.all(
    ['config/codex-voice', 'state', 'project', 'run', 'tmp', 'codex'].map(place),
  );
  const codexHome = join(path, 'codex');
  return {
    path,
    config: join(config ?? path, 'config.toml'),
    state: join(state ?? path, 'codex-voice'),
    project: project ?? path,
    codexHome,
    settings: (lines = '') => configToml(project ?? path, lines),
    env: {
      HOME: path,
      XDG_CONFIG_HOME: join(path, 'config'),
      XDG_STATE_HOME: state,
      XDG_DATA_HOME: join(path, 'data'),
      XDG_CACHE_HOME: join(path, 'cache'),
      XDG_RUNTIME_DIR: runtime,
      CODEX_HOME: codexHome,
      // Codex goes without its helpers when CODEX_HOME lies below TMPDIR (0.169.0).
      TMPDIR: tmp,
    },
    remove: folder.remove,
    [Symbol.asyncDispose]: folder.remove,
  };
}

/** A running daemon, the model behind its Codex, and the verbs of a person who uses it. */
export interface TestDaemon extends AsyncDisposable {
  readonly home: TestHome;
  readonly model: LoopbackModel;
  readonly env: NodeJS.ProcessEnv;
  readonly process: TestProcess;
  /** From the start of the process until all parts were warm, ms. */
  readonly readyAfter: number;
  cli(...args: string[]): Promise<CliResult>;
  /** A verb that prints JSON. @throws Error when it fails */
  json<T>(...args: string[]): Promise<T>;
  /** Sends a prompt over the socket, and waits for its end: the verb would be a process for each. */
  ask(text: string, project?: string): Promise<Utterance>;
  /** Sends a prompt over the socket, and does not wait; the id. */
  begin(text: string, project?: string): Promise<string>;
  /** Asked over the socket, too. */
  status(): Promise<DaemonStatus>;
  /** Newest first. */
  history(): Promise<readonly Utterance[]>;
  /** The newest utterance once it has ended in one of the states. */
  waitForEnd(count: number, timeout?: number): Promise<readonly Utterance[]>;
  stop(): Promise<void>;
}

/** What a daemon logs once all parts are warm. */
const READY = /\binfo {2}ready$/m;

/** Starts a daemon in the foreground, as a service does, with the real Codex CLI and the loopback model behind it. */
export async function startDaemon(base: NodeJS.ProcessEnv, options: DaemonOptions = {}): Promise<TestDaemon> {
  const home = options.home ?? (await makeHome());
  const model = new LoopbackModel(options.reply ?? converse);
  await model.start();
  await writeCodexHome(home.codexHome, model.baseUrl, { settings: options.codexSettings ?? '' });
  await writeFile(home.config, home.settings(options.config));
  const env: NodeJS.ProcessEnv = { ...base, ...home.env, CODEX_VOICE_LOG: 'debug', ...options.env };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  const started = performance.now();
  const { command, args } = programCommand(['daemon'], options.program);
  const daemon = await startProcess(command, args, { env, cwd: home.project });
  const cli = (...verb: string[]) => runCli(env, ...verb);
  const json = async <T>(...verb: string[]): Promise<T> => {
    const { status, stdout, stderr } = await cli(...verb, '--json');
    if (status !== 0) throw new Error(`${verb.join(' ')} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const asked = <T>(question: (client: ControlClient) => Promise<T>): Promise<T> => askDaemon(env, question);
  const status = () => asked((client) => client.request('status', {}));
  const prompt = (text: string, project?: string) => (project === undefined ? { text } : { text, project });
  const ask = async (text: string, project?: string): Promise<Utterance> => {
    const question = { ...prompt(text, project), wait: true };
    const { utterance } = await asked((client) => client.request('ask', question));
    if (utterance === null) throw new Error(`"${text}" has not ended`);
    return utterance;
  };
  const begin = async (text: string, project?: string): Promise<string> => {
    const question = { ...prompt(text, project), wait: false };
    return (await asked((client) => client.request('ask', question))).id;
  };
  // What it logs says when; to ask it every moment would slow it down.
  let readyAfter: number | null = null;
  daemon.child.stderr?.on('data', () => {
    if (readyAfter === null && READY.test(daemon.stderr())) readyAfter = performance.now() - started;
  });
  await waitFor('the daemon to say that it is ready', () => !daemon.running || readyAfter !== null, {
    timeout: 120_000,
    every: 50,
  });
  await waitFor(
    'the daemon to be ready',
    async () => {
      if (!daemon.running) throw new Error(`the daemon ended: ${daemon.stderr()}`);
      const { session, transcriber } = await status();
      const hears = transcriber.state === 'ready' || options.readyWithoutWhisper;
      return session.state === 'idle' && hears;
    },
    { timeout: 120_000, every: 100 },
  );
  const history = async () => {
    if (!daemon.running) return json<Utterance[]>('history', '-n', '100');
    return asked(async (client) => (await client.request('history', { limit: 100 })).utterances);
  };
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await model.close();
    if (!options.home) await home.remove();
  };
  return {
    home,
    model,
    env,
    process: daemon,
    readyAfter: readyAfter ?? Number.NaN,
    cli,
    json,
    ask,
    begin,
    status,
    history,
    waitForEnd: (count, timeout = 120_000) =>
      waitFor(
        `${count} utterances to end`,
        async () => {
          const all = await history();
          const ended = all.filter(({ state }) => !['listening', 'heard', 'accepted'].includes(state));
          return ended.length >= count && all;
        },
        { timeout, every: 100 },
      ),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Waits until the daemon has found the notification server with this in its name. */
export async function serverKnown(daemon: TestDaemon, name: string): Promise<void> {
  await waitFor('the server to be known', async () => {
    const { notifications } = await daemon.status();
    return JSON.stringify(notifications).includes(name);
  });
}

/** For tests of what comes after the text: what is decoded while somebody speaks takes most of the processor time. */
export const AFTER_THE_END = '[performance]\nparallel_transcription = false\n';

/**
 * For tests in which nobody speaks: a daemon that loads no ear, which takes a third of the processor time of its start. The
 * ear does not know the language, and nothing is sent to the server before there is something to hear.
 */
export const NOBODY_SPEAKS =
  '[transcription]\nengine = "openai"\nurl = "http://127.0.0.1:9/v1"\nlanguage = "de"\n';

/** Asks the daemon of that environment over its socket. @throws VoiceError daemon-missing */
export async function askDaemon<T>(
  env: NodeJS.ProcessEnv,
  question: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const client = await connectControl({ path: pathsOf(env).controlSocket, client: 'test' });
  try {
    return await question(client);
  } finally {
    client.close();
  }
}

/** Runs a verb to its end. */
export async function runCli(env: NodeJS.ProcessEnv, ...verbAndArgs: string[]): Promise<CliResult> {
  const { command, args } = programCommand(verbAndArgs);
  const verb = await startProcess(command, args, { env });
  const status = await verb.exited;
  return { status, stdout: verb.stdout(), stderr: verb.stderr() };
}

function configToml(project: string, lines: string): string {
  return `${lines}

[codex]
command = "${CODEX}"

[[project]]
name = "backend"
path = "${project}"
`;
}
