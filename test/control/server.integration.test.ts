import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask } from '../../src/control/ask.ts';
import { connectControl } from '../../src/control/client.ts';
import { encodeFrame } from '../../src/control/framing.ts';
import { protocolError } from '../../src/control/rpc-error.ts';
import { type ControlPeer, createControlServer } from '../../src/control/server.ts';
import { VoiceError } from '../../src/errors.ts';
import { RawClient, runServer } from '../support/control.ts';
import { handlers, openGate } from '../support/control-handlers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { utterance } from '../support/utterances.ts';

const logger = pino({ level: 'silent' });

async function connect(path: string) {
  const client = await connectControl({ path, client: 'test' });
  onTestFinished(() => client.close());
  return client;
}

describe('a conversation', () => {
  test('hello, a request with defaults, errors with their code', async () => {
    const history = vi.fn(async () => ({ utterances: [utterance({ id: 'a' })] }));
    const toggle = async () => {
      throw new VoiceError('microphone-missing', 'There is none.', 'Plug one in.');
    };
    const { path } = await runServer({ history, toggle });
    const client = await connect(path);
    expect(client.server).toEqual({
      ...{ protocol: 1, oldest: 1, newest: 1, features: ['paced'] },
      ...{ version: '1.2.3', pid: process.pid },
    });
    expect(await client.request('history', { query: 'x' })).toEqual({ utterances: [utterance({ id: 'a' })] });
    expect(history).toHaveBeenCalledWith(
      { query: 'x', limit: 20 },
      expect.objectContaining({ name: 'test' }),
      expect.any(AbortSignal),
    );
    await expect(client.request('toggle', {})).rejects.toMatchObject({
      name: 'VoiceError',
      code: 'microphone-missing',
      hint: 'Plug one in.',
    });
  });

  test('an event of another version that leaves out what is needed ends the connection, and says why', async () => {
    const { path, server } = await runServer({ ask: async () => ({ id: 'a', utterance: null }) });
    const client = await connect(path);
    const events: unknown[] = [];
    client.onEvent((event) => events.push(event));
    await client.request('subscribe', { events: ['delta', 'stage'] });
    // Of a newer one, which tells more.
    server.broadcast({ event: 'stage', payload: { stage: 'idle', utterance: null, mood: 'fine' } as never });
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events).toEqual([{ event: 'stage', payload: { stage: 'idle', utterance: null, mood: 'fine' } }]);
    server.broadcast({ event: 'delta', payload: { utterance: 'a', words: 'They pass' } as never });
    await client.closed;
    const different = {
      code: 'protocol-version',
      message: expect.stringMatching(/daemon is codex-voice 1\.2\.3, this program is \d+\.\d+\.\d+/),
      hint: expect.stringContaining('codex-voice restart'),
    };
    expect(client.failure).toMatchObject(different);
    expect(events).toHaveLength(1);
    await expect(client.request('status', {})).rejects.toMatchObject(different);

    const asking = async (): Promise<void> => {
      const own = await connect(path);
      for await (const event of ask(own, { text: 'x' })) {
        if (event.event === 'partial')
          server.broadcast({ event: 'answer', payload: { utterance: 'a' } as never });
      }
    };
    const asked = asking();
    const repeat = setInterval(
      () => server.broadcast({ event: 'partial', payload: { utterance: 'a', text: 'x', stable: 0 } }),
      20,
    );
    await expect(asked.finally(() => clearInterval(repeat))).rejects.toMatchObject(different);
  });

  test('a daemon of another version that leaves out what is needed: both versions and what to do', async () => {
    const status = async () => ({ version: '1.2.3', pid: 1, stage: 'idle' }) as never;
    const invalid = async () => {
      throw protocolError('MethodNotFound', 'There is no "sessions".');
    };
    const { path } = await runServer({ status, sessions: invalid });
    const client = await connect(path);
    const different = {
      code: 'protocol-version',
      message: expect.stringMatching(/daemon is codex-voice 1\.2\.3, this program is \d+\.\d+\.\d+/),
      hint: expect.stringContaining('codex-voice restart'),
    };
    const partial = await runServer({ status: async () => ({ version: '1.2.3', pending: [] }) as never });
    const whole = await connect(partial.path);
    expect(await whole.request('status', {}, { needs: ['pending'] })).toMatchObject({ pending: [] });
    await expect(whole.request('status', {}, { needs: ['queue'] })).rejects.toMatchObject(different);
    await expect(whole.request('status', {})).rejects.toMatchObject(different);
    await expect(client.request('status', {})).rejects.toMatchObject(different);
    await expect(client.request('sessions', {})).rejects.toMatchObject(different);
    expect(await client.request('restart', {})).toEqual({ restarting: false });
  });

  test('the socket is private', async () => {
    const { path } = await runServer();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test('asking: every event of that utterance, in order, also those that overtake the response', async () => {
    const asked = async () => {
      for (const id of ['other', 'mine']) {
        server.broadcast({
          event: 'accepted',
          payload: { utterance: id, project: 'p', rule: null, prompt: 'q', turn: 't' },
        });
        server.broadcast({ event: 'delta', payload: { utterance: id, text: 'Hel' } });
      }
      setImmediate(() => {
        server.broadcast({ event: 'delta', payload: { utterance: 'mine', text: 'lo' } });
        const record = utterance({ id: 'mine', state: 'answered', answer: 'Hello' });
        server.broadcast({ event: 'answer', payload: { utterance: 'mine', record } });
      });
      return { id: 'mine', utterance: null };
    };
    const { path, server } = await runServer({ ask: asked });
    const events = await Array.fromAsync(ask(await connect(path), { text: 'hi' }));
    expect(events.map(({ event }) => event)).toEqual(['accepted', 'delta', 'delta', 'answer']);
    expect(events.at(-1)).toMatchObject({ payload: { record: { answer: 'Hello' } } });
  });

  test('asking a daemon that dies ends with an error', async () => {
    const { path, server } = await runServer({ ask: async () => ({ id: 'mine', utterance: null }) });
    const client = await connect(path);
    const events = Array.fromAsync(ask(client, { text: 'hi' }));
    events.catch(() => undefined);
    await client.request('reload', {});
    await server.close();
    await expect(events).rejects.toMatchObject({ code: 'daemon-failed' });
  });

  test('events go to those who want them, about the utterance they want', async () => {
    const { path, server } = await runServer();
    const [all, some, none] = [await connect(path), await connect(path), await connect(path)];
    const seen: string[] = [];
    all.onEvent(({ payload }) => seen.push(`all ${JSON.stringify(payload)}`));
    some.onEvent(({ payload }) => seen.push(`some ${JSON.stringify(payload)}`));
    none.onEvent(() => seen.push('none'));
    await all.request('subscribe', { events: ['delta', 'stage'] });
    // One of a newer version, of which this daemon knows nothing.
    const unknown = 'mood' as 'delta';
    expect(await some.request('subscribe', { events: ['delta', 'delta', unknown], utterance: 'a' })).toEqual({
      events: ['delta'],
    });
    server.broadcast({ event: 'delta', payload: { utterance: 'a', text: '1' } });
    server.broadcast({ event: 'delta', payload: { utterance: 'b', text: '2' } });
    server.broadcast({ event: 'stage', payload: { stage: 'idle', utterance: null } });
    for (const client of [all, some, none]) await client.request('reload', {});
    const [a, b] = ['{"utterance":"a","text":"1"}', '{"utterance":"b","text":"2"}'];
    expect(seen.toSorted()).toEqual(
      [`all ${a}`, `all ${b}`, 'all {"stage":"idle","utterance":null}', `some ${a}`].toSorted(),
    );
  });

  test('attaching: the snapshot, output, keys, sizes; the daemon learns when the client is gone', async () => {
    let peer: ControlPeer | undefined;
    const attach = async (_: unknown, from: ControlPeer) => {
      peer = from;
      return { snapshot: 'screen', columns: 80, rows: 24 };
    };
    const input = vi.fn();
    const resize = vi.fn();
    const { path } = await runServer({ attach, 'terminal/input': input, 'terminal/resize': resize });
    const client = await connect(path);
    const output = Promise.withResolvers<string>();
    client.onOutput(output.resolve);
    expect(await client.request('attach', { columns: 80, rows: 24 })).toMatchObject({ snapshot: 'screen' });
    peer?.output('\u001b[2J\u0000ü');
    expect(await output.promise).toBe('\u001b[2J\u0000ü');
    client.notify('terminal/input', { data: '\u0003' });
    client.notify('terminal/resize', { columns: 100, rows: 30 });
    await client.request('reload', {});
    expect(input).toHaveBeenCalledWith({ data: '\u0003' }, peer);
    expect(resize).toHaveBeenCalledWith({ columns: 100, rows: 30 }, peer);
    const gone = once(peer?.signal ?? new AbortController().signal, 'abort');
    client.close();
    await gone;
  });

  test('a request that is taken back, or takes too long, aborts its handler', async () => {
    const aborted: string[] = [];
    const wait = (name: string) => async (_: unknown, __: unknown, signal: AbortSignal) => {
      await once(signal, 'abort');
      aborted.push(name);
      throw new VoiceError('internal', 'late', 'none');
    };
    const { path } = await runServer({ press: wait('press'), release: wait('release') });
    const client = await connect(path);
    const press = client.request('press', {}, { signal: AbortSignal.timeout(50) });
    await expect(press).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(client.request('release', {}, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'daemon-failed',
    });
    await vi.waitFor(() => expect(aborted).toEqual(['press', 'release']), { timeout: 60_000 });
    expect(await client.request('reload', {})).toEqual({ changed: false });
  });

  test('a client that has said all it wants still gets its answers', async () => {
    const press = async () => {
      await delay(300);
      return { stage: 'listening' } as const;
    };
    const { path } = await runServer({ press });
    const raw = await RawClient.connect(path);
    raw.send({ id: 1, method: 'hello', params: { protocol: 1, client: 'nc' } });
    raw.send({ id: 2, method: 'press' });
    raw.socket.end();
    expect((await raw.next()).id).toBe(1);
    expect(await raw.next()).toMatchObject({ id: 2, result: { stage: 'listening' } });
    await raw.closed;
  });

  test('a request that goes away with the daemon is an error; closing removes the socket', async () => {
    const { path, server } = await runServer({ press: () => new Promise(() => undefined) });
    const client = await connect(path);
    const press = client.request('press', {});
    press.catch(() => undefined);
    await server.close();
    await expect(press).rejects.toMatchObject({ code: 'daemon-failed' });
    expect(existsSync(path)).toBe(false);
    await expect(connectControl({ path, client: 'x' })).rejects.toMatchObject({ code: 'daemon-missing' });
  });
});

describe('malformed messages get an error, and the conversation goes on', () => {
  const cases: [name: string, body: string, code: number, id: number | null][] = [
    ['no JSON', '{"jsonrpc":', -32700, null],
    ['nothing', '', -32700, null],
    ['not UTF-8', '\u00ff\u00fe', -32700, null],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"status"}]', -32600, null],
    ['null', 'null', -32600, null],
    ['another version', '{"jsonrpc":"1.0","id":7,"method":"status"}', -32600, 7],
    ['a method that is none', '{"jsonrpc":"2.0","id":7,"method":3}', -32600, 7],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"status"}', -32600, null],
    ['parameters that are none', '{"jsonrpc":"2.0","id":7,"method":"status","params":3}', -32600, 7],
    ['a response nobody asked for', '{"jsonrpc":"2.0","id":7,"result":1}', -32600, 7],
    ['a cancellation of nothing', '{"jsonrpc":"2.0","method":"$/cancelRequest"}', -32600, null],
    ['an unknown method', '{"jsonrpc":"2.0","id":7,"method":"constructor"}', -32601, 7],
    [
      'a deep nest',
      `{"jsonrpc":"2.0","id":7,"method":"toggle","params":{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
      -32602,
      7,
    ],
    ['parameters by position', '{"jsonrpc":"2.0","id":7,"method":"history","params":["x"]}', -32602, 7],
    ['an unknown parameter', '{"jsonrpc":"2.0","id":7,"method":"toggle","params":{"x":1}}', -32602, 7],
    ['__proto__', '{"jsonrpc":"2.0","id":7,"method":"toggle","params":{"__proto__":{"x":1}}}', -32602, 7],
    [
      'both text and audio',
      '{"jsonrpc":"2.0","id":7,"method":"ask","params":{"text":"a","audio":"/b"}}',
      -32602,
      7,
    ],
    ['a relative file', '{"jsonrpc":"2.0","id":7,"method":"ask","params":{"audio":"b.wav"}}', -32602, 7],
    [
      'an event without a name',
      '{"jsonrpc":"2.0","id":7,"method":"subscribe","params":{"events":[1]}}',
      -32602,
      7,
    ],
    [
      'a wrong notification',
      '{"jsonrpc":"2.0","method":"terminal/resize","params":{"columns":0}}',
      -32602,
      null,
    ],
  ];
  for (const [name, body, code, id] of cases) {
    test(name, async () => {
      const { path } = await runServer();
      const raw = await (await RawClient.connect(path)).hello();
      raw.socket.write(
        Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), Buffer.from(body, 'latin1')]),
      );
      const response = await raw.next();
      expect(response).toMatchObject({
        jsonrpc: '2.0',
        id,
        error: { code, data: { code: 'protocol-invalid' } },
      });
      expect(await raw.call(8, 'reload')).toMatchObject({ result: { changed: false } });
    });
  }

  test('a handler that fails is an internal error', async () => {
    const press = async () => {
      throw new TypeError('a bug');
    };
    const { path } = await runServer({ press });
    const raw = await (await RawClient.connect(path)).hello();
    expect(await raw.call(1, 'press')).toMatchObject({ error: { code: -32603, data: { code: 'internal' } } });
  });

  test('hello comes first, with a version that both sides speak', async () => {
    const { path } = await runServer();
    const raw = await RawClient.connect(path);
    expect(await raw.call(1, 'reload')).toMatchObject({ error: { code: -32002 } });
    const refused = [
      [{ protocol: 99 }, 'The daemon (1.2.3) speaks protocol 1, the client protocol 99.'],
      [{ protocol: 3, oldest: 2 }, 'The daemon (1.2.3) speaks protocol 1, the client protocols 2 to 3.'],
      [{ protocol: 0 }, 'The daemon (1.2.3) speaks protocol 1, the client protocol 0.'],
      [{ protocol: 1, oldest: 2 }, 'The daemon (1.2.3) speaks protocol 1, the client protocols 2 to 1.'],
    ] as const;
    for (const [versions, message] of refused) {
      const hello = await raw.call(2, 'hello', { ...versions, client: 'x' });
      const data = {
        code: 'protocol-version',
        message,
        hint: expect.stringContaining('codex-voice restart'),
      };
      expect(hello).toMatchObject({ error: { code: -32000, data } });
      expect(await raw.call(3, 'reload')).toMatchObject({ error: { code: -32002 } });
    }
    // All that a client of the first version says.
    expect(await raw.call(4, 'hello', { protocol: 1, client: 'x' })).toMatchObject({
      result: { protocol: 1, oldest: 1, newest: 1, features: [], version: '1.2.3' },
    });
    expect(await raw.call(5, 'reload')).toMatchObject({ result: { changed: false } });
  });

  test('a newer client that speaks this version too is told the version and the features in use', async () => {
    const { path } = await runServer();
    const raw = await RawClient.connect(path);
    const newer = { protocol: 7, oldest: 1, features: ['telepathy', 'paced'], client: 'x', mood: 'fine' };
    expect(await raw.call(1, 'hello', newer)).toMatchObject({
      result: { protocol: 1, features: ['paced'] },
    });
    expect(await raw.call(2, 'reload')).toMatchObject({ result: { changed: false } });
  });

  test('more requests at once than are allowed', async () => {
    const { path } = await runServer({ press: () => new Promise(() => undefined) });
    const raw = await (await RawClient.connect(path)).hello();
    for (let id = 1; id <= 65; id += 1) raw.send({ id, method: 'press' });
    expect(await raw.next()).toMatchObject({ id: 65, error: { data: { code: 'protocol-too-large' } } });
  });
});

describe('a client that breaks the framing goes alone', () => {
  const cases: [name: string, bytes: string | Buffer, code: string][] = [
    ['garbage', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'protocol-invalid'],
    ['random bytes', Buffer.alloc(100_000, 0x9b), 'protocol-too-large'],
    ['endless headers', 'A'.repeat(10_000), 'protocol-too-large'],
    ['an oversized frame', `Content-Length: ${8 * 1024 * 1024 + 1}\r\n\r\n{`, 'protocol-too-large'],
    ['no length', 'Content-Type: x\r\n\r\n{}', 'protocol-invalid'],
  ];
  for (const [name, bytes, code] of cases) {
    test(name, async () => {
      const { path } = await runServer();
      const other = await connect(path);
      const raw = await (await RawClient.connect(path)).hello();
      raw.socket.write(bytes);
      expect(await raw.next()).toMatchObject({ id: null, error: { code: -32700, data: { code } } });
      await raw.closed;
      expect(await other.request('reload', {})).toEqual({ changed: false });
    });
  }

  test('a frame of the largest size is taken, half a frame waits, and a client may vanish in the middle', async () => {
    const { path } = await runServer();
    const raw = await (await RawClient.connect(path)).hello();
    const frame = encodeFrame({
      jsonrpc: '2.0',
      id: 5,
      method: 'ask',
      params: { text: 'x'.repeat(1_000_001) },
    });
    raw.socket.write(frame);
    expect(await raw.next()).toMatchObject({ id: 5, error: { code: -32602 } });
    const half = encodeFrame({ jsonrpc: '2.0', id: 6, method: 'reload' });
    raw.socket.write(half.subarray(0, 30));
    const other = await connect(path);
    expect(await other.request('reload', {})).toEqual({ changed: false });
    raw.socket.write(half.subarray(30));
    expect(await raw.next()).toMatchObject({ id: 6, result: {} });
    raw.socket.write(half.subarray(0, 30));
    raw.socket.destroy();
    await raw.closed;
    expect(await other.request('reload', {})).toEqual({ changed: false });
  });

  test('one that does not read: levels are left out, too much else ends it, the others get everything', async () => {
    const { path, server } = await runServer();
    const slow = await (await RawClient.connect(path)).hello();
    await slow.call(1, 'subscribe', { events: ['level', 'delta'] });
    slow.socket.pause();
    const other = await connect(path);
    let deltas = 0;
    let levels = 0;
    other.onEvent(({ event }) => {
      if (event === 'delta') deltas += 1;
      else levels += 1;
    });
    await other.request('subscribe', { events: ['level', 'delta'] });
    const text = 'x'.repeat(1_000_000);
    // Each side gives the other a turn, as events do that come one by one.
    for (let index = 0; index < 12; index += 1) {
      server.broadcast({ event: 'delta', payload: { utterance: 'a', text } });
      await other.request('reload', {});
      server.broadcast({ event: 'level', payload: { utterance: 'a', dbfs: -20, speaking: true } });
    }
    await other.request('reload', {});
    expect([deltas, levels]).toEqual([12, 12]);
    // Behind, but not cut off: everything but the levels is there once it reads again.
    const received: (string | undefined)[] = [];
    slow.socket.resume();
    while (received.filter((method) => method === 'delta').length < 12)
      received.push((await slow.next()).method);
    expect(received.filter((method) => method === 'level').length).toBeLessThan(12);
    slow.socket.pause();
    for (let index = 0; index < 20; index += 1) {
      server.broadcast({ event: 'delta', payload: { utterance: 'a', text } });
      await other.request('reload', {});
    }
    slow.socket.resume();
    await slow.closed;
    expect(deltas).toBe(32);
  });
});

describe('one daemon', () => {
  test('a second server is refused, the first goes on', async () => {
    const { path } = await runServer();
    const client = await connect(path);
    const second = createControlServer({
      path,
      version: '2',
      handlers: handlers(),
      gatekeeper: openGate,
      logger,
    });
    await expect(second).rejects.toMatchObject({ code: 'daemon-running' });
    expect(await client.request('reload', {})).toEqual({ changed: false });
    expect((await connect(path)).server.version).toBe('1.2.3');
  });

  test('of several processes that start at once, one wins; the next takes over from one that was killed', async () => {
    const path = join(temporaryFolder(), 'run', 'control.sock');
    const script = fileURLToPath(new URL('daemon.ts', import.meta.url));
    const start = () => {
      const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      return { child, said: once(child.stdout, 'data').then(([data]) => String(data).trim()) };
    };
    const rivals = [start(), start(), start()];
    const outcomes = await Promise.all(rivals.map(({ said }) => said));
    expect(outcomes.toSorted()).toEqual(['daemon-running', 'daemon-running', 'listening']);
    const winner = rivals[outcomes.indexOf('listening')];
    expect((await connect(path)).server.pid).toBe(winner?.child.pid);
    const exited = winner && once(winner.child, 'exit');
    winner?.child.kill('SIGKILL');
    await exited;
    expect(existsSync(path)).toBe(true);
    await expect(connectControl({ path, client: 'x' })).rejects.toMatchObject({ code: 'daemon-missing' });
    expect(await start().said).toBe('listening');
  });

  test('a folder that others may enter, a link, a path that is too long, a place that cannot be written', async () => {
    const folder = temporaryFolder();
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    mkdirSync(join(folder, 'private'), { mode: 0o700 });
    symlinkSync(join(folder, 'private'), join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    const places: [string, string][] = [
      [open, 'folder-unsafe'],
      [join(folder, 'link'), 'folder-unsafe'],
      [join(folder, 'x'.repeat(100)), 'state-unwritable'],
      [join(folder, 'file', 'run'), 'state-unwritable'],
      ['/proc/codex-voice', 'state-unwritable'],
    ];
    for (const [place, code] of places) {
      const server = createControlServer({
        gatekeeper: openGate,
        path: join(place, 'control.sock'),
        version: '1',
        handlers: handlers(),
        logger,
      });
      await expect(server, place).rejects.toMatchObject({ code });
    }
  });
});
