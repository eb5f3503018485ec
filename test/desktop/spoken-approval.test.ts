import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Reply } from '../../src/loopback/model.ts';
import { AFTER_THE_END, startDaemon, startQuietDesktop } from '../support/desktop.ts';
import { run, temporaryFolder, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';

it('a request is approved by voice where that is switched on: the whole phrase, for what was read out', async () => {
  await using desktop = await startQuietDesktop();
  await using folder = await temporaryFolder();
  const bin = join(folder.path, 'bin');
  const readOut = join(folder.path, 'read');
  await mkdir(bin);
  // In front of the system's own voice; it takes as long as is believed.
  const voice = `#!/bin/sh\ncat > '${readOut}.all'\nsleep 5\nmv '${readOut}.all' '${readOut}'\n`;
  await writeFile(join(bin, 'spd-say'), voice, { mode: 0o755 });
  const env = { ...desktop.env, PATH: `${bin}:${process.env.PATH}` };
  const phrase = join(folder.path, 'phrase.wav');
  await run('espeak-ng', ['-v', 'en-us', '-s', '140', '-w', phrase, 'Yes, approve.']);
  const replies: Reply[] = [{ kind: 'command', command: 'touch made-here', justification: 'To show it' }];
  const microphone = new RecordedMicrophone(folder.path);
  await microphone.hears(phrase);
  await using daemon = await startDaemon(env, {
    reply: () => replies.shift() ?? { kind: 'text', chunks: ['That is done.'] },
    config: `${AFTER_THE_END}${microphone.settings}[approvals]\nspoken = true\nvoice_commands = ["touch made-here"]\n`,
  });
  await daemon.begin('make it');
  const request = await waitFor('the request', async () => {
    return (await daemon.status()).pending[0];
  });
  expect(request.dangers).toEqual([]);
  await waitFor('it to be read out', async () => {
    return (await readFile(readOut, 'utf8').catch(() => '')).includes('touch made dash here');
  });
  // The same words in a file are a prompt as any other: whose they are nobody knows.
  await daemon.cli('ask', '--no-wait', '--audio', phrase);
  const queued = await waitFor('the prompt in the queue', async () => {
    const { queue, pending } = await daemon.status();
    expect(pending).toHaveLength(1);
    return queue.find(({ state }) => state === 'queued');
  });
  expect(queued.prompt).toMatch(/approve/i);
  await daemon.cli('queue', 'drop', queued.id);
  await desktop.x.xdotool('key', 'ctrl+alt+space');
  const all = await daemon.waitForEnd(3);
  expect(all.find(({ source }) => source === 'hotkey')).toMatchObject({
    state: 'cancelled',
    prompt: null,
  });
  expect(all.find(({ source }) => source === 'cli')).toMatchObject({ state: 'answered' });
  expect(existsSync(join(daemon.home.project, 'made-here'))).toBe(true);
  expect(daemon.model.requests.some(({ userTexts }) => userTexts.some((text) => /approve/i.test(text)))).toBe(
    false,
  );
});
