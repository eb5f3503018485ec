import koffi from 'koffi';
import pino from 'pino';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { AudioQueueRecorder } from '../../src/microphone/audio-queue/recorder.ts';
import { RecorderChain } from '../../src/microphone/chain.ts';
import { KeptOpen } from '../../src/microphone/kept-open.ts';
import { buildLibrary } from '../macos/fake-library.ts';
import { waitFor } from '../support/process.ts';

const PATIENCE = { first: 1_000, next: 1_000 };
const logger = pino({ level: 'silent' });

/** What the fake macOS is like; `level`: 1 for zeros, 0 for no sound at all. */
interface World {
  permission: number;
  chosen: number;
  plugged: number;
  level: number;
  startStatus: number;
}
const USUAL: World = { permission: 3, chosen: 1, plugged: 3, level: 8_000, startStatus: 0 };

let library: string;
let setWorld: (world?: Partial<World>) => void;
let live: () => number;
let deviceInUse: () => string;

beforeAll(async () => {
  const built = await buildLibrary('sound');
  library = built.path;
  const fake = koffi.load(library);
  const world = fake.func('fake_world', 'void', ['int', 'int', 'int', 'int', 'int']);
  setWorld = (changes = {}) => {
    const { permission, chosen, plugged, level, startStatus } = { ...USUAL, ...changes };
    world(permission, chosen, plugged, level, startStatus);
  };
  live = fake.func('fake_live', 'int', []);
  deviceInUse = fake.func('fake_device', 'str', []);
  return built.remove;
});

function recorder(device = 'default'): AudioQueueRecorder {
  const made = new AudioQueueRecorder({ device, platform: 'darwin', library });
  onTestFinished(() => made.close());
  return made;
}

test('records 16 kHz mono in real time, and leaves nothing open', async () => {
  setWorld();
  const made = recorder();
  const started = performance.now();
  const recording = await made.open(PATIENCE);
  let samples = 0;
  let peak = 0;
  for await (const frame of recording.frames()) {
    samples += frame.samples.length;
    for (const sample of frame.samples) peak = Math.max(peak, Math.abs(sample));
    if (samples >= 16_000) break;
  }
  expect(performance.now() - started).toBeGreaterThan(950);
  expect(peak).toBeCloseTo(8_000 / 32_768);
  expect(made.source).toEqual({ description: 'MacBook Pro Microphone', trouble: null });
  await recording.end();
  await recording.end();
  expect(live()).toBe(0);
});

test('follows the microphone of the sound settings, and one that is named stays', async () => {
  setWorld();
  const made = recorder();
  const recording = await made.open(PATIENCE);
  const frames = recording.frames()[Symbol.asyncIterator]();
  await frames.next();
  expect(deviceInUse()).toBe('BuiltInMicrophone');
  setWorld({ chosen: 2 });
  await waitFor('the other microphone', () => deviceInUse() === 'AppleUSBAudio:1');
  await frames.next();
  expect(made.source?.description).toBe('USB µ-Mic');
  await recording.end();
  for (const name of ['USB µ-Mic', 'AppleUSBAudio:1']) {
    setWorld();
    const named = await recorder(name).open(PATIENCE);
    expect(deviceInUse()).toBe('AppleUSBAudio:1');
    await named.end();
  }
  expect(live()).toBe(0);
});

test('a microphone that is unplugged ends the recording in words', async () => {
  setWorld();
  const recording = await recorder('USB µ-Mic').open(PATIENCE);
  setWorld({ plugged: 1 });
  const reading = (async () => {
    for await (const frame of recording.frames()) expect(frame.samples.length).toBe(320);
  })();
  await expect(reading).rejects.toMatchObject({
    kind: 'ended',
    message: 'the microphone "USB µ-Mic" is gone',
  });
  await recording.end();
  expect(live()).toBe(0);
});

test.each([
  [
    { permission: 2 },
    'macOS does not let codex-voice use the microphone.',
    'Privacy & Security > Microphone',
  ],
  [{ permission: 1 }, 'macOS does not let codex-voice use the microphone.', 'Screen Time'],
  [{ plugged: 0, chosen: 0 }, 'This Mac has no microphone.', 'System Settings > Sound > Input'],
])('says what hinders it: %j', async (world, message, hint) => {
  setWorld(world);
  const made = recorder();
  const report = { message, hint: expect.stringContaining(hint) };
  await expect(made.open(PATIENCE)).rejects.toMatchObject({ report });
  expect(made.source?.trouble).toMatchObject(report);
  expect(live()).toBe(0);
});

test('a name that no microphone has is refused with those that there are', async () => {
  setWorld();
  await expect(recorder('Nothing').open(PATIENCE)).rejects.toMatchObject({
    report: {
      message: 'This Mac has no microphone "Nothing".',
      hint: expect.stringContaining('"MacBook Pro Microphone", "USB µ-Mic".'),
    },
  });
});

test('nothing but zeros is explained by the permission', async () => {
  setWorld({ permission: 0, level: 1 });
  const made = recorder();
  const recording = await made.open(PATIENCE);
  let samples = 0;
  for await (const frame of recording.frames()) {
    samples += frame.samples.length;
    if (samples >= 32_000) break;
  }
  expect(made.source?.trouble).toMatchObject({
    code: 'microphone-silent',
    hint: expect.stringContaining('System Settings > Privacy & Security > Microphone'),
  });
  await recording.end();
});

test('a device that does not start, and one that is silent, are failures', async () => {
  setWorld({ startStatus: -66681 });
  await expect(recorder().open(PATIENCE)).rejects.toMatchObject({
    kind: 'ended',
    message: 'AudioQueueStart failed with -66681',
  });
  expect(live()).toBe(0);
  setWorld({ level: 0 });
  const recording = await recorder().open({ first: 100, next: 100 });
  const reading = (async () => {
    for await (const frame of recording.frames()) expect(frame).toBe('nothing');
  })();
  await expect(reading).rejects.toMatchObject({ kind: 'silent' });
  await recording.end();
  expect(live()).toBe(0);
});

test('stays open for keep_open, with the sound from before the key', async () => {
  setWorld();
  const chain = new RecorderChain({
    recorders: [recorder()],
    device: 'default',
    logger,
    onTrouble: () => undefined,
  });
  const kept = new KeptOpen(chain, logger);
  await waitFor('a kept microphone', () => deviceInUse() !== '');
  await new Promise((resolve) => setTimeout(resolve, 400));
  const listening = new AbortController();
  const started = performance.now();
  let samples = 0;
  for await (const frame of kept.record(listening.signal)) {
    samples += frame.samples.length;
    if (performance.now() - started > 50) listening.abort();
  }
  expect(samples).toBeGreaterThan(4_000);
  await kept.close();
  await chain.close();
  expect(live()).toBe(0);
});

test('other systems do not have it', async () => {
  expect(await new AudioQueueRecorder({ device: 'default', platform: 'linux' }).unavailable()).toBe(
    'only macOS has it',
  );
});
