import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeS16 } from '../../src/microphone/s16.ts';
import type { AudioServer } from './audio.ts';
import { run, startProcess, type TestProcess, waitFor } from './process.ts';

/** Positions of eight channels, as pactl calls them. */
const EIGHT = 'front-left,front-right,rear-left,rear-right,front-center,lfe,side-left,side-right';

/** One more virtual microphone at a sound server, which can be unplugged. */
export interface ExtraMicrophone extends AsyncDisposable {
  readonly name: string;
  /** Speaks into it, each sound on a channel of its own at 16 kHz; resolves when it has been played. */
  play(channels: readonly Float32Array[]): Promise<void>;
  /** Takes the source away. */
  unplug(): Promise<void>;
}

/** Plugs one in: a null sink, kept awake, and a source that hears it with all of its channels. */
export async function plugIn(server: AudioServer, name: string, channels: 2 | 8): Promise<ExtraMicrophone> {
  const { env } = server;
  const sink = `${name}-sink`;
  const map = channels === 8 ? EIGHT : 'front-left,front-right';
  const load = async (...args: string[]) => (await run('pactl', ['load-module', ...args], { env })).trim();
  const sinkModule = await load(
    'module-null-sink',
    `sink_name=${sink}`,
    'rate=48000',
    `channels=${channels}`,
    `channel_map=${map}`,
    'norewinds=1',
  );
  const source = await load(
    'module-remap-source',
    `source_name=${name}`,
    `source_properties=device.description=${name}`,
    `master=${sink}.monitor`,
    `channels=${channels}`,
    `channel_map=${map}`,
    `master_channel_map=${map}`,
    'remix=no',
  );
  const format = [
    '--raw',
    '--format=s16le',
    '--rate=16000',
    `--channels=${channels}`,
    `--channel-map=${map}`,
  ];
  const silence: TestProcess = await startProcess(
    'pacat',
    ['--playback', `--device=${sink}`, '--latency-msec=20', ...format, '/dev/zero'],
    { env },
  );
  await waitFor(`the source ${name}`, async () =>
    (await run('pactl', ['list', 'short', 'sources'], { env })).includes(name),
  );
  let plugged = true;
  const unplug = async () => {
    if (plugged) await run('pactl', ['unload-module', source], { env });
    plugged = false;
  };
  return {
    name,
    async play(sounds) {
      const file = join(server.folder, `${name}.raw`);
      await writeFile(file, interleave(sounds));
      await run('pacat', ['--playback', `--device=${sink}`, '--latency-msec=200', ...format, file], { env });
    },
    unplug,
    async [Symbol.asyncDispose]() {
      await silence.stop();
      await unplug();
      await run('pactl', ['unload-module', sinkModule], { env });
    },
  };
}

function interleave(sounds: readonly Float32Array[]): Buffer {
  const frames = Math.max(...sounds.map(({ length }) => length));
  const samples = new Float32Array(frames * sounds.length);
  for (const [channel, sound] of sounds.entries()) {
    for (const [frame, sample] of sound.entries()) samples[frame * sounds.length + channel] = sample;
  }
  return encodeS16(samples);
}
