import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { raiseSession } from '../../src/processes/scheduling-group.ts';
import { setPriorities } from '../../src/processes/set-priority.ts';
import {
  run,
  startProcess,
  type TemporaryFolder,
  type TestProcess,
  temporaryFolder,
  waitFor,
} from './process.ts';

/** A recorder as the sound server sees it. */
export interface SourceOutput {
  id: number;
  /** Process id of the recorder, as it told the server. */
  pid: number | null;
  application: string;
}

/**
 * A private sound server without hardware. What is played into the sink `mic` is what the default source hears;
 * the default sink is another one, so cues are not recorded.
 */
export interface AudioServer {
  /** The environment in which programs find this server and no other. */
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly pid: number;
  /** Speaks a sound file into the microphone; resolves when it has been played. Stamps: performance.now(). */
  play(file: string): Promise<{ start: number; end: number }>;
  /** Who is recording. */
  sourceOutputs(): Promise<SourceOutput[]>;
  /** SIGKILL, as a crash; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, after kill() or instead of the running one. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** One way to run a sound server: its processes in the order of their start. */
type Start = (folder: string, env: NodeJS.ProcessEnv) => Promise<TestProcess[]>;

/** A private PulseAudio (works as root, needs no D-Bus). */
export function startPulseAudio(): Promise<AudioServer> {
  return startServer(startPulse);
}

/** A private PipeWire with WirePlumber and pipewire-pulse (works as root). */
export function startPipeWire(): Promise<AudioServer> {
  return startServer(startPipe);
}

/** The environment of a machine on which no sound server runs. */
export async function noSoundServer(): Promise<Pick<AudioServer, 'env' | 'stop'>> {
  const folder = await temporaryFolder('codex-voice-silence-');
  return { env: await environment(folder), stop: folder.remove };
}

async function startServer(start: Start): Promise<AudioServer> {
  if (process.env.VITEST && !process.env.CODEX_VOICE_TEST_SOUND) {
    throw new Error('A test file with a sound server must be named in SOUND of vitest.config.ts.');
  }
  const folder = await temporaryFolder('codex-voice-audio-');
  const env = await environment(folder);
  let processes = await startWithSilence(start, folder.path, env);
  const end = async (signal: NodeJS.Signals) => {
    for (const process of processes) process.kill(signal);
    await Promise.all(processes.map((process) => process.stop()));
    processes = [];
  };
  return {
    env,
    folder: folder.path,
    get pid() {
      return processes[0]?.pid ?? 0;
    },
    async play(file) {
      const start = performance.now();
      // A buffer that survives a busy machine: what runs dry is heard as a gap.
      const player = await startProcess('paplay', ['--device=mic', '--latency-msec=200', file], { env });
      raise(player);
      const code = await player.exited;
      if (code !== 0) throw new Error(`paplay ended with ${code}: ${player.stderr().trim()}`);
      return { start, end: performance.now() };
    },
    sourceOutputs: () => listSourceOutputs(env),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      processes = await startWithSilence(start, folder.path, env);
    },
    async stop() {
      await end('SIGTERM');
      await folder.remove();
    },
  };
}

async function environment(folder: TemporaryFolder): Promise<NodeJS.ProcessEnv> {
  const runtime = join(folder.path, 'run');
  await mkdir(runtime, { mode: 0o700 });
  // ALSA programs reach the server through its PulseAudio plugin.
  await writeFile(
    join(folder.path, '.asoundrc'),
    'pcm.!default { type pulse }\nctl.!default { type pulse }\n',
  );
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(PULSE|PIPEWIRE|ALSA|AUDIO|XDG_|DBUS_|DISPLAY|WAYLAND)/.test(name)) delete env[name];
  }
  return {
    ...env,
    HOME: folder.path,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(folder.path, 'config'),
    XDG_STATE_HOME: join(folder.path, 'state'),
    XDG_DATA_HOME: join(folder.path, 'data'),
    XDG_CACHE_HOME: join(folder.path, 'cache'),
    PULSE_SERVER: `unix:${join(runtime, 'pulse', 'native')}`,
  };
}

/**
 * A null sink renders in blocks of up to 2 s unless a low-latency client keeps playing into it (PulseAudio 16.1),
 * which no real microphone does: a player of silence makes it behave like one.
 */
async function startWithSilence(
  start: Start,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<TestProcess[]> {
  const processes = await start(folder, env);
  const arguments_ = ['--playback', '--device=mic', '--latency-msec=20', '--raw', '/dev/zero'];
  processes.push(await startProcess('pacat', arguments_, { env }));
  await waitFor('the player of silence', () => hasSilence(env));
  processes.forEach(raise);
  return processes;
}

/** What rtkit grants a sound server on a desktop. */
const NICE = -11;

/** What stands for hardware waits for no program, where this user may say so: sound that runs dry is heard as a gap. */
function raise({ pid }: TestProcess): void {
  try {
    setPriorities(pid, NICE);
    raiseSession(pid, NICE);
  } catch {
    // An ordinary user: the server competes with the tests beside it.
  }
}

async function hasSilence(env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await run('pactl', ['list', 'short', 'sink-inputs'], { env })).trim() !== '';
}

async function startPulse(folder: string, env: NodeJS.ProcessEnv): Promise<TestProcess[]> {
  const socket = join(env.XDG_RUNTIME_DIR ?? folder, 'pulse', 'native');
  await mkdir(join(socket, '..'), { recursive: true, mode: 0o700 });
  const script = join(folder, 'pulse.pa');
  await writeFile(
    script,
    [
      `load-module module-native-protocol-unix socket=${socket} auth-anonymous=1`,
      'load-module module-null-sink sink_name=mic rate=48000 channels=2 norewinds=1',
      'load-module module-null-sink sink_name=speakers rate=48000 channels=2 norewinds=1',
      'set-default-sink speakers',
      // A source in its own right: a monitor is no microphone.
      'load-module module-remap-source source_name=microphone master=mic.monitor',
      'set-default-source microphone',
      '',
    ].join('\n'),
  );
  const options = ['-n', '-F', script, '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no'];
  const server = await startProcess('pulseaudio', options, { env });
  await ready(server, env, 'microphone');
  return [server];
}

// Without realtime priority a graph that runs every 5 ms loses sound on a busy machine: every 21 ms is enough.
const pipeWireNodes = `
context.properties = { default.clock.min-quantum = 1024 }
context.objects = [
  { factory = adapter args = { factory.name = support.null-audio-sink  node.name = speakers
      media.class = Audio/Sink  audio.position = [ FL FR ]  object.linger = true } }
]
context.modules = [
  { name = libpipewire-module-loopback args = {
      node.description = "virtual microphone"
      capture.props = { node.name = mic  media.class = Audio/Sink  audio.position = [ FL FR ] }
      playback.props = { node.name = microphone  media.class = Audio/Source  audio.position = [ FL FR ] } } }
]
`;

async function startPipe(_folder: string, env: NodeJS.ProcessEnv): Promise<TestProcess[]> {
  const parts = join(env.XDG_CONFIG_HOME ?? '', 'pipewire', 'pipewire.conf.d');
  await mkdir(parts, { recursive: true });
  await writeFile(join(parts, 'microphone.conf'), pipeWireNodes);
  await mkdir(join(env.XDG_RUNTIME_DIR ?? '', 'pulse'), { recursive: true, mode: 0o700 });
  const server = await startProcess('pipewire', [], { env });
  const processes = [server];
  processes.push(await startBus(env));
  let manager = await startProcess('wireplumber', [], { env });
  processes.push(await startProcess('pipewire-pulse', [], { env }));
  await ready(server, env, 'microphone');
  // On a busy machine WirePlumber 0.4.13 comes up without its metadata at times, and stays so: it is started again.
  for (let left = MANAGER_STARTS; !(await hasDefaults(env)); left -= 1) {
    if (left === 0) throw new Error('WirePlumber keeps no default devices');
    await manager.stop();
    manager = await startProcess('wireplumber', [], { env });
  }
  return [...processes, manager];
}

/** How often WirePlumber is started again, and how long it may take for its metadata, ms. */
const MANAGER_STARTS = 4;
const METADATA_MS = 15_000;

/** Sets the default devices, which live in WirePlumber's metadata: these come a little later than the nodes. */
async function hasDefaults(env: NodeJS.ProcessEnv): Promise<boolean> {
  const set = async (what: string, device: string): Promise<boolean> => {
    const pactl = await startProcess('pactl', [what, device], { env });
    return (await pactl.exited) === 0;
  };
  const both = async (): Promise<boolean> =>
    (await set('set-default-sink', 'speakers')) && (await set('set-default-source', 'microphone'));
  return waitFor('the default devices', both, { timeout: METADATA_MS }).then(
    () => true,
    () => false,
  );
}

/** WirePlumber 0.4 ends without a session bus. */
async function startBus(env: NodeJS.ProcessEnv): Promise<TestProcess> {
  const socket = join(env.XDG_RUNTIME_DIR ?? '', 'bus');
  await rm(socket, { force: true });
  env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${socket}`;
  const options = ['--session', '--nofork', `--address=${env.DBUS_SESSION_BUS_ADDRESS}`];
  const bus = await startProcess('dbus-daemon', options, { env });
  await waitFor('the session bus', () => existsSync(socket));
  return bus;
}

async function ready(server: TestProcess, env: NodeJS.ProcessEnv, source: string): Promise<void> {
  await waitFor(`the source ${source}`, async () => {
    if (!server.running) throw new Error(`the sound server ended: ${server.stderr()}`);
    const pactl = await startProcess('pactl', ['list', 'short', 'sources'], { env });
    await pactl.exited;
    return pactl.stdout().includes(source);
  });
}

async function listSourceOutputs(env: NodeJS.ProcessEnv): Promise<SourceOutput[]> {
  const list = async (what: string) =>
    JSON.parse(await run('pactl', ['--format=json', 'list', what], { env })) as Listed[];
  const [outputs, clients] = await Promise.all([list('source-outputs'), list('clients')]);
  // The virtual microphone reads its sink without being anybody's recorder.
  const recorders = outputs.filter(({ driver }) => driver !== 'module-remap-source.c');
  return recorders.map(({ index, client, properties }) => {
    // PipeWire's own clients have their process id in the client alone.
    const owner = clients.find((candidate) => String(candidate.index) === client)?.properties ?? {};
    return {
      id: index,
      pid: Number(properties[PROCESS_ID] ?? owner[PROCESS_ID] ?? 0) || null,
      application: properties['application.name'] ?? properties['node.name'] ?? '',
    };
  });
}

const PROCESS_ID = 'application.process.id';

interface Listed {
  index: number;
  client?: string;
  driver?: string;
  properties: Record<string, string>;
}
