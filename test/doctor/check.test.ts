import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Check, ok, runCheck } from '../../src/doctor/check.ts';
import { VoiceError } from '../../src/errors.ts';
import { checkContext } from '../support/check-context.ts';

const context = checkContext();
const never = new AbortController().signal;

function check(run: Check['run'], limitMs = 60_000): Check {
  return { name: 'part', code: 'engine-failed', limitMs, run };
}

describe('runCheck', () => {
  it('names what was found', async () => {
    const result = await runCheck(
      check(async () => ok('it works')),
      context,
      never,
    );
    expect(result).toEqual({ name: 'part', state: 'ok', detail: 'it works' });
  });

  it('makes a failed result of an error with a code', async () => {
    const result = await runCheck(
      check(async () => {
        throw new VoiceError('model-missing', 'It is not there.', 'Get it.');
      }),
      context,
      never,
    );
    expect(result).toEqual({
      name: 'part',
      state: 'failed',
      detail: 'It is not there.',
      code: 'model-missing',
      hint: 'Get it.',
    });
  });

  it('gives an error without a code that of the check', async () => {
    const result = await runCheck(
      check(async () => {
        throw new TypeError('oops');
      }),
      context,
      never,
    );
    expect(result).toMatchObject({ state: 'failed', detail: 'oops', code: 'engine-failed' });
  });

  it('ends one that takes too long, and waits for what it began to end', async () => {
    let ended = false;
    const slow = check(async (_context, signal) => {
      await delay(60_000, undefined, { signal }).catch(() => delay(20));
      ended = true;
      return ok('too late');
    }, 30);
    const result = await runCheck(slow, context, never);
    expect(result).toMatchObject({
      state: 'failed',
      detail: 'The check took more than 0.03 s.',
      code: 'engine-failed',
    });
    expect(ended).toBe(true);
  });

  it('ends at once when it is told to stop', async () => {
    const stop = new AbortController();
    const waiting = check(async (_context, signal) => {
      stop.abort();
      await delay(60_000, undefined, { signal });
      return ok('too late');
    });
    const result = await runCheck(waiting, context, stop.signal);
    expect(result.state).toBe('failed');
  });
});
