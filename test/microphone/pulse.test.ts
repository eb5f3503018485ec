import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Microphone } from '../../src/microphone/microphone.ts';
import { type MicrophoneOptions, openMicrophone } from '../../src/microphone/open-microphone.ts';
import { type FakeCard, type FakeManners, FakePulse, type FakeSource } from '../support/fake-pulse.ts';
import { waitFor } from '../support/process.ts';

const MIC: FakeSource = { name: 'mic' };
const MONITOR: FakeSource = { name: 'speakers.monitor', monitor: true };

const opened: Microphone[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((microphone) => microphone.close()));
});

function openOn(fake: FakePulse, options: Partial<MicrophoneOptions> = {}): Microphone {
  const microphone = openMicrophone({
    device: 'default',
    backend: 'pulse',
    keepOpen: false,
    env: fake.env,
    logger: pino({ level: 'silent' }),
    onTrouble: () => undefined,
    ...options,
  });
  opened.push(microphone);
  return microphone;
}

function serve(sources: FakeSource[], manners: FakeManners = {}, defaultSource = 'mic'): Promise<FakePulse> {
  return FakePulse.start({ sources, defaultSource }, manners);
}

/** Records so many samples, then aborts. */
async function record(microphone: Microphone, wanted = 640): Promise<Float32Array> {
  const stop = new AbortController();
  const samples: number[] = [];
  for await (const frame of microphone.record(stop.signal)) {
    samples.push(...frame.samples);
    if (samples.length >= wanted) stop.abort();
  }
  return Float32Array.from(samples);
}

describe('a sound server that refuses', () => {
  it.each([
    { what: 'a wrong cookie', manners: { auth: { error: 1 } }, reason: /it denied access: the cookie/ },
    { what: 'an old protocol', manners: { auth: { protocol: 31 } }, reason: /protocol 31 is older than/ },
    {
      what: 'something else',
      manners: { garbage: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') },
      reason: /no sound server/,
    },
    {
      what: 'a packet cut short',
      manners: { garbage: Buffer.from('00000005ffffffff0000000000000000000000004c00000002', 'hex') },
      reason: /cannot be read/,
    },
    { what: 'no answer', manners: { mute: true }, reason: /timeout/ },
  ])('is named with its reason: $what', async ({ manners, reason }) => {
    await using fake = await serve([MIC], manners);
    const microphone = openOn(fake);
    await expect(record(microphone)).rejects.toMatchObject({
      code: 'microphone-failed',
      message: expect.stringMatching(reason),
    });
    expect(microphone.state).toMatchObject({ state: 'failed', source: null });
  });

  it('to make a stream fails at once with its reason', async () => {
    await using fake = await serve([MIC], { recordError: 26 });
    const begin = performance.now();
    await expect(record(openOn(fake))).rejects.toMatchObject({
      message: expect.stringContaining('the device is busy'),
    });
    expect(performance.now() - begin).toBeLessThan(500);
  });

  it('gives way to the recorders that are programs', async () => {
    await using fake = await serve([MIC], { auth: { error: 1 } });
    const microphone = openOn(fake, { backend: 'auto' });
    await expect(record(microphone)).rejects.toMatchObject({ code: 'microphone-missing' });
    expect(microphone.state.refused.map(({ backend }) => backend)).toEqual([
      'pulse',
      'parec',
      'pw-record',
      'arecord',
      'sox',
      'rec',
    ]);
  });
});

describe('recording from a sound server', () => {
  it('keeps the connection and not the stream', async () => {
    await using fake = await serve([MIC]);
    const microphone = openOn(fake);
    await waitFor('the connection', () => fake.connections === 1);
    expect(fake.streams).toBe(0);
    await record(microphone);
    await record(microphone);
    expect(fake.connections).toBe(1);
    expect(fake.streams).toBe(0);
    expect(fake.recorded).toEqual([null, null]);
    expect(microphone.state).toMatchObject({
      backend: 'pulse',
      source: 'The mic',
      trouble: null,
      refused: [],
    });
    await microphone.close();
    await waitFor('the end of the connection', () => fake.connections === 0);
  });

  it('loses no sound that comes in one piece with the answer that makes the stream', async () => {
    const first = Buffer.alloc(640, Buffer.from([0x00, 0x40]));
    await using fake = await serve([MIC], { firstSound: first });
    const samples = await record(openOn(fake), 640);
    expect(samples.slice(0, 320).every((sample) => sample === 0.5)).toBe(true);
  });

  it('shows the cookie of the user', async () => {
    await using fake = await serve([MIC]);
    const { mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(`${fake.env.HOME}/.config/pulse`, { recursive: true });
    await writeFile(`${fake.env.HOME}/.config/pulse/cookie`, Buffer.alloc(256, 7));
    await record(openOn(fake));
    expect(fake.cookies[0]).toEqual(Buffer.alloc(256, 7));
  });

  it('takes the source that is named, by name, number, description or PULSE_SOURCE', async () => {
    await using fake = await serve([MONITOR, MIC, { name: 'other' }]);
    for (const device of ['other', '2', 'The other', 'speakers.monitor'])
      await record(openOn(fake, { device }));
    await record(openOn(fake, { env: { ...fake.env, PULSE_SOURCE: 'other' } }));
    expect(fake.recorded).toEqual(['other', 'other', 'other', 'speakers.monitor', 'other']);
    await expect(record(openOn(fake, { device: 'gone' }))).rejects.toMatchObject({
      message: expect.stringContaining('no source "gone"'),
    });
  });

  it('takes a microphone instead of the monitor that is the default', async () => {
    await using fake = await serve([MONITOR, MIC], {}, 'speakers.monitor');
    await record(openOn(fake));
    expect(fake.recorded).toEqual(['mic']);
  });

  it('takes no monitor for a microphone, not even through another recorder', async () => {
    await using fake = await serve([MONITOR], {}, 'speakers.monitor');
    const microphone = openOn(fake, { backend: 'auto' });
    await expect(record(microphone)).rejects.toMatchObject({
      code: 'microphone-failed',
      message:
        'There is no microphone: the sound server has only "The speakers.monitor", which hears a loudspeaker.',
    });
    expect(fake.recorded).toEqual([]);
    expect(microphone.state.trouble).toMatchObject({
      message: expect.stringContaining('hears a loudspeaker'),
    });
  });
});

describe('a microphone that gives nothing', () => {
  it.each([
    { source: { ...MIC, muted: true }, words: 'The microphone "The mic" is muted.' },
    { source: { ...MIC, volume: 0 }, words: 'The volume of the microphone "The mic" is zero.' },
    {
      source: { ...MIC, port: { description: 'Jack', available: 1 as const } },
      words: 'Nothing is plugged into "Jack" of "The mic".',
    },
  ])('is explained: $words', async ({ source, words }) => {
    await using fake = await serve([source]);
    const microphone = openOn(fake);
    await record(microphone);
    expect(microphone.state.trouble).toMatchObject({ code: 'microphone-silent', message: words });
  });

  it('is explained when it is suspended, and no other recorder is tried', async () => {
    await using fake = await serve([MIC], { suspended: true });
    const microphone = openOn(fake, { backend: 'auto' });
    await expect(record(microphone)).rejects.toMatchObject({
      code: 'microphone-silent',
      message: 'The microphone "The mic" is suspended and gives no sound.',
      hint: expect.stringContaining('pactl suspend-source mic 0'),
    });
    expect(microphone.state.refused.map(({ backend }) => backend)).toEqual(['pulse']);
    expect(fake.streams).toBe(0);
  });

  it('is explained anew when it changes', async () => {
    await using fake = await serve([{ ...MIC }]);
    const microphone = openOn(fake);
    await record(microphone);
    expect(microphone.state.trouble).toBeNull();
    Object.assign(fake.world.sources[0] ?? {}, { muted: true });
    fake.changed();
    await waitFor('the words', () => microphone.state.trouble?.message.includes('muted'));
  });
});

describe('a Bluetooth headset that plays music', () => {
  const headset = (): FakeCard => ({
    name: 'bluez_card.00_11_22',
    description: 'WH-1000',
    active: 'a2dp-sink',
    profiles: [
      { name: 'a2dp-sink', description: 'Music', sources: 0, priority: 40, available: true },
      { name: 'headset-head-unit-cvsd', description: 'Headset', sources: 1, priority: 10, available: true },
      { name: 'headset-head-unit', description: 'Headset', sources: 1, priority: 20, available: true },
      { name: 'handsfree', description: 'Headset', sources: 1, priority: 30, available: false },
    ],
    sources: { 'headset-head-unit': [{ name: 'bluez_input.00_11_22', card: 0 }] },
  });
  const world = (sources: FakeSource[]) => ({
    sources,
    defaultSource: 'mic',
    cards: [headset()],
    sinkCard: 0,
  });

  it('is only spoken of, unless the settings say more', async () => {
    await using fake = await FakePulse.start(world([MIC]));
    const microphone = openOn(fake);
    await record(microphone);
    expect(fake.profiles).toEqual([]);
    expect(fake.recorded).toEqual([null]);
    expect(microphone.state.trouble).toMatchObject({
      message: 'The headset "WH-1000" is in its music profile, which has no microphone.',
      hint: expect.stringContaining('headset_profile = "switch"'),
    });
    const content = openOn(fake, { headset: 'keep' });
    await record(content);
    expect(content.state.trouble).toBeNull();
  });

  it('is switched while it is recorded, and gets its music back', async () => {
    await using fake = await FakePulse.start(world([MIC]));
    const microphone = openOn(fake, { headset: 'switch' });
    await record(microphone, 16_000);
    expect(fake.profiles).toEqual(['headset-head-unit', 'a2dp-sink']);
    // What is said until the headset is ready is heard by the microphone that is there.
    expect(fake.recorded).toEqual([null, 'bluez_input.00_11_22']);
    expect(fake.streams).toBe(0);
  });

  it('is waited for where there is no other microphone', async () => {
    await using fake = await FakePulse.start({ ...world([MONITOR]), defaultSource: 'speakers.monitor' });
    await record(openOn(fake, { headset: 'switch' }), 640);
    expect(fake.recorded).toEqual(['bluez_input.00_11_22']);
    expect(fake.profiles).toEqual(['headset-head-unit', 'a2dp-sink']);
  });

  it('stays as it is when it is not the one that is meant', async () => {
    await using fake = await FakePulse.start({ ...world([MIC]), sinkCard: 9 });
    const microphone = openOn(fake, { headset: 'switch' });
    await record(microphone);
    expect(fake.profiles).toEqual([]);
    expect(microphone.state.trouble).toBeNull();
  });
});

describe('a stream that is lost', () => {
  it('goes on with the source that is the default now, and keeps what was said', async () => {
    await using fake = await serve([MIC, { name: 'other' }]);
    const microphone = openOn(fake);
    const stop = new AbortController();
    let samples = 0;
    const recording = (async () => {
      for await (const frame of microphone.record(stop.signal)) samples += frame.samples.length;
    })();
    await waitFor('sound', () => samples > 1_600);
    fake.world.defaultSource = 'other';
    fake.changed();
    await waitFor('the other source', () => fake.recorded.length === 2 && fake.streams === 1);
    const then = samples;
    await waitFor('more sound', () => samples > then + 1_600);
    stop.abort();
    await recording;
    await delay(20);
    expect(fake.recorded).toEqual([null, 'other']);
    expect(fake.streams).toBe(0);
  });
});
