import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeS16, S16Decoder } from '../../src/microphone/s16.ts';

describe('s16 samples', () => {
  it('come out the same wherever the pipe cuts them', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 10 }), (chunks) => {
        const whole = Buffer.concat(chunks);
        const decoder = new S16Decoder();
        const samples = chunks.flatMap((chunk) => [...decoder.decode(chunk)]);
        const expected = Array.from(
          { length: whole.length >> 1 },
          (_, at) => whole.readInt16LE(2 * at) / 32_768,
        );
        expect(samples).toEqual(expected);
      }),
    );
  });

  it('have their full range', () => {
    const decoder = new S16Decoder();
    expect([...decoder.decode(Buffer.from([0x00, 0x80, 0xff, 0x7f, 0xff]))]).toEqual([-1, 32_767 / 32_768]);
    expect([...decoder.decode(Buffer.from([0xff]))]).toEqual([-1 / 32_768]);
  });

  it('are clipped and cleaned when written', () => {
    const bytes = encodeS16(Float32Array.of(0, 0.5, 1, 2, -1, -3, Number.NaN, Number.POSITIVE_INFINITY));
    const levels = Array.from({ length: 8 }, (_, at) => bytes.readInt16LE(2 * at));
    expect(levels).toEqual([0, 16_384, 32_767, 32_767, -32_768, -32_768, 0, 32_767]);
  });
});
