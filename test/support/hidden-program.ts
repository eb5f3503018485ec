/**
 * What runs in a hidden terminal instead of Codex. `modes`: shows every kind of style, switches all modes on, and tells
 * on the screen what it receives. `lines RATE`: so many coloured lines a second, each with the time at which it was
 * written (CLOCK_MONOTONIC, ms); with RATE 0 one line every 100 ms, always on the same row.
 */
import { setTimeout as delay } from 'node:timers/promises';

export const STYLES = [
  '\x1b[31mred\x1b[0m \x1b[1;94mbright\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[48;2;10;20;30mtrue\x1b[0m',
  '\x1b[4:3;58;2;255;0;0mcurly\x1b[0m \x1b[3;9mitalic\x1b[0m \x1b[2;7mdim\x1b[0m \x1b[53mover\x1b[0m',
  '\x1b]8;;https://example.org/a\x1b\\link\x1b]8;;\x1b\\ 日本語 🙂 👩‍👩‍👧 ⚠️ e\u0301 end',
];

const MODES = '\x1b[?1049h\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?1004h\x1b[?1h\x1b[5 q\x1b[>1u';
const TITLE = '\x1b]0;a title\x07';
const now = (): string => (Number(process.hrtime.bigint()) / 1e6).toFixed(2);

async function modes(): Promise<void> {
  process.stdin.setRawMode(true).setEncoding('utf8');
  process.stdout.write(`${MODES}${TITLE}\x1b[H${STYLES.join('\r\n')}`);
  let received = '';
  for await (const data of process.stdin) {
    received += data;
    if (received.includes('bell')) process.stdout.write('\x07\x1b]52;c;aGVsbG8=\x07');
    received = received.split('reset').at(-1) ?? '';
    process.stdout.write(`\x1b[6;1H\x1b[J${JSON.stringify(received)}`);
  }
}

async function lines(rate: number): Promise<void> {
  for (let count = 0; ; ) {
    if (rate === 0) process.stdout.write(`\x1b[2;1H@${now()}@\x1b[K`);
    const batch = Array.from({ length: Math.round(rate / 100) }, () => {
      count += 1;
      const words = `line ${count} `.repeat(1 + (count % 5));
      return `\x1b[3${count % 8}mcolour \x1b[38;2;${count % 256};100;200m${words}\x1b[0m @${now()}@\r\n`;
    });
    process.stdout.write(batch.join(''));
    await delay(rate === 0 ? 100 : 10);
  }
}

if (process.argv[2] === 'modes') await modes();
if (process.argv[2] === 'lines') await lines(Number(process.argv[3]));
