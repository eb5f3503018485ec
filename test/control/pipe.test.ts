import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectControl } from '../../src/control/client.ts';
import { encodeFrame, FrameDecoder } from '../../src/control/framing.ts';
import type { Gatekeeper, Introduced } from '../../src/control/gatekeeper.ts';
import { PipeEndpoint } from '../../src/control/pipe.ts';
import { newNonce, proofOf } from '../../src/control/proof.ts';
import { createControlServer } from '../../src/control/server.ts';
import { RawClient } from '../support/control.ts';
import { handlers, openGate } from '../support/control-handlers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

/** Pipes on Windows; elsewhere Unix sockets stand for them. */
const pathIn =
  (folder: string) =>
  (name: string): string =>
    process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(folder, name);

async function runPipeServer(gatekeeper: Gatekeeper = openGate) {
  const folder = temporaryFolder();
  const file = join(folder, 'run', 'control.json');
  const endpoint = new PipeEndpoint(pathIn(folder));
  const server = await createControlServer({
    ...{ path: file, endpoint, version: '1.2.3', handlers: handlers(), gatekeeper, logger },
  });
  onTestFinished(() => server.close());
  const published = JSON.parse(readFileSync(file, 'utf8')) as { pipe: string; key: string };
  return { file, endpoint, server, published, key: Buffer.from(published.key, 'hex') };
}

describe('the control pipe', () => {
  test('a client finds it, and both prove that they know the key', async () => {
    const { file, endpoint } = await runPipeServer();
    const client = await connectControl({ path: file, endpoint, client: 'test' });
    onTestFinished(() => client.close());
    expect(client.server.version).toBe('1.2.3');
    await expect(client.request('toggle', {})).resolves.toEqual({ stage: 'idle' });
  });

  test('name and key are new for each daemon, in a private file that ends with it', async () => {
    const { file, endpoint, server, published } = await runPipeServer();
    expect(published.key).toMatch(/^[0-9a-f]{64}$/);
    expect(published.pipe).toMatch(/codex-voice-[0-9a-f]{32}$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(endpoint.claim(file)).rejects.toMatchObject({ code: 'daemon-running' });
    await server.close();
    expect(existsSync(file)).toBe(false);
    const next = await endpoint.claim(file);
    next.publish();
    onTestFinished(() => next.release());
    const again = JSON.parse(readFileSync(file, 'utf8')) as typeof published;
    expect(again.pipe).not.toBe(published.pipe);
    expect(again.key).not.toBe(published.key);
  });

  test.each([
    ['no proof', () => ({})],
    ['a nonce alone', () => ({ nonce: newNonce() })],
    ['a proof with another key', () => proved(Buffer.alloc(32), 'client')],
    ['the proof of the daemon', (key: Buffer) => proved(key, 'daemon')],
  ])('%s opens nothing', async (_what, params) => {
    const { published, key } = await runPipeServer();
    const raw = await RawClient.connect(published.pipe);
    const hello = await raw.call(1, 'hello', { protocol: 1, client: 'raw', ...params(key) });
    expect(hello.error?.data?.code).toBe('client-unproven');
    expect((await raw.call(2, 'status')).error?.data?.code).toBe('protocol-invalid');
    const proof = await raw.call(3, 'hello', { protocol: 1, client: 'raw', ...proved(key, 'client') });
    expect(proof.result).toMatchObject({ version: '1.2.3' });
  });

  test.each([
    ['claims to be the daemon', (nonce: string) => proofOf(Buffer.alloc(32), 'daemon', nonce)],
    ['returns the proof of the client', (_nonce: string, theirs: string) => theirs],
    ['proves nothing', () => undefined],
  ])('a program in its place that %s gets no prompt and no key', async (_what, answer) => {
    const folder = temporaryFolder();
    const file = join(folder, 'control.json');
    const pipe = pathIn(folder)(`squatter-${process.pid}`);
    const key = 'ab'.repeat(32);
    const received: string[] = [];
    const squatter = createServer((socket) => squat(socket, received, answer)).listen(pipe);
    onTestFinished(() => void squatter.close());
    writeFileSync(file, JSON.stringify({ pipe, key }));
    const endpoint = new PipeEndpoint();
    await expect(connectControl({ path: file, endpoint, client: 'test' })).rejects.toMatchObject({
      code: 'daemon-unproven',
    });
    expect(received.map((each) => (JSON.parse(each) as { method: string }).method)).toEqual(['hello']);
    expect(received.join()).not.toContain(key);
  });

  test.each([
    ['no file', null],
    ['half a file', '{"pipe":'],
    ['a key that is none', '{"pipe":"x","key":"short"}'],
    ['a daemon that was killed', JSON.stringify({ pipe: '/nowhere', key: 'ab'.repeat(32) })],
  ])('with %s, no daemon runs', async (_what, content) => {
    const file = join(temporaryFolder(), 'control.json');
    if (content !== null) writeFileSync(file, content);
    const endpoint = new PipeEndpoint();
    await expect(connectControl({ path: file, endpoint, client: 'test' })).rejects.toMatchObject({
      code: 'daemon-missing',
    });
  });

  test('the client names a pipe on which it says what only this client can say', async () => {
    const met: { introduced: Introduced; said: string }[] = [];
    const gatekeeper: Gatekeeper = {
      admit: () => ({
        introduce: async (introduced) => {
          const raw = await readAll(introduced.pipe ?? '');
          met.push({ introduced, said: raw });
        },
        refusal: () => null,
      }),
    };
    const { file, endpoint } = await runPipeServer(gatekeeper);
    const client = await connectControl({ path: file, endpoint, client: 'test' });
    onTestFinished(() => client.close());
    expect(met).toHaveLength(1);
    expect(met[0]?.said).toMatch(/^[0-9a-f]{64}$/);
    expect(met[0]?.said).toBe(met[0]?.introduced.words);
    expect(existsSync(met[0]?.introduced.pipe ?? '')).toBe(false);
  });
});

function proved(key: Buffer, what: 'client' | 'daemon') {
  const nonce = newNonce();
  return { nonce, proof: proofOf(key, what, nonce) };
}

/** Answers `hello` in place of the daemon. */
function squat(
  socket: Socket,
  received: string[],
  answer: (nonce: string, theirs: string) => string | undefined,
): void {
  const decoder = new FrameDecoder({ frame: 1e6, headers: 1e4 });
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const body of decoder.push(chunk)) {
      received.push(body.toString());
      const { id, params } = JSON.parse(body.toString()) as {
        id: number;
        params: { nonce: string; proof: string };
      };
      const proof = answer(params.nonce, params.proof);
      const result = { protocol: 1, oldest: 1, newest: 1, features: [], version: '1.2.3', pid: 1, proof };
      socket.write(encodeFrame({ jsonrpc: '2.0', id, result }));
    }
  });
}

async function readAll(path: string): Promise<string> {
  const { connect } = await import('node:net');
  const parts: Buffer[] = [];
  for await (const part of connect(path)) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
