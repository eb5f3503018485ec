import { describe, expect, it } from 'vitest';
import { SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import { SpeechChannel } from '../../src/microphone/pulse/speech-channel.ts';
import { randomNumbers } from '../support/noise.ts';
import { clip } from '../support/speech.ts';

const FRAME = SAMPLE_RATE / 50;
const SPEECH = clip('lj-0002').samples;

/** Hands a sound to the chooser as a recorder would, 20 ms at a time. */
function pickAll(channels: Float32Array[], chooser = new SpeechChannel(channels.length)): Float32Array {
  const length = Math.min(...channels.map((channel) => channel.length));
  const picked = new Float32Array(length);
  for (let start = 0; start < length; start += FRAME) {
    const frames = Math.min(FRAME, length - start);
    const interleaved = new Float32Array(frames * channels.length);
    for (let index = 0; index < interleaved.length; index++) {
      const channel = channels[index % channels.length];
      interleaved[index] = channel?.[start + Math.floor(index / channels.length)] ?? 0;
    }
    picked.set(chooser.pick(interleaved), start);
  }
  return picked;
}

/** How much of the energy of the speech is wrong or missing. */
function error(picked: Float32Array, from = 0): number {
  let wrong = 0;
  let all = 0;
  for (let index = from; index < picked.length; index++) {
    const sample = SPEECH[index] ?? 0;
    wrong += (sample - (picked[index] ?? 0)) ** 2;
    all += sample ** 2;
  }
  return wrong / all;
}

function hiss(level: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from(SPEECH, () => level * (2 * random() - 1));
}

const silence = () => new Float32Array(SPEECH.length);
const hum = (level: number) =>
  SPEECH.map((_, index) => level * Math.sin((2 * Math.PI * 50 * index) / SAMPLE_RATE));

describe('the channel with speech', () => {
  it('is the only one of mono', () => {
    expect(pickAll([SPEECH])).toEqual(SPEECH);
  });

  it('is found among eight from the first word on', () => {
    const channels: Float32Array[] = Array.from({ length: 8 }, silence);
    channels[4] = SPEECH;
    const chooser = new SpeechChannel(8);
    expect(error(pickAll(channels, chooser))).toBeLessThan(0.001);
    expect(chooser.chosen).toBe(4);
  });

  it('is found among noise, hiss that never changes and hum', () => {
    const channels = [hiss(0.05, 1), hum(0.3), hiss(0.001, 2), SPEECH];
    const chooser = new SpeechChannel(4);
    const picked = pickAll(channels, chooser);
    expect(chooser.chosen).toBe(3);
    expect(error(picked, SAMPLE_RATE / 2)).toBeLessThan(0.02);
    // The next recording begins where this one ended.
    expect(error(pickAll(channels, new SpeechChannel(4, chooser.chosen)))).toBeLessThan(0.001);
  });

  it.each([
    { what: 'the second is inverted', channels: () => [SPEECH, SPEECH.map((sample) => -sample)] },
    { what: 'the second is silent', channels: () => [SPEECH, silence()] },
    { what: 'the first is silent', channels: () => [silence(), SPEECH] },
    { what: 'both are the same', channels: () => [SPEECH, SPEECH] },
  ])('of stereo is whole where $what', ({ channels }) => {
    expect(error(pickAll(channels()))).toBeLessThan(0.001);
  });

  it('stays where it is in stereo that is nearly even', () => {
    const chooser = new SpeechChannel(2);
    pickAll([SPEECH, SPEECH.map((sample) => sample * 1.5)], chooser);
    expect(chooser.chosen).toBe(0);
  });

  it('changes without a click', () => {
    const first = SPEECH.map((sample, index) => (index < SPEECH.length / 2 ? 0.5 : sample * 0.01));
    const second = SPEECH.map((sample, index) => (index < SPEECH.length / 2 ? 0 : sample));
    const picked = pickAll([first, second]);
    const steps = picked.slice(1).map((sample, index) => Math.abs(sample - (picked[index] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.5);
    expect(picked.length).toBe(SPEECH.length);
  });

  it('handles a piece shorter than a frame, and a channel that is not there any more', () => {
    const chooser = new SpeechChannel(2, 7);
    expect(chooser.chosen).toBe(0);
    expect(chooser.pick(new Float32Array(1))).toEqual(new Float32Array(0));
    expect(chooser.pick(Float32Array.of(0.25, 0.5))).toHaveLength(1);
  });
});
