import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWav, parseWav, WavProblem } from '../../src/microphone/sound-files/wav.ts';

interface Header {
  code?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  extensible?: boolean;
  /** What the header claims, when that is not the truth. */
  riffSize?: number;
  dataSize?: number;
  /** Chunks between format and data, with their headers. */
  between?: Buffer;
  after?: Buffer;
}

/** A WAV file around the bytes of its data chunk. */
function wav(data: Buffer, header: Header = {}): Buffer {
  const { code = 1, channels = 1, rate = 16_000, bits = 16, extensible = false } = header;
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(code, 24);
  }
  const parts = [
    chunk('fmt ', format),
    header.between ?? Buffer.alloc(0),
    chunk('data', data, header.dataSize),
    header.after ?? Buffer.alloc(0),
  ];
  const body = Buffer.concat([Buffer.from('WAVE'), ...parts]);
  return chunk('RIFF', body, header.riffSize);
}

function chunk(id: string, body: Buffer, size = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, body]);
}

const S16 = Buffer.from(Int16Array.of(0, 16_384, -16_384, -32_768).buffer);

function damage(bytes: Buffer): string {
  try {
    parseWav(bytes);
  } catch (error) {
    if (error instanceof WavProblem) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'read';
}

describe('reading WAV', () => {
  it('takes every PCM width and both floats', () => {
    const s24 = Buffer.from([0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80]);
    const s32 = Buffer.from(Int32Array.of(0, 2 ** 30, -(2 ** 30), -(2 ** 31)).buffer);
    const f32 = Buffer.from(Float32Array.of(0, 0.5, -0.5, -1).buffer);
    const f64 = Buffer.from(Float64Array.of(0, 0.5, -0.5, -1).buffer);
    for (const file of [
      wav(S16),
      wav(Buffer.from([128, 192, 64, 0]), { bits: 8 }),
      wav(s24, { bits: 24 }),
      wav(s32, { bits: 32 }),
      wav(f32, { bits: 32, code: 3 }),
      wav(f64, { bits: 64, code: 3 }),
      wav(S16, { extensible: true }),
      wav(f32, { bits: 32, code: 3, extensible: true }),
    ]) {
      expect([...parseWav(file).samples]).toEqual([0, 0.5, -0.5, -1]);
    }
  });

  it('mixes channels down and drops half a frame', () => {
    const { samples, sampleRate } = parseWav(wav(S16, { channels: 2, rate: 48_000 }));
    expect([...samples]).toEqual([0.25, -0.75]);
    expect(sampleRate).toBe(48_000);
    expect(parseWav(wav(S16, { channels: 3 })).samples).toHaveLength(1);
  });

  it('cleans what is no sound', () => {
    const floats = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 7, -7);
    expect([...parseWav(wav(Buffer.from(floats.buffer), { bits: 32, code: 3 })).samples]).toEqual([
      0, 0, 1, -1,
    ]);
  });

  it('passes over other chunks, also odd ones with and without their padding, and junk at the end', () => {
    const padded = Buffer.concat([chunk('LIST', Buffer.from('odd')), Buffer.alloc(1)]);
    const bare = chunk('LIST', Buffer.from('odd'));
    for (const between of [padded, bare]) {
      expect(
        parseWav(wav(S16, { between, after: Buffer.from('junk that is no chunk') })).samples,
      ).toHaveLength(4);
    }
  });

  it('reads to the end of the file when the writer did not know the size', () => {
    for (const size of [0, 0xffff_ffff, 0x7fff_ffdc, 0x8000_0000, 0x7f00_0000, 2_000_000_000]) {
      expect(parseWav(wav(S16, { riffSize: 0xffff_ffff, dataSize: size })).samples).toHaveLength(4);
    }
    expect(
      parseWav(wav(Buffer.alloc(0), { after: chunk('LIST', Buffer.from('four')) })).samples,
    ).toHaveLength(0);
  });

  it('refuses a file that is cut short, wherever it is cut', () => {
    const file = wav(S16);
    for (let length = 12; length < file.length; length++) {
      const sound = length >= file.length - S16.length + 2;
      expect(damage(file.subarray(0, length))).toMatch(sound ? /^cut: / : /^damaged: /);
    }
    expect(damage(file.subarray(0, file.length - 3))).toBe(
      'cut: its last 3 bytes are missing; 0.0 s of sound are there',
    );
  });

  it('takes what is there of a file that is cut short, when that is asked for', () => {
    const file = wav(S16);
    const { samples, missing } = parseWav(file.subarray(0, file.length - 3), { partial: true });
    expect([...samples]).toEqual([0, 0.5]);
    expect(missing).toBe(3);
    expect(parseWav(file, { partial: true }).missing).toBe(0);
    expect(() => parseWav(file.subarray(0, 40), { partial: true })).toThrow(WavProblem);
  });

  it('reads big-endian files', () => {
    const swapped = Buffer.from(S16).swap16();
    const file = wav(swapped);
    file.write('RIFX', 0, 'latin1');
    for (const at of [4, 16, 24, 28, 40]) file.writeUInt32BE(file.readUInt32LE(at), at);
    for (const at of [20, 22, 32, 34]) file.writeUInt16BE(file.readUInt16LE(at), at);
    expect([...parseWav(file).samples]).toEqual([0, 0.5, -0.5, -1]);
  });

  it.each(['RF64', 'BW64'])('reads %s files, whose sizes are in a chunk of their own', (form) => {
    const sizes = Buffer.alloc(28);
    sizes.writeBigUInt64LE(BigInt(S16.length), 8);
    const header = wav(S16, {
      riffSize: 0xffff_ffff,
      dataSize: 0xffff_ffff,
      after: chunk('LIST', Buffer.from('more')),
    });
    const file = Buffer.concat([header.subarray(0, 12), chunk('ds64', sizes), header.subarray(12)]);
    file.write(form, 0, 'latin1');
    expect([...parseWav(file).samples]).toEqual([0, 0.5, -0.5, -1]);
    // A size that was never filled in: to the end.
    file.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 28);
    expect([...parseWav(file).samples].slice(0, 4)).toEqual([0, 0.5, -0.5, -1]);
  });

  it('joins several data chunks, also within a list', () => {
    const file = wav(S16, { after: Buffer.concat([chunk('LIST', Buffer.from('info')), chunk('data', S16)]) });
    expect([...parseWav(file).samples]).toEqual([0, 0.5, -0.5, -1, 0, 0.5, -0.5, -1]);
    const list = wav(Buffer.alloc(0));
    const inner = Buffer.concat([Buffer.from('wavl'), chunk('data', S16), chunk('data', S16)]);
    const listed = Buffer.concat([list.subarray(0, list.length - 8), chunk('LIST', inner)]);
    listed.writeUInt32LE(listed.length - 8, 4);
    expect(parseWav(listed).samples).toHaveLength(8);
  });

  it('knows where the next chunk begins, whatever the pad byte is', () => {
    for (const pad of [0, 1, 0x20, 0x41, 0xff]) {
      const between = Buffer.concat([chunk('bext', Buffer.from('odd')), Buffer.of(pad)]);
      expect([...parseWav(wav(S16, { between })).samples]).toEqual([0, 0.5, -0.5, -1]);
    }
  });

  it('takes formats that are shorter or longer than they need be, or wrong about the size of a frame', () => {
    const file = (format: Buffer) =>
      Buffer.concat([
        Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'),
        chunk('fmt ', format),
        chunk('data', S16),
      ]);
    const format = wav(S16).subarray(20, 36);
    const wrong = Buffer.from(format);
    wrong.writeUInt16LE(7, 12);
    for (const each of [format.subarray(0, 14), format, Buffer.concat([format, Buffer.alloc(4)]), wrong])
      expect([...parseWav(file(each)).samples]).toEqual([0, 0.5, -0.5, -1]);
    expect([...parseWav(file(Buffer.concat([format, Buffer.alloc(1), Buffer.of(9)]))).samples]).toHaveLength(
      4,
    );
  });

  it('reads A-law and mu-law', () => {
    // ITU-T G.711, tables 1 and 2: the ends and the middle of the scale.
    const aLaw = [...parseWav(wav(Buffer.of(0xd5, 0x55, 0xaa, 0x2a), { code: 6, bits: 8 })).samples];
    expect(aLaw.map((sample) => sample * 32_768)).toEqual([8, -8, 32_256, -32_256]);
    const muLaw = [...parseWav(wav(Buffer.of(0xff, 0x7f, 0x80, 0x00), { code: 7, bits: 8 })).samples];
    expect(muLaw.map((sample) => sample * 32_768)).toEqual([0, -0, 32_124, -32_124]);
  });

  it('refuses headers that make no sense', () => {
    expect(damage(wav(S16, { channels: 0 }))).toMatch(/^damaged: its header says 0 channels/);
    expect(damage(wav(S16, { rate: 3 }))).toMatch(/^damaged: .*3 Hz/);
    expect(damage(wav(S16, { bits: 40 }))).toMatch(/^damaged: /);
    expect(damage(wav(S16, { bits: 16, code: 3 }))).toMatch(/^damaged: /);
    expect(damage(wav(S16, { channels: 3_000 }))).toMatch(/^damaged: /);
  });

  it('leaves other formats and codings to a converter', () => {
    expect(damage(Buffer.from('ID3\u0004 an mp3 file of some length'))).toBe('foreign: it is not a WAV file');
    expect(damage(Buffer.alloc(0))).toBe('foreign: it is not a WAV file');
    expect(damage(wav(S16, { code: 0x11, bits: 4 }))).toBe('foreign: its coding (17) is not PCM');
    expect(damage(wav(S16, { code: 2, extensible: true }))).toBe('foreign: its coding (2) is not PCM');
  });

  it('either reads or says why, whatever the bytes are', () => {
    const prefix = wav(S16).subarray(0, 20);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, looksRight) => {
        expect(damage(looksRight ? Buffer.concat([prefix, bytes]) : Buffer.from(bytes))).toMatch(
          /^(damaged|foreign|read)/,
        );
      }),
    );
  });
});

describe('writing WAV', () => {
  it('keeps the samples', () => {
    const { samples, sampleRate } = parseWav(encodeWav(Float32Array.of(0, 0.5, -0.5, -1)));
    expect([...samples]).toEqual([0, 0.5, -0.5, -1]);
    expect(sampleRate).toBe(16_000);
  });

  it('can say another rate', () => {
    expect(parseWav(encodeWav(new Float32Array(8), 48_000)).sampleRate).toBe(48_000);
  });
});
