import { describe, expect, test } from 'vitest';
import { assetPath } from '../../../src/single-file/assets.ts';
import { EarEngine } from '../../../src/transcription/ear/engine.ts';
import { Tokenizer } from '../../../src/transcription/ear/tokenizer.ts';
import { silence } from '../../support/noise.ts';
import { FakeDecoder, type Next } from './fake-decoder.ts';

const tokenizer = await Tokenizer.load(assetPath('ear/tokens.json'));
const END = 50_256;

/** A network that hears texts as if they had been said: one for each sound, in turn. */
class FakeNetwork extends FakeDecoder {
  /** Samples of each sound, and whether the whole window was used. */
  readonly sounds: { samples: number; whole: boolean }[] = [];
  readonly #hears: readonly { text: string; sure?: number }[];

  constructor(...hears: { text: string; sure?: number }[]) {
    super(() => ({}));
    this.#hears = hears;
  }

  async hear(audio: Float32Array, whole = false): Promise<void> {
    this.restart();
    const heard = this.#hears[Math.min(this.sounds.length, this.#hears.length - 1)];
    this.sounds.push({ samples: audio.length, whole });
    const tokens = tokenizer.encode(` ${heard?.text}`);
    const sure = heard?.sure ?? 0.99;
    this.next = (text): Next => {
      const token = tokens[text.length];
      if (token === undefined) return { [END]: 0.95 };
      // Any other text is worse, and has no end.
      const others = Array.from({ length: 50 }, (_, index) => [100 + index, (1 - sure) / 50]);
      const agrees = text.every((each, index) => each === tokens[index]);
      return agrees ? { ...Object.fromEntries(others), [token]: sure } : Object.fromEntries(others);
    };
  }

  reset(): void {
    this.restart();
  }
}

const loop = `Run the tests. ${'And then again, all of them. '.repeat(6)}`.trim();

describe('what is heard', () => {
  test('is a text with the confidence of its words', async () => {
    const engine = new EarEngine(new FakeNetwork({ text: 'Run the tests.' }), tokenizer);
    const { text, confidence, words } = await engine.hear(silence(2));
    expect(text).toBe('Run the tests.');
    expect(confidence).toBeCloseTo(0.99, 3);
    expect(words.map((word) => word.text)).toEqual(['Run', 'the', 'tests.']);
  });

  test('is the same with its own text as the draft, in one call', async () => {
    const engine = new EarEngine(new FakeNetwork({ text: 'Run the tests.' }), tokenizer);
    const first = await engine.hear(silence(2));
    const again = await engine.hear(silence(2), { draft: first.text });
    expect(again).toEqual({ ...first, calls: 1 });
    expect(first.calls).toBe(5);
  });

  test('is all of a sound longer than the window', async () => {
    const network = new FakeNetwork(
      { text: 'Open the file.' },
      { text: 'Then close it.' },
      { text: 'And go.' },
    );
    const { text, words } = await new EarEngine(network, tokenizer).hear(silence(70), { draft: 'Open' });
    expect(text).toBe('Open the file. Then close it. And go.');
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    expect(network.sounds.reduce((sum, { samples }) => sum + samples, 0)).toBe(70 * 16_000);
  });
});

describe('a text that cannot be right', () => {
  test.each([
    ['a loop', { text: loop }],
    ['too many words for the sound', { text: 'word after other long word '.repeat(9) }],
    ['a guess', { text: 'Something or other.', sure: 0.08 }],
  ])('%s: heard again with the whole window', async (_name, wrong) => {
    const network = new FakeNetwork(wrong, { text: 'Run the tests.' });
    const { text } = await new EarEngine(network, tokenizer).hear(silence(3), { draft: 'Run' });
    expect(text).toBe('Run the tests.');
    expect(network.sounds.map(({ whole }) => whole)).toEqual([false, true]);
  });

  test('twice: speech-unclear, and the next sound is heard', async () => {
    const network = new FakeNetwork({ text: loop }, { text: loop }, { text: 'Run the tests.' });
    const engine = new EarEngine(network, tokenizer);
    await expect(engine.hear(silence(8))).rejects.toMatchObject({
      code: 'speech-unclear',
      message: expect.stringContaining('over and over'),
    });
    expect((await engine.hear(silence(3))).text).toBe('Run the tests.');
  });

  test('of a partial text is not tried again', async () => {
    const network = new FakeNetwork({ text: loop });
    const partial = new EarEngine(network, tokenizer).hear(silence(8), { hasty: true });
    await expect(partial).rejects.toMatchObject({ code: 'speech-unclear' });
    expect(network.sounds).toHaveLength(1);
  });

  test.each(['[BLANK_AUDIO]', '(wind blowing)', '['])('%s is left for the cleaner', async (note) => {
    const network = new FakeNetwork({ text: note, sure: 0.08 });
    expect((await new EarEngine(network, tokenizer).hear(silence(1))).text).toBe(note);
  });
});

test('ends between two steps when its checkpoint throws', async () => {
  const network = new FakeNetwork({ text: 'Run the tests.' });
  let steps = 0;
  const checkpoint = async (): Promise<void> => {
    steps += 1;
    if (steps === 4) throw new DOMException('enough', 'AbortError');
  };
  const heard = new EarEngine(network, tokenizer).hear(silence(2), { checkpoint });
  await expect(heard).rejects.toMatchObject({ name: 'AbortError' });
  expect(network.calls).toHaveLength(2);
});
