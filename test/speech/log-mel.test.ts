import { describe, expect, test } from 'vitest';
import { LogMel } from '../../src/speech/log-mel.ts';
import { PowerSpectrum } from '../../src/speech/power-spectrum.ts';
import { randomNumbers, silence } from '../support/noise.ts';
import { clip } from '../support/speech.ts';

describe('the power spectrum', () => {
  test.each([8, 20, 100, 400])('of %i samples is that of the definition', (length) => {
    const random = randomNumbers(length);
    const frame = Float64Array.from({ length }, () => 2 * random() - 1);
    const power = new Float64Array(length / 2 + 1);
    new PowerSpectrum(length).of(frame, power);
    for (const [k, value] of power.entries()) {
      let [re, im] = [0, 0];
      for (const [n, sample] of frame.entries()) {
        re += sample * Math.cos((2 * Math.PI * k * n) / length);
        im -= sample * Math.sin((2 * Math.PI * k * n) / length);
      }
      expect(value).toBeCloseTo(re * re + im * im, 8);
    }
  });

  test('other lengths are refused', () => {
    expect(() => new PowerSpectrum(14)).toThrow(RangeError);
  });
});

describe("Whisper's features", () => {
  /**
   * [band, frame, value] and the sum of all, made with NumPy 2.4.6 by the definition: reflect padding, rfft, Slaney's
   * filters as librosa makes them.
   */
  const CLIP = [
    [0, 0, -0.075366],
    [0, 520, -0.075366],
    [7, 600, 1.444185],
    [20, 650, -0.075366],
    [60, 750, 0.746574],
    [79, 799, -0.033935],
    [33, 640, 0.889043],
    [12, 555, 0.263052],
  ] as const;
  const CHIRP = [
    [0, 0, 0.933306],
    [0, 520, -0.36254],
    [20, 650, -0.36254],
    [79, 799, 0.566887],
  ] as const;
  const mel = new LogMel(128_000);
  const sum = (values: Float32Array): number => values.reduce((total, each) => total + each, 0);

  test('of a clip shorter than the window, which is filled in front', () => {
    const features = mel.of(clip('sb-spk1_snt5').samples);
    expect(features).toHaveLength(80 * 800);
    for (const [band, frame, value] of CLIP) expect(features[band * 800 + frame]).toBeCloseTo(value, 5);
    expect(sum(features)).toBeCloseTo(9_770.35, 1);
  });

  test('of the last 8 s of a longer sound', () => {
    const chirp = Float32Array.from({ length: 160_000 }, (_, index) => {
      const time = index / 16_000;
      return 0.3 * Math.sin(2 * Math.PI * (100 + 350 * time) * time);
    });
    const features = mel.of(chirp);
    for (const [band, frame, value] of CHIRP) expect(features[band * 800 + frame]).toBeCloseTo(value, 4);
    expect(sum(features) / -17_681.46).toBeCloseTo(1, 4);
  });

  test('of silence and of nothing are finite', () => {
    for (const sound of [silence(9), silence(0)]) {
      expect(mel.of(sound).every(Number.isFinite)).toBe(true);
    }
  });
});
