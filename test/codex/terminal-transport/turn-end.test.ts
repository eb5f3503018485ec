import { describe, expect, test, vi } from 'vitest';
import type { OpenTurn } from '../../../src/codex/history/rollout.ts';
import { endOnScreen, TurnEnd } from '../../../src/codex/terminal-transport/turn-end.ts';
import { memoryLog } from '../../support/memory-log.ts';

/** As Codex 0.98.0 draws them; what begins with ~ is dim. */
const rows = (...texts: string[]) =>
  texts.map((text) => ({ text: text.replace(/^~/, ''), dim: text.startsWith('~') }));
const COMPOSER = ['', '~› Write tests for @filename', '', '~  ? for shortcuts        100% context left'];

describe('the end of a turn on the screen', () => {
  test('it runs while Codex says so', () => {
    expect(
      endOnScreen(rows('› one', '', '• Working (0s • esc to interrupt)', ...COMPOSER), 'agent'),
    ).toBeNull();
  });

  test('it runs while the answer comes, until that is on record', () => {
    const screen = rows('› one', '', '• first half', ...COMPOSER);
    expect(endOnScreen(screen, 'user')).toBeNull();
    expect(endOnScreen(screen, 'agent')).toEqual({ status: 'completed' });
  });

  test('it failed', () => {
    const screen = rows('› one', '', '■ Experiencing high demand, which may', 'cause errors.', ...COMPOSER);
    expect(endOnScreen(screen, 'user')).toEqual({
      status: 'failed',
      message: 'Experiencing high demand, which may cause errors.',
    });
  });

  test('a failure of before is none of it', () => {
    const screen = rows('› one', '', '■ boom', '', '› two', ...COMPOSER);
    expect(endOnScreen(screen, 'user')).toBeNull();
  });

  test('nobody can tell while something covers the composer', () => {
    const screen = rows(
      '› one',
      '',
      '› 1. Yes, proceed (y)',
      '',
      '~  Press enter to confirm or esc to cancel',
    );
    expect(endOnScreen(screen, 'agent')).toBeNull();
  });
});

test('an end that could not be told is told after another silence', async () => {
  vi.useFakeTimers();
  try {
    const { logger, lines } = memoryLog();
    const told: string[] = [];
    let broken = true;
    const end = new TurnEnd({
      rows: () => rows('› one', '', '• done', ...COMPOSER),
      turn: () => ({ id: 't', bounded: false, last: 'agent' }) as OpenTurn,
      read: async () => undefined,
      over: (status) => {
        if (broken) throw new Error('broken');
        told.push(status);
      },
      logger,
    });
    end.look();
    await vi.advanceTimersByTimeAsync(1_600);
    expect(lines).toEqual([expect.objectContaining({ stage: 'the end of a turn on the screen' })]);
    broken = false;
    await vi.advanceTimersByTimeAsync(1_600);
    expect(told).toEqual(['completed']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});
