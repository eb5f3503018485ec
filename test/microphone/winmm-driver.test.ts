import { expect, it } from 'vitest';
import { RecorderFailure, type Recording } from '../../src/microphone/recorder.ts';
import type { CaptureReport } from '../../src/microphone/winmm/capture.ts';
import { WinmmDriver } from '../../src/microphone/winmm/driver.ts';
import type { CaptureMessage, CaptureOrder } from '../../src/microphone/winmm/worker.ts';

const PATIENT = { first: 60_000, next: 60_000 };
const READY: CaptureMessage = { type: 'ready', names: ['Headset', 'Array'], preferred: 1, denied: false };

/** The thread with the devices: the test says what it says. */
class FakeThread {
  readonly orders: CaptureOrder[] = [];
  terminated = 0;
  say: (message: CaptureMessage) => void = () => undefined;
  end: (reason: Error) => void = () => undefined;

  onMessage(listener: (message: CaptureMessage) => void): void {
    this.say = listener;
  }

  onEnd(listener: (reason: Error) => void): void {
    this.end = listener;
  }

  /** Stops as the real one does. */
  post(order: CaptureOrder): void {
    this.orders.push(order);
    if (order.type === 'stop') queueMicrotask(() => this.say({ type: 'ended', id: order.id }));
  }

  async terminate(): Promise<void> {
    this.terminated += 1;
  }

  report(id: number, report: CaptureReport): void {
    this.say({ type: 'report', id, report });
  }
}

function stand(): { driver: WinmmDriver; threads: FakeThread[] } {
  const threads: FakeThread[] = [];
  const driver = new WinmmDriver('default', () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  });
  return { driver, threads };
}

function newest(threads: FakeThread[]): FakeThread {
  const thread = threads.at(-1);
  if (thread === undefined) throw new Error('no thread was started');
  return thread;
}

/** The samples of a recording, and how it failed. */
async function read(recording: Recording): Promise<{ samples: number; failure: unknown }> {
  let samples = 0;
  try {
    for await (const frame of recording.frames()) samples += frame.samples.length;
    return { samples, failure: null };
  } catch (failure) {
    return { samples, failure };
  }
}

it('keeps one thread for all recordings, and knows the device before the first', async () => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  expect(driver.source).toEqual({ description: 'Array', trouble: null });
  for (const id of [1, 2]) {
    const recording = await driver.open(PATIENT);
    newest(threads).report(id, { type: 'sound', bytes: new Uint8Array(640) });
    await recording.end();
    expect(await read(recording)).toEqual({ samples: 320, failure: null });
  }
  expect(threads).toHaveLength(1);
  expect(newest(threads).orders.map(({ type, id }) => `${type} ${id}`)).toEqual([
    'start 1',
    'stop 1',
    'start 2',
    'stop 2',
  ]);
  await driver.close();
  expect(newest(threads).terminated).toBe(1);
});

it.each([
  [
    { why: 1, denied: true, device: 'default', names: ['Array'] },
    { code: 'microphone-silent', message: 'Windows does not let desktop apps use the microphone.' },
  ],
  [
    { why: 2, denied: false, device: 'default', names: [] },
    { code: 'microphone-failed', message: 'There is no microphone: Windows has no recording device.' },
  ],
  [
    { why: 'unknown-device', denied: false, device: 'USB', names: ['Headset', 'Array'] },
    { code: 'microphone-failed', hint: expect.stringContaining('"Headset" or "Array"') },
  ],
  [
    { why: 4, denied: false, device: 'default', names: ['Array'] },
    { code: 'microphone-silent', message: 'Another program uses the microphone exclusively.' },
  ],
  [{ why: 6, denied: false, device: 'default', names: ['Array'] }, { code: 'microphone-failed' }],
] as const)('explains the refusal %j', async (refused, report) => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  const recording = await driver.open(PATIENT);
  newest(threads).report(1, { type: 'refused', refused });
  const { failure } = await read(recording);
  expect(failure).toBeInstanceOf(RecorderFailure);
  expect(failure).toMatchObject({ kind: 'ended', report });
  await driver.close();
});

it('lets another recorder try where Windows only has a number', async () => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  const recording = await driver.open(PATIENT);
  const refused = { why: 11, denied: false, device: 'default', names: ['Array'] };
  newest(threads).report(1, { type: 'refused', refused });
  const { failure } = await read(recording);
  expect(failure).toMatchObject({ message: 'waveInOpen failed with MMRESULT 11', report: null });
  await driver.close();
});

it('names the privacy settings when only zeros come', async () => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  const recording = await driver.open(PATIENT);
  newest(threads).report(1, { type: 'sound', bytes: new Uint8Array(640) });
  newest(threads).report(1, { type: 'denied' });
  const { samples, failure } = await read(recording);
  expect(samples).toBe(320);
  expect(failure).toMatchObject({
    kind: 'silent',
    report: { hint: expect.stringContaining('desktop apps') },
  });
  expect(driver.source?.trouble?.code).toBe('microphone-silent');
  await driver.close();
});

it('is silent when no sound arrives', async () => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  const recording = await driver.open({ first: 10, next: 10 });
  const { failure } = await read(recording);
  expect(failure).toMatchObject({ kind: 'silent', message: 'no sound arrived' });
  await driver.close();
});

it('keeps what was said when its thread ends, and starts another for the next recording', async () => {
  const { driver, threads } = stand();
  newest(threads).say(READY);
  const recording = await driver.open(PATIENT);
  newest(threads).report(1, { type: 'sound', bytes: new Uint8Array(640) });
  newest(threads).end(new Error('it crashed'));
  const { samples, failure } = await read(recording);
  expect(samples).toBe(320);
  expect(failure).toMatchObject({ kind: 'ended', message: 'it crashed' });
  await recording.end();
  const next = driver.open(PATIENT);
  expect(threads).toHaveLength(2);
  newest(threads).say(READY);
  await (await next).end();
  await driver.close();
});

it('cannot be used while its thread does not start', async () => {
  const { driver, threads } = stand();
  newest(threads).end(new Error('no winmm.dll'));
  const asked = driver.unavailable();
  newest(threads).end(new Error('no winmm.dll'));
  expect(await asked).toBe('winmm does not load: no winmm.dll');
  await driver.close();
});
