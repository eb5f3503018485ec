import { describe, expect, test } from 'vitest';
import { ChannelMeter, mixed, oneChannel } from '../../src/microphone/sound-files/channels.ts';
import { correlation } from '../support/correlation.ts';
import { clip } from '../support/speech.ts';

const speech = clip('lj-0002').samples;
const other = clip('lj-0004').samples;
const scaled = (samples: Float32Array, by: number) => samples.map((sample) => sample * by);
const like = (make: (index: number) => number) => Float32Array.from(speech, (_, index) => make(index));
const hum = like((index) => 0.3 * Math.sin((2 * Math.PI * 50 * index) / 16_000));
let seed = 1;
const noise = (level: number) =>
  like(() => {
    seed = (seed * 16_807) % 2_147_483_647;
    return level * (seed / 1_073_741_824 - 1);
  });
const silence = new Float32Array(speech.length);

function mix(...channels: Float32Array[]): Float32Array {
  return oneChannel({
    channels: channels.length,
    length: speech.length,
    sampleRate: 16_000,
    read: (channel, from, into) =>
      into.set((channels[channel] ?? silence).subarray(from, from + into.length)),
  });
}

const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

describe('speech is heard', () => {
  test.each([
    ['in one channel alone', [speech]],
    ['in two equal ones', [speech, speech]],
    ['in two with one phase turned', [speech, scaled(speech, -1)]],
    ['in two with one phase turned and another level', [scaled(speech, -0.7), speech]],
    ['in the first, the other silent', [speech, silence]],
    ['in the second, the other with a little noise', [noise(0.0005), speech]],
    ['in the second, the other with a loud hum', [hum, speech]],
    ['in the first, the other with a loud noise', [speech, noise(0.3)]],
    ['in one of six', [silence, silence, speech, silence, silence, silence]],
    [
      'in six with every second phase turned',
      [speech, scaled(speech, -1), speech, scaled(speech, -1), speech, speech],
    ],
  ])('%s', (_name, channels) => {
    const heard = mix(...channels);
    expect(Math.abs(correlation(speech, heard))).toBeGreaterThan(0.99);
    expect(rms(heard) / rms(speech)).toBeGreaterThan(0.8);
  });
});

test('two voices in two channels are both heard', () => {
  const length = Math.min(speech.length, other.length);
  const heard = mix(
    speech,
    Float32Array.from(speech, (_, index) => other[index] ?? 0),
  );
  expect(correlation(speech.subarray(0, length), heard.subarray(0, length))).toBeGreaterThan(0.5);
  expect(correlation(other.subarray(0, length), heard.subarray(0, length))).toBeGreaterThan(0.5);
});

test('silence stays silence, and a hum alone is not lost', () => {
  expect(rms(mix(silence, silence))).toBe(0);
  expect(rms(mix(hum, silence))).toBeCloseTo(rms(hum), 3);
});

test('a meter can be asked at any time, as a microphone does', () => {
  const meter = new ChannelMeter(2);
  expect([...meter.weights()]).toEqual([0.5, 0.5]);
  for (let at = 0; at < 32_000; at += 320) {
    const block = speech.subarray(at, at + 320);
    meter.add([block, scaled(block, -1)]);
  }
  expect(meter.weights().map(Math.abs)).toEqual(Float32Array.of(0.5, 0.5));
  const block = speech.subarray(8_000, 8_320);
  expect(rms(mixed([block, scaled(block, -1)], meter.weights()))).toBeCloseTo(rms(block), 6);
});
