import { describe, expect, it } from 'vitest';
import { FirstFrame } from '../../src/listening/first-frame.ts';
import type { AudioFrame } from '../../src/microphone/microphone.ts';

async function* recording(count: number): AsyncGenerator<AudioFrame> {
  for (let index = 0; index < count; index++) yield { samples: new Float32Array(320), at: index };
}

describe('the first frame', () => {
  it('is known before the frame is taken, and the frames stay what they are', async () => {
    const first = new FirstFrame();
    const frames = first.of(recording(3));
    expect((await frames.next()).value?.at).toBe(0);
    expect(await first.heard).toBe(true);
    expect((await Array.fromAsync(frames)).map(({ at }) => at)).toEqual([1, 2]);
  });

  it('is missing when the recording ends without sound, or breaks', async () => {
    const silent = new FirstFrame();
    await Array.fromAsync(silent.of(recording(0)));
    expect(await silent.heard).toBe(false);
    const broken = new FirstFrame();
    // biome-ignore lint/correctness/useYield: this one fails before its first frame
    async function* breaks(): AsyncGenerator<AudioFrame> {
      throw new Error('unplugged');
    }
    await expect(Array.fromAsync(broken.of(breaks()))).rejects.toThrow('unplugged');
    expect(await broken.heard).toBe(false);
  });
});
