import { describe, expect, it } from 'vitest';
import { resample } from '../../src/microphone/sound-files/resample.ts';

/** Half a second of a sine. */
function sine(pitch: number, rate: number): Float32Array {
  return Float32Array.from({ length: rate / 2 }, (_, index) =>
    Math.sin((2 * Math.PI * pitch * index) / rate),
  );
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** The middle, where no edge disturbs. */
function middle(samples: Float32Array): Float32Array {
  return samples.subarray(samples.length / 4, (samples.length * 3) / 4);
}

describe('resampling to 16 kHz', () => {
  it.each([8_000, 11_025, 22_050, 24_000, 44_100, 47_999, 48_000, 96_000])(
    'keeps a tone in level and place from %i Hz',
    async (rate) => {
      const output = await resample(sine(1_000, rate), rate, 16_000);
      const wanted = sine(1_000, 16_000);
      expect(Math.abs(output.length - wanted.length)).toBeLessThanOrEqual(2);
      const error = middle(wanted).map((sample, index) => sample - (output[index + wanted.length / 4] ?? 0));
      expect(rms(error)).toBeLessThan(0.002);
    },
  );

  it.each([44_100, 48_000, 96_000])('removes what 16 kHz cannot carry, from %i Hz', async (rate) => {
    expect(rms(middle(await resample(sine(9_000, rate), rate, 16_000)))).toBeLessThan(0.001);
  });

  it('adds nothing above the old limit', async () => {
    const output = await resample(sine(3_000, 8_000), 8_000, 16_000);
    expect(rms(middle(output))).toBeCloseTo(Math.SQRT1_2, 2);
  });

  it('leaves the right rate alone and takes nothing for nothing', async () => {
    const samples = sine(440, 16_000);
    expect(await resample(samples, 16_000, 16_000)).toBe(samples);
    expect(await resample(new Float32Array(0), 48_000, 16_000)).toHaveLength(0);
  });
});
