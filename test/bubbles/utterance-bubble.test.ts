import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UtteranceBubble } from '../../src/bubbles/utterance-bubble.ts';
import type { Bubble } from '../../src/notifications/notification.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';

const content = (body: string): Bubble => ({ title: 'title', body, urgency: 'low', actions: {} });

describe('UtteranceBubble', () => {
  let notifier: FakeNotifier;
  let bubble: UtteranceBubble;
  const bodies = () => notifier.shown.map(({ content }) => content.body);

  beforeEach(() => {
    vi.useFakeTimers();
    notifier = new FakeNotifier();
    bubble = new UtteranceBubble(notifier, 'b');
  });
  afterEach(() => vi.useRealTimers());

  it('shows the first at once and at most five a second, the newest last', () => {
    for (let i = 1; i <= 300; i += 1) {
      bubble.update(() => content(`word ${i}`));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1_000);
    expect(bodies()[0]).toBe('word 1');
    expect(bodies().at(-1)).toBe('word 300');
    expect(notifier.shown.length).toBeGreaterThanOrEqual(15);
    const gaps = notifier.shown.slice(1).map(({ at }, i) => at - (notifier.shown[i]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  it('shows nothing after the final', async () => {
    bubble.update(() => content('one'));
    bubble.update(() => content('two'));
    expect(await bubble.finish(content('final'))).toBe(true);
    bubble.update(() => content('late'));
    vi.advanceTimersByTime(5_000);
    expect(bodies()).toEqual(['one', 'final']);
  });

  it('says when the final was not taken', async () => {
    notifier.takes = false;
    expect(await bubble.finish(content('final'))).toBe(false);
  });

  it('does not show the same again', () => {
    bubble.update(() => content('one'));
    vi.advanceTimersByTime(1_000);
    bubble.update(() => content('one'));
    vi.advanceTimersByTime(1_000);
    expect(bodies()).toEqual(['one']);
  });

  it('is quiet after a person closed it, until the final', async () => {
    bubble.update(() => content('one'));
    bubble.closed('dismissed');
    bubble.update(() => content('two'));
    vi.advanceTimersByTime(1_000);
    await bubble.finish(content('final'));
    expect(bodies()).toEqual(['one', 'final']);
  });

  it('comes back with the next words when its time ran out', () => {
    bubble.update(() => content('one'));
    bubble.closed('expired');
    vi.advanceTimersByTime(1_000);
    bubble.update(() => content('two'));
    expect(bodies()).toEqual(['one', 'two']);
  });

  it('is taken away once, and only when it was there', async () => {
    await bubble.remove();
    expect(notifier.dismissed).toEqual([]);
    const other = new UtteranceBubble(notifier, 'c');
    other.update(() => content('one'));
    other.update(() => content('two'));
    await other.remove();
    vi.advanceTimersByTime(1_000);
    expect(notifier.dismissed).toEqual(['c']);
    expect(bodies()).toEqual(['one']);
  });
});
