/**
 * A program that records until it is killed: `node record-forever.ts BACKEND`. It prints `recording` with its first
 * frame.
 */
import { pino } from 'pino';
import type { RecorderName } from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';

const microphone = openMicrophone({
  device: 'default',
  backend: process.argv[2] as RecorderName,
  keepOpen: false,
  env: process.env,
  logger: pino({ level: 'silent' }),
  onTrouble: (error) => console.error(error.message),
});
let frames = 0;
for await (const _ of microphone.record(new AbortController().signal)) {
  if (frames++ === 0) console.log('recording');
}
