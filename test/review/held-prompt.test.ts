import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal } from '../../src/journal/journal.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import { HeldPrompt, type HeldPromptParts } from '../../src/review/held-prompt.ts';
import { type LoggedLine, memoryLog } from '../support/memory-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a prompt under review whose surroundings fail', () => {
  let journal: Journal;
  let held: HeldPrompt;
  let shown: string[];
  let over: number;
  let lines: LoggedLine[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    journal = Journal.open(join(temporaryFolder(), 'journal.sqlite'), { logger: pino({ level: 'silent' }) });
  });
  afterEach(() => {
    held.stop();
    vi.useRealTimers();
    journal.close();
  });

  function hold(parts: Partial<HeldPromptParts>): void {
    const log = memoryLog();
    lines = log.lines;
    shown = [];
    over = 0;
    held = new HeldPrompt(LiveUtterance.begin(journal, 'hotkey', 'backend'), {
      seconds: () => 3,
      speaking: () => false,
      show: async (_live, view) => {
        shown.push(view.state);
        return true;
      },
      onChange: () => undefined,
      onOver: () => {
        over += 1;
      },
      logger: log.logger,
      ...parts,
    });
    held.restart();
  }
  /** Throws at the first calls. */
  const failing = (times: number, work: () => void): (() => void) => {
    let left = times;
    return () => {
      if (left-- > 0) throw new Error('broken');
      work();
    };
  };

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('is shown again when showing it %s, and counts down only then', async (_name, fail) => {
    let broken = true;
    hold({ show: async () => (broken ? fail() : true) });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(held.review.state).toBe('unseen');
    expect(lines).toEqual([expect.objectContaining({ msg: 'a prompt under review could not be shown' })]);
    broken = false;
    await vi.advanceTimersByTimeAsync(200);
    expect(held.review.state).toBe('counting');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(over).toBe(1);
  });

  it('is sent in time although nobody can be told of its countdown', async () => {
    hold({ onChange: failing(99, () => undefined) });
    await vi.advanceTimersByTimeAsync(3_100);
    expect(over).toBe(1);
    expect(lines[0]).toMatchObject({ stage: 'the report of a prompt under review' });
  });

  it('counts down once more when it could not be let go', async () => {
    let sent = 0;
    hold({ onOver: failing(1, () => (sent += 1)) });
    await vi.advanceTimersByTimeAsync(3_100);
    expect(lines).toEqual([expect.objectContaining({ stage: 'the end of a countdown' })]);
    expect(sent).toBe(0);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(sent).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toBe(1);
  });

  it('is not taken up again when it was let go before something failed', async () => {
    hold({
      onOver: () => {
        held.state = 'confirmed';
        throw new Error('broken');
      },
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toHaveLength(1);
    expect(held.review.state).toBe('confirmed');
  });
});
