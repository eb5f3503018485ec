import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { type Recovery, serverEnded, startAgain } from '../../../src/codex/app-server/recovery.ts';
import { VoiceError } from '../../../src/errors.ts';
import { Backoff } from '../../../src/processes/backoff.ts';

/** Pauses as they are counted, without waiting for them. */
class QuickBackoff extends Backoff {
  override next(): number {
    super.next();
    return 0;
  }
}

describe('starting Codex again', () => {
  let starts = 0;
  const recovery = (over: Partial<Recovery> = {}): Recovery => {
    starts = 0;
    return {
      stop: async () => undefined,
      start: async () => {
        starts += 1;
        throw new VoiceError('codex-down', 'The disk is on fire.', 'Put it out.');
      },
      wanted: () => true,
      backoff: new QuickBackoff(),
      signal: new AbortController().signal,
      logger: pino({ level: 'silent' }),
      ...over,
    };
  };

  it('tries until it works', async () => {
    const start = async (): Promise<void> => {
      starts += 1;
      if (starts < 3) throw new Error('not yet');
    };
    expect(await startAgain(serverEnded('ouch'), recovery({ start }))).toBe(true);
    expect(starts).toBe(3);
  });

  it('gives up after five failures in a row, with the last reason and what to do', async () => {
    expect(await startAgain(serverEnded('ouch'), recovery())).toEqual({
      code: 'codex-down',
      message: 'Codex failed 5 times in a row. The disk is on fire.',
      hint: 'Put it out.',
    });
    expect(starts).toBe(5);
  });

  it('gives up on one that starts and ends again and again', async () => {
    const backoff = new QuickBackoff();
    const start = async (): Promise<void> => undefined;
    for (let crash = 1; crash <= 5; crash += 1) {
      expect(await startAgain(serverEnded('ouch'), recovery({ start, backoff }))).toBe(true);
    }
    expect(await startAgain(serverEnded('ouch'), recovery({ start, backoff }))).toMatchObject({
      message: expect.stringContaining('ouch'),
      hint: expect.stringContaining('`codex`'),
    });
  });

  it('stops when nobody wants it any more', async () => {
    let left = 2;
    const wanted = (): boolean => left-- > 0;
    expect(await startAgain(serverEnded(''), recovery({ wanted }))).toBe(false);
    expect(starts).toBe(2);
  });
});
