import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { parseChord } from '../../src/hotkey/chord.ts';
import { takenError } from '../../src/hotkey/refused-key.ts';
import { programName } from '../../src/hotkey/x11/holders.ts';

it.each([
  ['sleep', ['60'], 'sleep'],
  ['sh', ['-c', 'read line; :', '/opt/keys/daemon.sh'], 'sh'],
  [process.execPath, ['--no-warnings', '/dev/stdin'], 'stdin'],
])('calls %s %j %s', async (command, args, name) => {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  try {
    expect(await programName(child.pid ?? 0)).toBe(name);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  expect(await programName(child.pid ?? 0)).toBeNull();
});

it.each([
  [[], 'F9 is taken by another program.'],
  [['Openbox'], 'F9 is taken by Openbox.'],
  [['sxhkd', 'Openbox'], 'F9 is taken by sxhkd or Openbox.'],
  [['sxhkd', 'fcitx5', 'Openbox'], 'F9 is taken by sxhkd, fcitx5, or Openbox.'],
])('tells that %j may hold the key', (holders, message) => {
  expect(takenError(parseChord('F9'), holders)).toMatchObject({ code: 'hotkey-taken', message });
});
