/**
 * Run by Node for Windows: connects to the daemon's pipe as a program that cannot read its key, and prints the answer.
 *
 *     node stranger.ts CONTROL.JSON
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../../src/control/framing.ts';
import { LIMITS } from '../../../src/control/protocol.ts';

const [, , file = ''] = process.argv;
const { pipe } = JSON.parse(readFileSync(file, 'utf8')) as { pipe: string };
const decoder = new FrameDecoder(LIMITS);
const socket = connect(pipe);
for (const [id, method, params] of [
  [1, 'hello', { protocol: 1, client: 'stranger' }],
  [2, 'status', {}],
] as const) {
  socket.write(encodeFrame({ jsonrpc: '2.0', id, method, params }));
}
const answers: unknown[] = [];
socket.on('data', (chunk) => {
  for (const body of decoder.push(chunk)) answers.push(JSON.parse(body.toString('utf8')));
  if (answers.length === 2) socket.end();
});
socket.on('error', (error) => answers.push({ gone: error.message }));
socket.on('close', () => console.log(JSON.stringify(answers)));
