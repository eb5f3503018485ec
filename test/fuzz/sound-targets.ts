import fc from 'fast-check';
import { ChannelMeter, mixed } from '../../src/microphone/sound-files/channels.ts';
import { soundFormat } from '../../src/microphone/sound-files/sound-format.ts';
import { encodeWav, parseWav, WavProblem } from '../../src/microphone/sound-files/wav.ts';
import { attempt, check, type Target, target } from './target.ts';

const u16 = fc.oneof(fc.constantFrom(0, 1, 2, 3, 6, 7, 8, 16, 24, 32, 64, 0xfffe, 0xffff), fc.nat(0xffff));
const u32 = fc.oneof(
  fc.constantFrom(
    0,
    1,
    16,
    8_000,
    16_000,
    48_000,
    0x7f00_0000,
    2_000_000_000,
    0x7fff_ffdc,
    0x8000_0000,
    0xffff_ffff,
  ),
  fc.nat(0xffff_ffff),
  fc.nat(400),
);
const id = fc.oneof(
  fc.constantFrom('fmt ', 'data', 'LIST', 'ds64', 'bext', 'fact', 'wavl'),
  fc.string({ minLength: 4, maxLength: 4, unit: 'binary-ascii' }),
);

const format = fc
  .tuple(u16, u16, u32, u32, u16, u16, fc.uint8Array({ maxLength: 26 }))
  .map(([code, channels, rate, bytes, frame, bits, more]) => {
    const chunk = Buffer.alloc(16);
    for (const [at, value] of [
      [0, code],
      [2, channels],
      [12, frame],
      [14, bits],
    ] as const)
      chunk.writeUInt16LE(value, at);
    chunk.writeUInt32LE(rate, 4);
    chunk.writeUInt32LE(bytes, 8);
    return Buffer.concat([chunk, more]);
  });
/** A chunk whose header may not tell the truth about its size. */
const chunk = fc
  .tuple(id, fc.oneof(format, fc.uint8Array({ maxLength: 200 })), fc.option(u32, { freq: 3 }))
  .map(([name, body, size]) => {
    const header = Buffer.alloc(8);
    header.write(name, 'latin1');
    header.writeUInt32LE(size ?? body.length, 4);
    return Buffer.concat([header, body]);
  });
const made = fc
  .tuple(fc.constantFrom('RIFF', 'RIFX', 'RF64', 'BW64'), u32, fc.array(chunk, { maxLength: 6 }))
  .map(([form, size, chunks]) => {
    const header = Buffer.alloc(12);
    header.write(form, 'latin1');
    header.writeUInt32LE(size, 4);
    header.write('WAVE', 8, 'latin1');
    return Buffer.concat([header, ...chunks]);
  });
/** A good file with bytes changed, and cut somewhere. */
const damaged = fc
  .tuple(fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }), fc.nat(244))
  .map(([changes, length]) => {
    const bytes = encodeWav(new Float32Array(100).fill(0.5));
    for (const [at, value] of changes) bytes[at] = value;
    return bytes.subarray(0, length);
  });

const wav = target('WAV files', 4, fc.tuple(fc.oneof(made, damaged), fc.boolean()), ([bytes, partial]) => {
  soundFormat(bytes);
  const sound = attempt(() => parseWav(bytes, { partial }), WavProblem);
  if (sound === null) return;
  check(sound.samples.length <= bytes.length, 'no more samples than bytes');
  check(
    sound.samples.every((sample) => sample >= -1 && sample <= 1),
    'samples are in [-1, 1]',
  );
  check(partial || sound.missing === 0, 'a cut file is used only when that is asked for');
});

const levels = fc.array(
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
  { minLength: 1, maxLength: 10 },
);
const channels = target('channels', 1, levels, (block) => {
  const samples = block.map((channel) => Float32Array.from(channel));
  const meter = new ChannelMeter(samples.length);
  meter.add(samples);
  const weights = meter.weights();
  check(weights.every(Number.isFinite), 'weights are numbers');
  check(
    Math.abs(weights.reduce((sum, weight) => sum + Math.abs(weight), 0) - 1) < 1e-4,
    'the parts make up one',
  );
  check(
    mixed(samples, weights).every((sample) => Math.abs(sample) <= 1.0001),
    'a mix does not clip',
  );
});

export const SOUND_TARGETS: readonly Target[] = [wav, channels];
