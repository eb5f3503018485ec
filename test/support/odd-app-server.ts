/** An app-server of Codex that does one thing wrong, named by the last argument: `dies`, `refuses`, or `odd` answers. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

// app-server --listen ws://127.0.0.1:0 or unix://PATH ... WHAT
const what = process.argv.at(-1);
const listen = process.argv[process.argv.indexOf('--listen') + 1] ?? '';
const http = createServer();
new WebSocketServer({ server: http }).on('connection', (peer) => {
  peer.on('message', (data) => {
    const { id }: { id?: number } = JSON.parse(String(data));
    if (id === undefined) return;
    if (what === 'refuses') peer.send(JSON.stringify({ id, error: { code: -32603, message: 'not today' } }));
    if (what === 'odd') peer.send(JSON.stringify({ id, result: { user: 7 } }));
    if (what !== 'dies') return;
    process.stderr.write(
      'Error: out of file descriptors\nStack backtrace:\n   0: <unknown>\n   1: <unknown>\n',
    );
    process.exit(1);
  });
});
if (listen.startsWith('unix://')) http.listen(listen.slice('unix://'.length));
else
  http.listen(0, '127.0.0.1', () => {
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    process.stderr.write(`listening on: ws://127.0.0.1:${address.port}\n`);
  });
