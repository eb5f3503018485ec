import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureHolder } from '../../src/microphone/pulse/device-holder.ts';
import { temporaryFolder } from '../support/process.ts';

it('names the program that records from a card past the sound server', async () => {
  await using proc = await temporaryFolder();
  const state = async (card: number, text: string) => {
    const folder = join(proc.path, 'asound', `card${card}`, 'pcm0c', 'sub0');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'status'), text);
  };
  const program = async (pid: number, name: string) => {
    await mkdir(join(proc.path, String(pid)), { recursive: true });
    await writeFile(join(proc.path, String(pid), 'comm'), `${name}\n`);
  };
  await state(0, 'closed\n');
  await state(1, 'state: RUNNING\nowner_pid   : 77\ntrigger_time: 1.0\n');
  await state(2, 'state: RUNNING\nowner_pid   : 88\n');
  await program(77, 'audacity');
  await program(88, 'pulseaudio');
  expect(await captureHolder(null, proc.path)).toBeNull();
  expect(await captureHolder(0, proc.path)).toBeNull();
  expect(await captureHolder(1, proc.path)).toBe('audacity (process 77)');
  expect(await captureHolder(2, proc.path)).toBeNull();
  expect(await captureHolder(3, proc.path)).toBeNull();
});
