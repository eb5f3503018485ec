import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkVoice } from '../../src/doctor/voice.ts';
import { checkContext } from '../support/check-context.ts';
import { fakePrograms } from '../support/fake-programs.ts';

describe('the check of the voice that reads requests', () => {
  it('needs none where spoken answers are off, names it where they are on, and says what to install', async () => {
    await using programs = await fakePrograms({});
    const { env, folder } = programs;
    expect(await checkVoice(checkContext('', env))).toEqual({
      state: 'ok',
      detail: 'off ([approvals] spoken = false, [reply] speak = false)',
    });
    const spoken = checkContext('[approvals]\nspoken = true', env);
    expect(await checkVoice(spoken)).toMatchObject({ state: 'warning', code: 'voice-missing' });
    expect(await checkVoice(checkContext('[reply]\nspeak = true', env))).toMatchObject({
      code: 'voice-missing',
    });
    await programs.set('espeak-ng', 'exit 0');
    expect(await checkVoice(spoken)).toEqual({
      state: 'ok',
      detail: `${join(folder, 'espeak-ng')} reads aloud`,
    });
  });
});
