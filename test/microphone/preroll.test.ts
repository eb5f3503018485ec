import { describe, expect, it } from 'vitest';
import { Preroll } from '../../src/microphone/preroll.ts';

/** A frame of so many ms at 16 kHz that is filled with its number. */
function frame(number: number, milliseconds: number) {
  return { samples: new Float32Array(milliseconds * 16).fill(number), at: number };
}

describe('the pre-roll', () => {
  it('keeps the newest sound, oldest first', () => {
    const preroll = new Preroll(100);
    for (let number = 1; number <= 20; number++) preroll.push(frame(number, 20));
    const frames = preroll.take();
    expect(frames.map(({ at }) => at)).toEqual([16, 17, 18, 19, 20]);
    expect(frames.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(1_600);
  });

  it('never keeps more than it may, however long a frame is', () => {
    const preroll = new Preroll(100);
    const long = frame(0, 250);
    long.samples[4_000 - 1_600] = 1;
    preroll.push(long);
    const [kept] = preroll.take();
    expect(kept?.samples.length).toBe(1_600);
    expect(kept?.samples[0]).toBe(1);
    expect(kept?.samples.buffer.byteLength).toBe(1_600 * 4);
  });

  it('forgets what it has handed over', () => {
    const preroll = new Preroll(100);
    preroll.push(frame(1, 20));
    expect(preroll.take()).toHaveLength(1);
    expect(preroll.take()).toHaveLength(0);
    preroll.push(frame(2, 20));
    preroll.clear();
    expect(preroll.take()).toHaveLength(0);
  });
});
