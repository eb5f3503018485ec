import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VoiceError } from '../../src/errors.ts';
import type { Microphone, RecorderName } from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { type AudioServer, startPipeWire, startPulseAudio } from '../support/audio.ts';
import { fitsOf } from '../support/correlation.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { isAlive, startProcess, waitFor } from '../support/process.ts';
import { speechSet } from '../support/speech.ts';

const clip = speechSet().find(({ id }) => id === 'lj-0002') ?? never('the clip lj-0002 is missing');

/** A server without realtime priority may lose half a clip while other programs use every core. */
const BUSY = { retry: 2 };

function never(message: string): never {
  throw new Error(message);
}

function open(server: AudioServer, backend: RecorderName | 'auto', keepOpen = false) {
  const trouble: VoiceError[] = [];
  const microphone = openMicrophone({
    device: 'default',
    backend,
    keepOpen,
    env: server.env,
    logger: pino({ level: 'silent' }),
    onTrouble: (error) => trouble.push(error),
  });
  return { microphone, trouble };
}

interface Recorded {
  samples: Float32Array;
  /** ms from record() to the first frame */
  opening: number;
  /** Process ids that recorded meanwhile. */
  pids: number[];
}

/** Speaks the clip when the first frame has come, and records until it has been played and heard. */
async function recordClip(server: AudioServer, microphone: Microphone): Promise<Recorded> {
  const stop = new AbortController();
  const frames: Float32Array[] = [];
  const begin = performance.now();
  let opening = 0;
  let pids: number[] = [];
  let playing: Promise<unknown> | null = null;
  for await (const { samples, at } of microphone.record(stop.signal)) {
    frames.push(samples);
    if (playing !== null) continue;
    opening = at - begin;
    playing = speak(server, stop, (found) => {
      pids = found;
    });
  }
  await playing;
  return { samples: join(frames), opening, pids };
}

async function speak(
  server: AudioServer,
  stop: AbortController,
  onPids: (pids: number[]) => void,
): Promise<void> {
  await server.play(clip.path);
  onPids((await server.sourceOutputs()).flatMap(({ pid }) => pid ?? []));
  // What is still under way: sox prints in blocks of 128 ms.
  await new Promise((resolve) => setTimeout(resolve, 400));
  stop.abort();
}

function join(frames: Float32Array[]): Float32Array {
  const whole = new Float32Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}

/**
 * The clip is there from its beginning to its end, in one piece: each 200 ms of it lies where it should, but for a
 * few in which a sound server without realtime priority lost some milliseconds; never the first.
 */
function expectWhole(samples: Float32Array): void {
  const fits = fitsOf(clip.samples, samples);
  expect(fits[0]).toBeGreaterThan(0.8);
  expect(fits.filter((fit) => fit > 0.8).length).toBeGreaterThan(0.5 * fits.length);
}

async function expectFree(server: AudioServer, pids: number[]): Promise<void> {
  expect(pids).not.toEqual([]);
  for (const pid of pids) if (pid !== process.pid) expect(await isAlive(pid)).toBe(false);
  await waitFor('the server to see it', async () => (await server.sourceOutputs()).length === 0);
}

describe.each([
  {
    name: 'PulseAudio',
    start: startPulseAudio,
    recorders: ['pulse', 'parec', 'arecord', 'sox', 'rec'] as const,
  },
  {
    name: 'PipeWire',
    start: startPipeWire,
    recorders: ['pulse', 'parec', 'pw-record', 'arecord', 'sox', 'rec'] as const,
  },
])('recording from $name', ({ name, start, recorders }) => {
  let server: AudioServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each(recorders)('%s hears the whole clip and frees the microphone', BUSY, async (backend) => {
    const { microphone, trouble } = open(server, backend);
    const { samples, opening, pids } = await recordClip(server, microphone);
    console.log(`${name} ${backend}: first frame after ${opening.toFixed(0)} ms`);
    expect(trouble).toEqual([]);
    expectWhole(samples);
    expect(pids.includes(process.pid)).toBe(backend === 'pulse');
    await expectFree(server, pids);
    expect(microphone.state).toMatchObject({ backend, state: 'closed', refused: [] });
    await microphone.close();
  });

  it.each(EVERY_CASE || name === 'PulseAudio' ? recorders : recorders.slice(0, 1))(
    '%s ends when its parent is killed',
    async (backend) => {
      const program = fileURLToPath(new URL('../support/record-forever.ts', import.meta.url));
      const parent = await startProcess(process.execPath, [program, backend], { env: server.env });
      await waitFor('the first frame', () => parent.stdout().includes('recording'));
      const outputs = await waitFor('the recorder', async () => {
        const found = await server.sourceOutputs();
        return found.length > 0 && found;
      });
      process.kill(parent.pid, 'SIGKILL');
      await parent.exited;
      for (const { pid } of outputs) {
        await waitFor(
          `${backend} to end`,
          async () => !(await isAlive(pid ?? never('a recorder without a pid'))),
        );
      }
      expect(await server.sourceOutputs()).toEqual([]);
    },
  );

  it('opens the first of the chain by itself', BUSY, async () => {
    const { microphone } = open(server, 'auto');
    expectWhole((await recordClip(server, microphone)).samples);
    expect(microphone.state).toMatchObject({ backend: 'pulse', refused: [] });
    await microphone.close();
  });

  it('that is kept open begins with what was said before', async () => {
    const { microphone } = open(server, 'auto', true);
    try {
      await waitFor('the recorder', () => microphone.state.backend);
      await server.play(clip.path);
      const stop = new AbortController();
      const before: Float32Array[] = [];
      const begin = performance.now();
      for await (const { samples, at } of microphone.record(stop.signal)) {
        if (at < begin) before.push(samples);
        else stop.abort();
      }
      const heard = join(before);
      expect(heard.length).toBeGreaterThan(0);
      expect(heard.length).toBeLessThanOrEqual(8_000);
      expect(heard.some((sample) => Math.abs(sample) > 0.01)).toBe(true);
    } finally {
      await microphone.close();
    }
    await waitFor('the microphone to be free', async () => (await server.sourceOutputs()).length === 0);
  });
});
