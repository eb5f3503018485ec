import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { wordsOf } from '../../src/loopback/answers.ts';
import { World } from '../soak/world.ts';
import { codexWithBrokenTerminal, type IN_TERMINAL } from '../support/broken-terminal.ts';
import { CODEX, runCli } from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a daemon whose terminal cannot be used', () => {
  let world: World;
  afterEach(async () => {
    expect(await world.stop()).toEqual([]);
  });

  async function begin(inTerminal: keyof typeof IN_TERMINAL): Promise<void> {
    const codex = await codexWithBrokenTerminal(temporaryFolder(), inTerminal, CODEX);
    world = await World.start({
      reply: ({ lastUserText }) => ({
        kind: 'text',
        chunks: wordsOf(`You said: ${lastUserText}`),
        delayMs: 40,
      }),
      projects: ['backend'],
      codex,
    });
  }

  it('answers, and says in status, doctor and log how it sends prompts and why', async () => {
    await begin('mute');
    const client = await world.client();
    const said = ['!ls', '日本語', 'three'].map((text) => client.request('ask', { text, wait: true }));
    await Promise.all(said);
    expect(world.model.requests.at(-1)?.userTexts).toEqual(['!ls', '日本語', 'three']);
    const how =
      /prompts are sent through the app-server, because nothing can be typed: The hidden terminal shows no prompt\./;
    expect((await runCli(world.env, 'status')).stdout).toMatch(how);
    const doctor = await runCli(world.env, 'doctor');
    expect(doctor.stdout.split('\n').find((line) => / codex /.test(line))).toMatch(how);
    expect(world.log).toContain('prompts are sent without the hidden terminal');
    const answered = await runCli(world.env, 'ask', 'one more');
    expect(answered).toMatchObject({ status: 0, stdout: expect.stringContaining('You said: one more') });
  });

  it('loses no prompt and sends none twice when it is killed around the moment of sending', async () => {
    await begin('crashes');
    await waitFor('Codex', async () => (await world.status()).session.state === 'idle', { timeout: 60_000 });
    const prompts: string[] = [];
    for (const ms of [0, 30, 60, 120, 300]) {
      prompts.push(`prompt ${ms}`);
      await (await world.client()).request('ask', { text: `prompt ${ms}`, wait: false });
      await delay(ms);
      expect(await world.kill('daemon')).toBe(true);
      await waitFor(
        'the fate of the prompt',
        async () => {
          const { queue, session } = await world.status();
          return queue.length === 0 && session.state === 'idle';
        },
        { timeout: 60_000 },
      );
    }
    await (await world.client()).request('ask', { text: 'the end', wait: true });
    const conversation = world.model.requests.at(-1)?.userTexts ?? [];
    expect(conversation.filter((text, index) => conversation.indexOf(text) !== index)).toEqual([]);
    const outcomes = await world.history();
    for (const prompt of prompts) {
      const ends = outcomes.filter((utterance) => utterance.prompt === prompt);
      expect(ends.map(({ state }) => state)).toEqual([expect.stringMatching(/^(answered|interrupted)$/)]);
      if (ends[0]?.state === 'answered') expect(conversation).toContain(prompt);
    }
    expect(conversation.filter((text) => prompts.includes(text))).toEqual(
      prompts.filter((text) => conversation.includes(text)),
    );
  });
});
