import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replacing } from '../../src/wording/replacing.ts';
import { World } from '../soak/world.ts';
import { AFTER_THE_END } from '../support/desktop.ts';
import { run, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MISHEARD = 'Restart the server.';
const RIGHT = 'Restart the worker.';

/** A prompt is corrected by voice while the real Codex works on it. */
let world: World;
let folder: string;
let microphone: RecordedMicrophone;

beforeEach(async () => {
  folder = temporaryFolder();
  microphone = new RecordedMicrophone(folder);
  world = await World.start({
    reply: ({ lastUserText }) =>
      lastUserText === MISHEARD
        ? { kind: 'text', chunks: Array.from({ length: 600 }, () => 'working '), delayMs: 500 }
        : { kind: 'text', chunks: [`You said: ${lastUserText}`] },
    projects: ['backend'],
    config: `${AFTER_THE_END}${microphone.settings}`,
  });
  await waitFor('Codex', async () => (await world.status()).session.state === 'idle', { timeout: 120_000 });
});
afterEach(async () => {
  expect(await world.stop()).toEqual([]);
});

async function say(text: string): Promise<void> {
  const file = join(folder, 'said.wav');
  await run('espeak-ng', ['-v', 'en-us', '-s', '140', '-w', file, text]);
  await microphone.hears(file);
  await (await world.client()).request('toggle', {});
}

async function statesOf(prompt: string): Promise<string[]> {
  return (await world.history()).filter((each) => each.prompt === prompt).map(({ state }) => state);
}

/** Says the prompt, lets another one wait behind it, and says the correction. */
async function correct(before: () => Promise<unknown> = async () => undefined): Promise<void> {
  await say(MISHEARD);
  await waitFor('the prompt', async () => (await statesOf(MISHEARD)).includes('accepted'), {
    timeout: 60_000,
  });
  await (await world.client()).request('ask', { text: 'later', wait: false });
  await before();
  await say('Replace server with worker.');
  await waitFor('the correction', async () => (await statesOf(replacing(RIGHT))).length === 1, {
    timeout: 60_000,
  });
}

async function expectCorrected(): Promise<void> {
  await waitFor('the last answer', async () => (await statesOf('later'))[0] === 'answered', {
    timeout: 120_000,
  });
  const all = (await world.history()).toReversed();
  expect(all.map(({ prompt, state }) => [prompt, state])).toEqual([
    [MISHEARD, 'interrupted'],
    ['later', 'answered'],
    [null, 'cancelled'],
    [replacing(RIGHT), 'answered'],
  ]);
  expect(all[3]).toMatchObject({
    source: 'hotkey',
    answer: `You said: ${replacing(RIGHT)}`,
    changes: [{ from: 'server', to: 'worker', at: 12, why: 'correction' }],
  });
  const texts = world.model.requests.map(({ lastUserText }) => lastUserText);
  expect(texts.filter((text) => text !== MISHEARD)).toEqual([replacing(RIGHT), 'later']);
}

test('it is interrupted, and the corrected prompt is answered before those that wait', async () => {
  await correct();
  await expectCorrected();
});

test('a daemon that is killed between the two sends the corrected prompt once, and in its place', async () => {
  // Codex cannot end the turn before the daemon is killed.
  await correct(() => world.signal('app-server', 'SIGSTOP'));
  expect(await statesOf(MISHEARD)).toEqual(['accepted']);
  expect(await statesOf(replacing(RIGHT))).toEqual(['heard']);
  await world.kill('daemon');
  await expectCorrected();
  expect(
    await readFile(join(dirname(world.home.config), 'vocabulary.txt'), 'utf8').catch(() => null),
  ).toBeNull();
});
