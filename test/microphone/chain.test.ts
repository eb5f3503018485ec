import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorCode, VoiceError } from '../../src/errors.ts';
import type { Microphone } from '../../src/microphone/microphone.ts';
import { type MicrophoneOptions, openMicrophone } from '../../src/microphone/open-microphone.ts';
import { type FakePrograms, fakePrograms, fakeRecorder } from '../support/fake-programs.ts';
import { isAlive, waitFor } from '../support/process.ts';

const logger = pino({ level: 'silent' });

const opened: Microphone[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((microphone) => microphone.close()));
});

/** A microphone on fake programs, and the trouble that it tells. */
function openOn(fakes: FakePrograms, options: Partial<MicrophoneOptions> = {}) {
  const trouble: VoiceError[] = [];
  const microphone = openMicrophone({
    device: 'default',
    backend: 'auto',
    keepOpen: false,
    env: fakes.env,
    logger,
    onTrouble: (error) => trouble.push(error),
    ...options,
  });
  opened.push(microphone);
  return { microphone, trouble };
}

/** Records so many samples, then aborts. */
async function recordSamples(microphone: Microphone, wanted: number): Promise<Float32Array[]> {
  const stop = new AbortController();
  const frames: Float32Array[] = [];
  let samples = 0;
  for await (const frame of microphone.record(stop.signal)) {
    frames.push(frame.samples);
    samples += frame.samples.length;
    if (samples >= wanted) stop.abort();
  }
  return frames;
}

function refusedBy(microphone: Microphone): string[] {
  return microphone.state.refused.map(({ backend }) => backend);
}

function failure(code: ErrorCode, message: RegExp) {
  return {
    name: 'VoiceError',
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/\w/),
  };
}

describe('the chain of recorders', () => {
  it('uses the first that is installed and works, and says why others were passed over', async () => {
    await using fakes = await fakePrograms({ 'pw-record': fakeRecorder.exits, arecord: fakeRecorder.works });
    const { microphone, trouble } = openOn(fakes);
    expect(microphone.state).toEqual({
      backend: null,
      device: 'default',
      state: 'closed',
      source: null,
      trouble: null,
      refused: [],
    });
    const frames = await recordSamples(microphone, 1_600);
    expect(frames.every((samples) => samples.every((sample) => sample === 0.5))).toBe(true);
    expect(microphone.state).toEqual({
      backend: 'arecord',
      device: 'default',
      state: 'closed',
      source: null,
      trouble: null,
      refused: [
        { backend: 'pulse', reason: expect.stringMatching(/^no sound server answers: .*ENOENT/) },
        { backend: 'parec', reason: 'it is not installed' },
        { backend: 'pw-record', reason: 'Connection refused' },
      ],
    });
    expect(trouble).toEqual([]);
  });

  it('tries the one that had to stand in first the next time, and forgets it when the first works again', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.exits, sox: fakeRecorder.works });
    const { microphone } = openOn(fakes);
    await recordSamples(microphone, 320);
    await recordSamples(microphone, 320);
    expect(microphone.state.backend).toBe('sox');
    expect(refusedBy(microphone)).not.toContain('parec');
    await fakes.set('sox', fakeRecorder.exits);
    await fakes.set('parec', fakeRecorder.works);
    await recordSamples(microphone, 320);
    await fakes.set('sox', fakeRecorder.works);
    await recordSamples(microphone, 320);
    expect(microphone.state.backend).toBe('parec');
    expect(refusedBy(microphone)).not.toContain('sox');
  });

  it('leaves a recorder that hangs, and tells the person', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.hangs, arecord: fakeRecorder.works });
    const { microphone, trouble } = openOn(fakes);
    await recordSamples(microphone, 320);
    expect(microphone.state.backend).toBe('arecord');
    expect(trouble).toMatchObject([failure('microphone-silent', /parec delivers no sound/)]);
  });

  it('goes on with the next when one dies or stalls in the middle, and loses nothing that had arrived', async () => {
    for (const script of [fakeRecorder.dies, fakeRecorder.stalls]) {
      await using fakes = await fakePrograms({ parec: script, 'pw-record': fakeRecorder.works });
      const { microphone, trouble } = openOn(fakes);
      const frames = await recordSamples(microphone, 6_400);
      expect(frames.reduce((sum, samples) => sum + samples.length, 0)).toBeGreaterThanOrEqual(6_400);
      expect(microphone.state.backend).toBe('pw-record');
      expect(trouble).toHaveLength(1);
    }
  });

  it('tries one that died in the middle once more, when nothing else works', async () => {
    const once = `if [ -e "$HERE/died" ]; then ${fakeRecorder.works}; else : > "$HERE/died"; ${fakeRecorder.dies}; fi`;
    await using fakes = await fakePrograms({ parec: once, arecord: fakeRecorder.exits });
    const { microphone, trouble } = openOn(fakes);
    await recordSamples(microphone, 6_400);
    expect(microphone.state.backend).toBe('parec');
    expect(trouble).toMatchObject([
      failure('microphone-failed', /parec failed while recording \(stream is gone\)/),
    ]);
  });

  it('fails with the first reason when none works, keeps all of them, and works again when one does', async () => {
    await using fakes = await fakePrograms({
      parec: fakeRecorder.exits,
      arecord: fakeRecorder.exitsSilently,
    });
    const { microphone } = openOn(fakes);
    await expect(recordSamples(microphone, 320)).rejects.toMatchObject(
      failure('microphone-failed', /parec: Connection refused; another recorder fails too/),
    );
    expect(microphone.state).toMatchObject({
      state: 'failed',
      refused: expect.arrayContaining([
        { backend: 'parec', reason: expect.stringContaining('Connection refused') },
        { backend: 'arecord', reason: expect.stringContaining('it ended with status 0') },
      ]),
    });
    await fakes.set('parec', fakeRecorder.works);
    await recordSamples(microphone, 320);
    expect(microphone.state.state).toBe('closed');
  });

  it('says that the microphone is silent when the last recorder hangs', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.hangs });
    const { microphone, trouble } = openOn(fakes, { device: 'bluez.headset' });
    await expect(recordSamples(microphone, 320)).rejects.toMatchObject(
      failure('microphone-silent', /no sound/),
    );
    expect(trouble.length).toBeLessThanOrEqual(1);
  });

  it('names the package when nothing is installed, or not the one that is demanded', async () => {
    await using fakes = await fakePrograms({ arecord: fakeRecorder.works });
    const { microphone } = openOn(fakes, { backend: 'parec' });
    await expect(recordSamples(microphone, 320)).rejects.toMatchObject({
      ...failure('microphone-missing', /parec is not installed/),
      hint: expect.stringContaining('pulseaudio-utils'),
    });
    await using none = await fakePrograms({});
    await expect(recordSamples(openOn(none).microphone, 320)).rejects.toMatchObject(
      failure('microphone-missing', /No program that records/),
    );
  });

  it('passes the device as one argument, whatever is in it', async () => {
    await using fakes = await fakePrograms({
      parec: `for a in "$@"; do echo "$a"; done > "$HERE/arguments"; ${fakeRecorder.works}`,
    });
    const device = 'a b; touch /tmp/x $(id)';
    await recordSamples(openOn(fakes, { device }).microphone, 320);
    const { readFile } = await import('node:fs/promises');
    const lines = (await readFile(`${fakes.folder}/arguments`, 'utf8')).split('\n');
    expect(lines).toContain(`--device=${device}`);
    expect(lines).toContain('--rate=16000');
  });
});

describe('the end of a recording', () => {
  it('leaves no process behind, not even one that ignores SIGTERM', async () => {
    for (const script of [fakeRecorder.works, fakeRecorder.stubborn, fakeRecorder.hangs]) {
      await using fakes = await fakePrograms({ parec: `echo $$ > "$HERE/pid"; ${script}` });
      const { microphone } = openOn(fakes);
      const stop = new AbortController();
      const recording = Array.fromAsync(microphone.record(stop.signal));
      const pid = await recorderPid(fakes);
      expect(microphone.state.state).toBe('open');
      stop.abort();
      await recording;
      expect(await isAlive(pid)).toBe(false);
      expect(microphone.state.state).toBe('closed');
    }
  });

  it('comes when the consumer leaves, or the microphone is closed', async () => {
    await using fakes = await fakePrograms({ parec: `echo $$ > "$HERE/pid"; ${fakeRecorder.works}` });
    const { microphone } = openOn(fakes);
    for await (const frame of microphone.record(new AbortController().signal)) {
      expect(frame.samples.length).toBeGreaterThan(0);
      break;
    }
    expect(await isAlive(await recorderPid(fakes))).toBe(false);

    const abandoned = microphone.record(new AbortController().signal)[Symbol.asyncIterator]();
    await abandoned.next();
    await microphone.close();
    expect(await isAlive(await recorderPid(fakes))).toBe(false);
    expect(microphone.state.state).toBe('closed');
  });

  it('starts nothing when it is aborted before it begins', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.works });
    const { microphone } = openOn(fakes);
    expect(await Array.fromAsync(microphone.record(AbortSignal.abort()))).toEqual([]);
    expect(microphone.state.backend).toBeNull();
  });
});

async function recorderPid(fakes: FakePrograms): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const read = () => readFile(`${fakes.folder}/pid`, 'utf8').then(Number, () => 0);
  return waitFor('the recorder', read);
}

describe('a microphone that is kept open', () => {
  it('begins with the half second before, at once', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.works });
    const { microphone } = openOn(fakes, { keepOpen: true });
    try {
      await waitFor('the recorder', () => microphone.state.backend);
      await delay(700);
      expect(microphone.state.state).toBe('open');
      const stop = new AbortController();
      const begin = performance.now();
      const frames = microphone.record(stop.signal)[Symbol.asyncIterator]();
      let before = 0;
      let after = 0;
      while (after < 1_600) {
        const frame = await frames.next();
        if (frame.done) throw new Error('the recording ended');
        if (frame.value.at < begin) before += frame.value.samples.length;
        else after += frame.value.samples.length;
      }
      stop.abort();
      expect((await frames.next()).done).toBe(true);
      expect(before).toBeGreaterThan(1_600);
      expect(before).toBeLessThanOrEqual(8_000);
      expect(microphone.state.state).toBe('open');
    } finally {
      await microphone.close();
    }
  });

  it('comes back when the recorder dies while nobody records', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.dies });
    const { microphone } = openOn(fakes, { keepOpen: true, backend: 'parec' });
    try {
      await waitFor('the failure', () => microphone.state.state === 'failed');
      await fakes.set('parec', fakeRecorder.works);
      await recordSamples(microphone, 1_600);
      expect(microphone.state.state).toBe('open');
    } finally {
      await microphone.close();
    }
    expect(microphone.state.state).toBe('closed');
  });

  it('fails a recording at once when the microphone cannot be opened', async () => {
    await using fakes = await fakePrograms({ parec: fakeRecorder.exits });
    const { microphone } = openOn(fakes, { keepOpen: true });
    try {
      await expect(recordSamples(microphone, 320)).rejects.toMatchObject(
        failure('microphone-failed', /refused/),
      );
      expect(microphone.state.state).toBe('failed');
    } finally {
      await microphone.close();
    }
  });
});
