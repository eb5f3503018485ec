import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDetached, successorEnvironment, takeCrashes } from '../../src/cli/successor.ts';
import type { VoiceError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the daemon after one that crashed', () => {
  it('knows of the crashes before it, and its children do not', () => {
    const env: NodeJS.ProcessEnv = { HOME: '/home/me' };
    expect(takeCrashes(env)).toEqual({ at: [] });
    const next = successorEnvironment(env, { at: [1_000] }, 61_000);
    expect(next).toEqual({ HOME: '/home/me', CODEX_VOICE_CRASHES: '1000,61000' });
    expect(takeCrashes(next ?? {})).toEqual({ at: [1_000, 61_000] });
    expect(next).toEqual({ HOME: '/home/me' });
  });

  it('stays away after five crashes in two minutes', () => {
    let at: readonly number[] = [];
    for (const now of [0, 10_000, 20_000, 30_000].map((ms) => ms + 1)) {
      const next = successorEnvironment({}, { at }, now);
      expect(next).not.toBeNull();
      at = takeCrashes(next ?? {}).at;
    }
    expect(successorEnvironment({}, { at }, 40_000)).toBeNull();
    expect(successorEnvironment({}, { at }, 121_000)?.CODEX_VOICE_CRASHES).toBe('10001,20001,30001,121000');
  });

  it('does not count what the clock has in the future, nor what is no time', () => {
    expect(successorEnvironment({}, { at: [9_000] }, 8_000)?.CODEX_VOICE_CRASHES).toBe('8000');
    expect(takeCrashes({ CODEX_VOICE_CRASHES: 'x,,-1,5' })).toEqual({ at: [5] });
  });

  it('that cannot be started is said, with what to do', async () => {
    const command = join(temporaryFolder(), 'no-such-program');
    const { promise, resolve } = Promise.withResolvers<VoiceError>();
    startDetached({ command, args: [] }, {}, resolve);
    expect(await promise).toMatchObject({
      code: 'daemon-failed',
      message: expect.stringContaining('ENOENT'),
      hint: 'Run `codex-voice start`.',
    });
  });
});
