import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../src/files/paths.ts';
import type { Replier } from '../../src/loopback/model.ts';
import type { Utterance } from '../../src/utterance.ts';
import { type Part, World } from '../soak/world.ts';
import { NOBODY_SPEAKS } from '../support/desktop.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { waitFor } from '../support/process.ts';

/**
 * Where a prompt is when something is killed. Freezing Codex (SIGSTOP) holds it there, so that each stage is met for
 * certain and not by luck: a frozen terminal takes no paste, a frozen server accepts no turn.
 */
type Stage = 'waiting' | 'typed' | 'sent' | 'accepted' | 'answering';
const VICTIMS = ['daemon', 'terminal', 'app-server'] as const satisfies readonly Part[];

/** What the journal has of a prompt. */
interface Row {
  state: string;
  answer: string | null;
  sent: boolean;
}

describe.each(VICTIMS)('a prompt outlives kill -9 of the %s', (victim) => {
  let world: World;
  let journal: DatabaseSync;
  let gate: PromiseWithResolvers<void>;
  let count = 0;

  /** `hold` asks for silence, `begin` for half an answer, until the gate is opened. */
  const reply: Replier = async ({ lastUserText }) => {
    if (lastUserText.startsWith('hold')) await gate.promise;
    const begin = lastUserText.startsWith('begin');
    async function* chunks(): AsyncGenerator<string> {
      yield 'first half, ';
      if (begin) await gate.promise;
      yield 'second half.';
    }
    return { kind: 'text', chunks: chunks() };
  };

  beforeAll(async () => {
    gate = Promise.withResolvers();
    world = await World.start({ reply, projects: ['backend'], config: NOBODY_SPEAKS });
    await world.client();
    journal = new DatabaseSync(pathsOf(world.env).journal, { readOnly: true, timeout: 2_000 });
  });
  afterAll(async () => {
    gate.resolve();
    journal.close();
    expect(await world.stop()).toEqual([]);
  });
  beforeEach(async () => {
    gate = Promise.withResolvers();
    await waitFor('Codex', async () => (await world.status()).session.state === 'idle', { timeout: 120_000 });
  });
  afterEach(() => gate.resolve());

  function newPrompt(verb: 'say' | 'hold' | 'begin'): string {
    count += 1;
    return `${verb} ${victim} ${count}`;
  }

  async function ask(prompt: string): Promise<void> {
    await (await world.client()).request('ask', { text: prompt, wait: false });
  }

  function row(prompt: string): Row | null {
    const sql = `SELECT state, answer, sent_at IS NOT NULL AS sent
      FROM utterances LEFT JOIN queue ON utterance = id WHERE prompt = ?`;
    const found = journal.prepare(sql).get(prompt);
    if (!found) return null;
    return {
      state: String(found.state),
      answer: found.answer === null ? null : String(found.answer),
      sent: found.sent === 1,
    };
  }

  const until = (what: string, prompt: string, holds: (row: Row) => boolean) =>
    waitFor(
      what,
      () => {
        const now = row(prompt);
        return now !== null && holds(now);
      },
      { timeout: 120_000, every: 10 },
    );

  /** Brings a prompt to a stage and holds it there. */
  async function bring(stage: Stage): Promise<string> {
    switch (stage) {
      case 'waiting': {
        const first = newPrompt('hold');
        await ask(first);
        await until('the one before to be accepted', first, ({ state }) => state === 'accepted');
        const prompt = newPrompt('say');
        await ask(prompt);
        return prompt;
      }
      case 'typed': {
        expect(await world.signal('terminal', 'SIGSTOP')).toBe(true);
        const prompt = newPrompt('say');
        await ask(prompt);
        await delay(200); // Nobody tells that the paste lies in the PTY.
        expect(row(prompt)).toMatchObject({ state: 'heard', sent: false });
        return prompt;
      }
      case 'sent': {
        expect(await world.signal('app-server', 'SIGSTOP')).toBe(true);
        const prompt = newPrompt('say');
        await ask(prompt);
        await until('the mark', prompt, ({ sent }) => sent);
        return prompt;
      }
      case 'accepted': {
        const prompt = newPrompt('hold');
        await ask(prompt);
        await until('acceptance', prompt, ({ state }) => state === 'accepted');
        return prompt;
      }
      case 'answering': {
        const prompt = newPrompt('begin');
        await ask(prompt);
        await until('the first words', prompt, ({ answer }) => answer !== null);
        return prompt;
      }
    }
  }

  async function killed(): Promise<void> {
    const frozen = (await world.processes()).filter(({ command }) =>
      /codex\S* (?:app-server|resume) /.test(command),
    );
    expect(await world.kill(victim)).toBe(true);
    for (const { pid } of frozen) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // It was the victim.
      }
    }
  }

  async function fateOf(prompt: string): Promise<Utterance> {
    await waitFor(
      'the fate',
      async () => (await world.status()).queue.every(({ state }) => state === 'uncertain'),
      { timeout: 120_000 },
    );
    const records = (await world.history()).filter((each) => each.prompt === prompt);
    expect(records).toHaveLength(1);
    return records[0] as Utterance;
  }

  /** How often the model was asked to answer it, and how often it stands in the conversation now. */
  async function times(prompt: string): Promise<{ asked: number; heard: number }> {
    const next = newPrompt('say');
    await ask(next);
    expect((await fateOf(next)).state).toBe('answered');
    const { requests } = world.model;
    const last = requests.findLast(({ lastUserText }) => lastUserText === next);
    return {
      asked: requests.filter(({ lastUserText }) => lastUserText === prompt).length,
      heard: (last?.userTexts ?? []).filter((text) => text === prompt).length,
    };
  }

  /** A server that is killed takes its turn along; a daemon leaves it to the server, which the next one ends. */
  const CUT_OFF = {
    daemon: ['answered', 'interrupted'],
    'app-server': ['interrupted'],
    terminal: ['answered'],
  };

  // Session and daemon meet the same stages: test/codex/recovery.integration.test.ts has those of Codex one by one.
  const whole = EVERY_CASE || victim === 'daemon';
  const stages = [
    ['waiting', ['answered']],
    ['typed', ['answered']],
    // Whoever has it may have begun with it when the daemon's server is ended.
    ['sent', victim === 'daemon' ? CUT_OFF.daemon : ['answered']],
    ['accepted', CUT_OFF[victim]],
    ['answering', CUT_OFF[victim]],
  ] as const;
  it.each(stages.filter(([stage]) => whole || stage === 'waiting' || stage === 'sent'))(
    '%s',
    async (stage, fates) => {
      const prompt = await bring(stage);
      await killed();
      gate.resolve();
      const record = await fateOf(prompt);
      expect(fates).toContain(record.state);
      if (record.state === 'interrupted') expect(record.error?.code).toBe('codex-down');
      if (stage === 'answering') expect(record.answer).toMatch(/^first half,/);
      if (record.state === 'answered') expect(record.answer).toBe('first half, second half.');
      expect(await times(prompt)).toEqual({ asked: 1, heard: 1 });
    },
  );

  if (whole)
    it('in its order, with all that was said after it', async () => {
      const first = newPrompt('hold');
      await ask(first);
      await until('acceptance', first, ({ state }) => state === 'accepted');
      const [a, b, c] = [newPrompt('say'), newPrompt('say'), newPrompt('say')];
      for (const prompt of [a, b, c]) await ask(prompt);
      const client = await world.client();
      const { queue } = await client.request('queue', {});
      expect(queue.map(({ prompt, state }) => [prompt, state])).toEqual([
        [first, 'sending'],
        [a, 'queued'],
        [b, 'queued'],
        [c, 'queued'],
      ]);
      await client.request('queue/move', { id: queue[3]?.id ?? '', position: 1 });
      await killed();
      gate.resolve();
      const last = newPrompt('say');
      await ask(last);
      await fateOf(last);
      const asked = world.model.requests.map(({ lastUserText }) => lastUserText);
      expect(asked.filter((text) => [first, a, b, c, last].includes(text))).toEqual([first, c, a, b, last]);
    });

  if (victim !== 'daemon') return;
  it('with the answer that Codex has finished meanwhile', async () => {
    const prompt = await bring('answering');
    await killed();
    gate.resolve();
    const rollouts = join(world.home.codexHome, 'sessions');
    await waitFor('the answer in the conversation', async () => {
      const files = (await readdir(rollouts, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
      const texts = await Promise.all(files.map((name) => readFile(join(rollouts, name), 'utf8')));
      const rows = texts.flatMap((text) => text.split('\n'));
      const since = rows.slice(rows.findLastIndex((row) => row.includes(prompt)));
      return since.some((row) => row.includes('task_complete'));
    });
    expect(await fateOf(prompt)).toMatchObject({ state: 'answered', answer: 'first half, second half.' });
    expect(await times(prompt)).toEqual({ asked: 1, heard: 1 });
  });
});
