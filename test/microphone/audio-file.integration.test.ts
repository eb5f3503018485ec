import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudioFile } from '../../src/microphone/sound-files/audio-file.ts';
import { findProgram } from '../../src/processes/programs.ts';
import { correlation } from '../support/correlation.ts';
import { run, type TemporaryFolder, temporaryFolder } from '../support/process.ts';
import { speechSet } from '../support/speech.ts';

const { env } = process;
const clip = speechSet().find(({ id }) => id === 'lj-0002');
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await folder.remove();
});

function source() {
  if (!clip) throw new Error('the clip lj-0002 is missing');
  return clip;
}

/** Makes a file of the clip with ffmpeg. */
async function made(name: string, ...options: string[]): Promise<string> {
  const path = join(folder.path, name);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', source().path, ...options, path]);
  return path;
}

/** An environment in which only these programs are installed. */
async function only(...programs: string[]): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder.path, `bin-${programs.join('-')}`);
  await mkdir(bin);
  for (const program of programs) await symlink((await findProgram(program)) ?? '', join(bin, program));
  return { ...env, PATH: bin };
}

describe('a sound file', () => {
  it.each([
    ['44.wav', '-ar', '44100', '-ac', '2'],
    ['96.wav', '-ar', '96000', '-c:a', 'pcm_f32le'],
    ['surround.wav', '-ar', '48000', '-ac', '6', '-c:a', 'pcm_s24le'],
    ['alaw.wav', '-c:a', 'pcm_alaw'],
    ['speech.flac'],
    ['speech.mp3'],
    ['speech.ogg'],
  ])('is read: %s', async (name, ...options) => {
    const samples = await readAudioFile(await made(name, ...options), { env });
    expect(Math.abs(samples.length - source().samples.length)).toBeLessThan(1_600);
    expect(correlation(source().samples, samples)).toBeGreaterThan(0.98);
  });

  it('is read from what a program wrote into a pipe', async () => {
    const path = join(folder.path, 'piped.wav');
    for (const command of [
      `ffmpeg -nostdin -v error -i "$1" -f wav - > "$2"`,
      `sox "$1" -t raw - | sox -t raw -r 16000 -c 1 -b 16 -e signed - -t wav - > "$2"`,
    ]) {
      await run('sh', ['-c', command, 'sh', source().path, path]);
      expect(correlation(source().samples, await readAudioFile(path, { env }))).toBeGreaterThan(0.99);
    }
  });

  it('goes through sox where ffmpeg is missing', async () => {
    const samples = await readAudioFile(await made('by-sox.ogg'), { env: await only('sox') });
    expect(correlation(source().samples, samples)).toBeGreaterThan(0.98);
  });

  it.each([
    ['m4a', 'an MPEG-4 (m4a)'],
    ['webm', 'a WebM or Matroska'],
    ['opus', 'an Opus'],
    ['mp3', 'an MP3'],
    ['ogg', 'an Ogg'],
    ['flac', 'a FLAC'],
    ['aiff', 'an AIFF'],
  ])('is not blamed for a missing ffmpeg: %s', async (ending, name) => {
    const none = await made(`nobody.${ending}`);
    await expect(readAudioFile(none, { env: { ...env, PATH: '' } })).rejects.toMatchObject({
      code: 'audio-invalid',
      message: expect.stringContaining(`it is ${name} file, and ffmpeg, which reads those, is not installed`),
      hint: expect.stringMatching(/Run .* install ffmpeg/),
    });
  });

  it('is not blamed where sox is there and cannot read it', async () => {
    const missing = { hint: expect.stringMatching(/Run .* install ffmpeg/) };
    const options = { env: await only('sox', 'soxi') };
    await expect(readAudioFile(await made('sox.m4a'), options)).rejects.toMatchObject(missing);
  });

  it.each(['turned.wav', 'turned.m4a', 'turned.flac'])('is heard with one phase turned: %s', async (name) => {
    const turned = await made(name, '-af', 'pan=stereo|c0=c0|c1=-1*c0');
    expect(Math.abs(correlation(source().samples, await readAudioFile(turned, { env })))).toBeGreaterThan(
      0.95,
    );
  });

  it('is heard with one phase turned where sox reads it', async () => {
    const turned = await made('turned.ogg', '-af', 'pan=stereo|c0=c0|c1=-1*c0');
    const samples = await readAudioFile(turned, { env: await only('sox', 'ls') });
    expect(Math.abs(correlation(source().samples, samples))).toBeGreaterThan(0.95);
  });

  it('keeps its level on the way through a converter', async () => {
    const level = (samples: Float32Array) =>
      Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    const mono = await readAudioFile(await made('level.flac'), { env });
    const stereo = await readAudioFile(await made('level2.flac', '-af', 'pan=stereo|c0=c0|c1=c0'), { env });
    expect(level(mono) / level(source().samples)).toBeCloseTo(1, 1);
    expect(level(stereo) / level(source().samples)).toBeCloseTo(1, 1);
  });
});

describe('a bad file', () => {
  const bad = async (name: string, bytes: Buffer | string) => {
    const path = join(folder.path, name);
    await writeFile(path, bytes);
    return readAudioFile(path, { env }).then(
      () => 'read',
      (error) => `${error.code}: ${error.message}`,
    );
  };

  it('is refused, with the reason', async () => {
    const whole = await readFile(source().path);
    expect(await bad('cut.wav', whole.subarray(0, 20_000))).toMatch(/^audio-invalid: .*bytes are missing/);
    expect(await bad('header.wav', whole.subarray(0, 40))).toMatch(/^audio-invalid: .*cut off/);
    expect(await bad('empty.wav', '')).toMatch(/^audio-invalid: .*it is empty/);
    expect(await bad('silent.wav', soundless(whole))).toMatch(/^audio-invalid: .*holds no sound/);
    expect(await bad('garbage.wav', 'this is no sound at all\n'.repeat(50))).toMatch(
      /^audio-invalid: .*ffmpeg/,
    );
  });

  it('that is cut short is used when that is asked for', async () => {
    const path = join(folder.path, 'part.wav');
    await writeFile(path, (await readFile(source().path)).subarray(0, 20_000));
    const hint = expect.stringContaining('--partial');
    await expect(readAudioFile(path, { env })).rejects.toMatchObject({ hint });
    const samples = await readAudioFile(path, { env, partial: true });
    expect(correlation(source().samples.subarray(0, samples.length), samples)).toBeGreaterThan(0.99);
  });

  it('that is no file is refused at once', async () => {
    const pipe = join(folder.path, 'pipe');
    await run('mkfifo', [pipe]);
    for (const path of [folder.path, pipe, '/dev/zero', join(folder.path, 'missing.wav')]) {
      await expect(readAudioFile(path, { env })).rejects.toMatchObject({ code: 'audio-invalid' });
    }
  });
});

/** A finished header and no samples. */
function soundless(wav: Buffer): Buffer {
  const header = Buffer.from(wav.subarray(0, 44));
  header.writeUInt32LE(36, 4);
  header.writeUInt32LE(0, 40);
  return header;
}
