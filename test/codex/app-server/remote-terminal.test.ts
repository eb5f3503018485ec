import { expect, test } from 'vitest';
import { terminalEnvironment } from '../../../src/codex/app-server/remote-terminal.ts';

test('a server without a token needs no other environment', () => {
  expect(terminalEnvironment({ A: 'b' }, null)).toEqual({ A: 'b' });
});

test.each([
  [{}, '127.0.0.1', '127.0.0.1'],
  [{ NO_PROXY: 'a.test' }, 'a.test,127.0.0.1', 'a.test,127.0.0.1'],
  [{ NO_PROXY: 'a.test', no_proxy: 'b.test' }, 'a.test,127.0.0.1', 'b.test,127.0.0.1'],
])('the server on this machine is not looked for behind a proxy: %j', (env, upper, lower) => {
  expect(terminalEnvironment({ ...env, A: 'b' }, 'token')).toMatchObject({
    A: 'b',
    CODEX_VOICE_SERVER_TOKEN: 'token',
    NO_PROXY: upper,
    no_proxy: lower,
  });
});
