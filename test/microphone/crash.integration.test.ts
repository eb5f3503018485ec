import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { VoiceError } from '../../src/errors.ts';
import type { Microphone, RecorderName } from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { type AudioServer, startPulseAudio } from '../support/audio.ts';
import { waitFor } from '../support/process.ts';

let server: AudioServer;
let trouble: VoiceError[];
let opened: Microphone[];
beforeEach(async () => {
  server = await startPulseAudio();
  trouble = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((microphone) => microphone.close()));
  await server.stop();
});

function open(backend: RecorderName | 'auto', keepOpen = false): Microphone {
  const microphone = openMicrophone({
    device: 'default',
    backend,
    keepOpen,
    env: server.env,
    logger: pino({ level: 'silent' }),
    onTrouble: (error) => trouble.push(error),
  });
  opened.push(microphone);
  return microphone;
}

/** A recording that goes on until `stop`, and how many samples came. */
function begin(microphone: Microphone) {
  const stop = new AbortController();
  const counter = { samples: 0 };
  const ended = (async () => {
    for await (const { samples } of microphone.record(stop.signal)) counter.samples += samples.length;
  })();
  // Whoever awaits it sees the failure.
  ended.catch(() => undefined);
  return { stop, counter, ended };
}

function failedFirst(backend: string) {
  return {
    name: 'VoiceError',
    code: expect.stringMatching(/^microphone-(failed|silent)$/),
    message: expect.stringContaining(backend),
    hint: expect.stringContaining('sound'),
  };
}

it('PulseAudio crashes while it records: the person is told, it fails clearly, and the next one works', async () => {
  const microphone = open('auto');
  const recording = begin(microphone);
  await waitFor('sound', () => recording.counter.samples > 3_200);
  await server.kill();
  await expect(recording.ended).rejects.toMatchObject(failedFirst('pulse'));
  expect(trouble[0]).toMatchObject({ code: 'microphone-failed', message: expect.stringContaining('pulse') });
  expect(microphone.state.state).toBe('failed');
  expect(microphone.state.refused.map(({ backend }) => backend)).toContain('arecord');

  await expect(begin(microphone).ended).rejects.toMatchObject(failedFirst('parec'));

  await server.restart();
  const next = begin(microphone);
  await waitFor('sound again', () => next.counter.samples > 3_200);
  next.stop.abort();
  await next.ended;
  expect(microphone.state).toMatchObject({ backend: 'pulse', state: 'closed', refused: [] });
});

it.each(['pulse', 'parec', 'arecord', 'sox', 'rec'] as const)(
  '%s notices that PulseAudio crashed',
  async (backend) => {
    const recording = begin(open(backend));
    await waitFor('sound', () => recording.counter.samples > 3_200);
    await server.kill();
    await expect(recording.ended).rejects.toMatchObject({
      name: 'VoiceError',
      message: expect.stringContaining(backend),
    });
  },
);

it.each(['pulse', 'parec'] as const)(
  'PulseAudio hangs while %s records: the person is told',
  async (backend) => {
    const microphone = open(backend);
    const recording = begin(microphone);
    await waitFor('sound', () => recording.counter.samples > 3_200);
    process.kill(server.pid, 'SIGSTOP');
    try {
      await expect(recording.ended).rejects.toMatchObject({ code: 'microphone-silent' });
      expect(trouble).toMatchObject([{ code: 'microphone-silent' }]);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  },
);

it.each(['auto', 'pulse', 'parec'] as const)(
  'a crash and a quick restart cost a gap, not the recording: %s',
  async (backend) => {
    const microphone = open(backend);
    const recording = begin(microphone);
    await waitFor('sound', () => recording.counter.samples > 3_200);
    await server.kill();
    const before = recording.counter.samples;
    await server.restart();
    await waitFor('sound again', () => recording.counter.samples > before + 3_200);
    recording.stop.abort();
    await recording.ended;
    expect(trouble).toMatchObject([{ code: 'microphone-failed' }]);
  },
);

it('a microphone that is kept open comes back after a crash', async () => {
  const microphone = open('auto', true);
  try {
    await waitFor('the recorder', () => microphone.state.backend);
    await server.kill();
    await waitFor('the failure', () => microphone.state.state === 'failed');
    await server.restart();
    await waitFor('the microphone', () => microphone.state.state === 'open');
    const recording = begin(microphone);
    await waitFor('sound', () => recording.counter.samples > 3_200);
    recording.stop.abort();
    await recording.ended;
  } finally {
    await microphone.close();
  }
  expect(await server.sourceOutputs()).toEqual([]);
});
