/**
 * What a command of Codex could run to decide for itself: says hello, reads what waits, and tries everything. It uses
 * nothing of the program, so that it runs wherever Node does. Writes the answers to a file beside it.
 * Arguments: the socket, a name for this attempt, and "orphan" with the process id of its parent, to wait until that has ended.
 */
import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const [path, name, manner, parent] = process.argv.slice(2);
const socket = connect(path);
const answers = new Map();
let input = Buffer.alloc(0);

socket.on('data', (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (;;) {
    const header = /^Content-Length: (\d+)\r\n\r\n/.exec(input.toString('latin1'));
    if (!header || input.length < header[0].length + Number(header[1])) return;
    const end = header[0].length + Number(header[1]);
    const message = JSON.parse(input.toString('utf8', header[0].length, end));
    input = input.subarray(end);
    answers.get(message.id ?? null)?.(message);
  }
});

const write = (message) => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};
let ids = 0;
const call = (method, params = {}) =>
  new Promise((resolve) => {
    ids += 1;
    answers.set(ids, resolve);
    write({ id: ids, method, params });
  });
/** A notification is only answered when it is refused. */
const notify = (method, params) =>
  new Promise((resolve) => {
    answers.set(null, resolve);
    setTimeout(() => resolve({ result: 'silence' }), 500);
    write({ method, params });
  });

/** Every port of this machine that answers as Codex's server does: it is asked to let a client in without a token. */
async function servers() {
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const ports = lines.flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local.startsWith('0100007F:') && state === '0A' ? [Number.parseInt(local.slice(9), 16)] : [];
  });
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const { get } = await import('node:http');
  const status = (port) =>
    new Promise((resolve) => {
      const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
      const request = get({ host: '127.0.0.1', port, headers: { ...headers, ...key }, timeout: 1_000 });
      request.on('response', (response) => resolve(response.statusCode));
      request.on('upgrade', () => resolve('open'));
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(null));
    });
  return Object.fromEntries(await Promise.all(ports.map(async (port) => [port, await status(port)])));
}

/** Every Unix socket of Codex: it is asked to let a client in. */
async function sockets() {
  const lines = readFileSync('/proc/net/unix', 'utf8').trim().split('\n');
  const paths = new Set(lines.flatMap((line) => /\/tmp\/codex-daemon-.*$/.exec(line)?.[0] ?? []));
  const outcome = (path) =>
    new Promise((resolve) => {
      const client = connect(path);
      client.once('connect', () => resolve('open')).once('error', ({ code }) => resolve(code));
    });
  return Object.fromEntries(await Promise.all([...paths].map(async (each) => [each, await outcome(each)])));
}

/** Environments of the processes that can be seen: does one hold the token of Codex's server? */
function tokens() {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes('CODEX_VOICE_SERVER_TOKEN=');
    } catch {
      return false; // Another user's, or gone.
    }
  }).length;
}

await new Promise((resolve) => socket.once('connect', resolve));
if (manner === 'orphan') {
  while (process.ppid === Number(parent)) await new Promise((resolve) => setTimeout(resolve, 20));
}
await call('hello', { protocol: 1, client: name });
const { result } = await call('status');
const [request] = result.pending;
if (manner === 'gone') {
  write({ id: 100, method: 'approve', params: { id: request.id, hash: request.hash } });
  socket.end(() => process.exit());
} else {
  const calls = {
    approve: { id: request.id, hash: request.hash },
    deny: { id: request.id },
    answer: { id: request.id, answers: { a: ['b'] } },
    ask: { text: 'approve it' },
    toggle: {},
    interrupt: {},
    'review/send': {},
    'review/edit': { text: 'other' },
    'review/cancel': {},
    'review/hold': {},
    'queue/send': { id: 'x' },
    'queue/drop': { id: 'x' },
    'queue/move': { id: 'x', position: 1 },
    attach: { columns: 80, rows: 24 },
    popup: {},
    use: { project: null },
    new: {},
    resume: { id: 'x' },
    reload: {},
    restart: {},
    stop: {},
    pause: {},
  };
  const told = {};
  for (const [method, params] of Object.entries(calls)) {
    const { error } = await call(method, params);
    told[method] = error?.data?.code ?? 'done';
  }
  const { error } = await notify('terminal/input', { data: '\r' });
  told['terminal/input'] = error?.data?.code ?? 'done';
  const file = join(process.cwd(), `${name}.json`);
  const namespace = readlinkSync('/proc/self/ns/pid');
  writeFileSync(
    `${file}.part`,
    JSON.stringify({ told, servers: await servers(), sockets: await sockets(), tokens: tokens(), namespace }),
  );
  renameSync(`${file}.part`, file);
  process.exit();
}
