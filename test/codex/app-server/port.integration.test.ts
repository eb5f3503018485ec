import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { AppServer } from '../../../src/codex/app-server/server.ts';
import { identifyCodex } from '../../../src/codex/binary.ts';
import { type CodexBench, codexBench, outcome, serverPid, silent, terminalPid } from '../../support/codex.ts';

/**
 * The way of Windows, where Node has no Unix sockets: the server listens on a local port and asks for a token. macOS uses
 * it too. Here with the real Codex of this system.
 */
describe('an app-server on a port', () => {
  let bench: CodexBench;

  beforeAll(async () => {
    bench = await codexBench();
  });
  afterAll(() => bench.close());

  test('only clients with the token get in, and it is on no command line', async () => {
    const { path } = await identifyCodex('codex', bench.env);
    const folder = join(bench.socketFolder, 'port');
    const server = await AppServer.start({
      ...{ binary: path, folder, env: bench.env, onSocket: false, logger: silent },
    });
    onTestFinished(() => server.stop());
    const client = await server.connect(silent, new AbortController().signal);
    onTestFinished(() => client.close());
    const { url = '', remote, token } = server.address ?? {};
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    expect([remote, token]).toEqual([url, server.token]);
    await client.request('initialize', {
      clientInfo: { name: 'test', title: 'test', version: '1' },
      capabilities: { experimentalApi: true, optOutNotificationMethods: [] },
    });
    expect(await statusOf(url, {})).toBe(401);
    expect(await statusOf(url, { authorization: `Bearer ${'a'.repeat(43)}` })).toBe(401);
    expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(server.token);
  });

  test('a session works over it, its terminal included', async () => {
    const command = join(bench.directory, 'older-codex');
    // An older version, whose sandbox does not close the Unix socket.
    await writeFile(
      command,
      '#!/bin/sh\n[ "$1" = --version ] && { echo codex-cli 0.168.1; exit; }\nexec codex "$@"\n',
    );
    await chmod(command, 0o755);
    const session = bench.session({ command });
    await session.start();
    expect(await outcome(session.submit('hello'))).toMatchObject({ type: 'completed' });
    const commandLine = async (pid: number) => (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    expect(await commandLine(await serverPid(bench))).toContain('ws://127.0.0.1:0');
    const terminal = await commandLine(terminalPid(session));
    expect(terminal).toContain('--remote-auth-token-env');
    expect(terminal[terminal.indexOf('--remote') + 1]).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
  });
});

/** The HTTP status with which the server refuses a client. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      socket.terminate();
    });
    socket.once('open', () => reject(new Error('it let a stranger in')));
    socket.on('error', () => undefined); // The end of the refused connection.
  });
}
