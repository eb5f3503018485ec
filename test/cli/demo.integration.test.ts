import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHome, runCli, type TestHome } from '../support/desktop.ts';
import { wordErrors } from '../support/wer.ts';

const CODEX_FOLDER = dirname(fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url)));
const SPOKEN =
  'the invention of movable metal letters in the middle of the fifteenth century may justly be considered as the ' +
  'invention of the art of printing';

describe('demo', () => {
  let home: TestHome;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    home = await makeHome();
    env = { ...process.env, ...home.env };
    for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'PULSE_SERVER']) delete env[name];
  });
  afterEach(() => home.remove());

  it('needs no account, no microphone and no desktop, says who answered, and leaves nothing behind', async () => {
    const { status, stdout, stderr } = await runCli(env, 'demo');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('the real Codex CLI talks to a small built-in model');
    const heard = /^You: +(.*)$/m.exec(stdout)?.[1] ?? '';
    expect(wordErrors(SPOKEN, heard).rate).toBeLessThan(0.15);
    expect(stdout).toContain(`Codex: You said: "${heard}"`);
    for (const stage of ['endpoint', 'transcription', 'delivery', 'first_token', 'loop']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${stage} +[0-9.]+ m?s`, 'm'));
    }
    expect((await readdir(home.state)).filter((name) => name.startsWith('demo-'))).toEqual([]);
    expect(await readdir(join(home.env.XDG_RUNTIME_DIR ?? '', 'codex-voice'))).toEqual([]);
  });

  it('says what is missing where there is no Codex', async () => {
    const path = (env.PATH ?? '').split(':').filter((folder) => folder !== CODEX_FOLDER);
    const { status, stderr } = await runCli({ ...env, PATH: path.join(':') }, 'demo');
    expect(status).toBe(1);
    expect(stderr).toContain('[codex-missing]');
  });
});
