import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import { clip } from '../support/speech.ts';
import { type Account, Ledger } from './ledger.ts';
import { pick, randomOf } from './random.ts';
import { type Part, World } from './world.ts';

const PROJECTS = ['backend', 'web app'];
const SPOKEN = clip('sb-spk1_snt5');
const PARTS: readonly Part[] = ['app-server', 'terminal', 'whisper', 'daemon'];
/** As many prompts wait at most: more would only make the end of the run later. */
const MOST_WAITING = 6;

/** What is done next, and how often compared with the others. */
const WEIGHTS: readonly (readonly [action: string, weight: number])[] = [
  ['ask', 50],
  ['ask slowly', 12],
  ['ask for approval', 10],
  ['ask by voice', 4],
  ['interrupt', 6],
  ['kill', 8],
  ['begin anew', 3],
  ['drop', 3],
  ['move', 4],
];

/** One prompt, by the word that says what the model is to make of it. */
const reply: Replier = ({ lastUserText, toolOutput }) => {
  if (lastUserText.includes('approval') && toolOutput === null) {
    return { kind: 'command', command: 'touch /var/tmp/codex-voice-soak', justification: 'May I?' };
  }
  const slow = lastUserText.includes('slowly');
  return {
    kind: 'text',
    chunks: wordsOf(`Noted: ${lastUserText} It is in the list.`),
    delayMs: slow ? 150 : 10,
  };
};

/** States of an utterance that has no fate yet. */
const OPEN: readonly string[] = ['listening', 'heard', 'accepted'];

interface Sample {
  minute: number;
  /** MB by kind of process. */
  rss: Record<string, number>;
  files: number;
}

/** Does what people and machines do to it, at random, for so many minutes; then looks what became of every prompt. */
class Soak {
  readonly #random: () => number;
  readonly #world: World;
  readonly #ledger = new Ledger();
  readonly counts: Record<string, number> = {};
  readonly samples: Sample[] = [];
  #spoken = 0;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = randomOf(seed);
  }

  async run(minutes: number, say: (line: string) => void): Promise<void> {
    const began = performance.now();
    let nextSample = 0;
    while (performance.now() - began < minutes * 60_000) {
      const minute = (performance.now() - began) / 60_000;
      if (minute >= nextSample) {
        nextSample += Math.max(1, Math.floor(minutes / 15));
        say(await this.#sample(Math.round(minute)));
      }
      try {
        await this.#step();
      } catch (error) {
        // The daemon was killed while it was asked: what it took is in its journal.
        this.#count('request cut off');
        await delay(50);
        if (process.env.SOAK_VERBOSE) say(String(error));
      }
      await delay(this.#random() * 300);
    }
    say(await this.#sample(Math.round(minutes)));
  }

  /** Lets everything come to its end. */
  async settle(): Promise<{ account: Account; spoken: { asked: number; ended: number } }> {
    const until = performance.now() + 300_000;
    for (;;) {
      const { queue, pending, session } = await this.#world.status();
      const uncertain = queue.filter(({ state }) => state === 'uncertain').map(({ id }) => id);
      // A daemon that has just started has not taken all of them up yet.
      const open = (await this.#world.history()).filter(
        ({ id, state }) => OPEN.includes(state) && !uncertain.includes(id),
      );
      if (open.length === 0 && pending.length === 0 && session.state !== 'working') break;
      if (performance.now() > until)
        throw new Error(`still open: ${JSON.stringify({ open, pending, session })}`);
      for (const { id, hash } of pending) await this.#answer(id, hash).catch(() => undefined);
      await delay(100);
    }
    const { queue } = await this.#world.status();
    const uncertain = queue.filter(({ state }) => state === 'uncertain').map(({ prompt }) => prompt);
    const history = await this.#world.history();
    const spoken = history.filter(({ source }) => source === 'file');
    const ended = spoken.filter(({ state }) => !['listening', 'heard', 'accepted'].includes(state));
    return {
      account: this.#ledger.settle(history, this.#world.model, uncertain),
      spoken: { asked: this.#spoken, ended: ended.length },
    };
  }

  async #step(): Promise<void> {
    const { pending, queue } = await this.#world.status();
    const [request] = pending;
    if (request && this.#random() < 0.7) return this.#answer(request.id, request.hash);
    const action = this.#pickAction();
    const client = await this.#world.client();
    const waiting = queue.find(({ state }) => state === 'queued');
    switch (action) {
      case 'kill': {
        const part = pick(this.#random, PARTS);
        if (await this.#world.kill(part)) this.#count(`kill ${part}`);
        return;
      }
      case 'interrupt':
        await client.request('interrupt', {});
        return this.#count(action);
      case 'begin anew':
        if (queue.length > 0 || pending.length > 0) return;
        await client.request('new', { project: pick(this.#random, PROJECTS) }, { timeoutMs: 20_000 });
        return this.#count(action);
      case 'drop':
        if (waiting) await client.request('queue/drop', { id: waiting.id });
        return this.#count(waiting ? action : 'nothing to drop');
      case 'move':
        if (waiting) await client.request('queue/move', { id: waiting.id, position: 1 });
        return this.#count(waiting ? action : 'nothing to move');
      case 'ask by voice':
        await client.request('ask', { audio: SPOKEN.path, wait: false });
        this.#spoken += 1;
        return this.#count(action);
      default:
        if (queue.length >= MOST_WAITING) return;
        return this.#ask(action);
    }
  }

  async #ask(how: string): Promise<void> {
    const prompt = `${this.#ledger.prompt()} (${how})`;
    const client = await this.#world.client();
    this.#ledger.perhaps(prompt);
    await client.request('ask', { text: prompt, project: pick(this.#random, PROJECTS), wait: false });
    this.#ledger.taken(prompt);
    this.#count(how);
  }

  async #answer(id: string, hash: string): Promise<void> {
    const method = this.#random() < 0.5 ? 'approve' : 'deny';
    await (await this.#world.client()).request(method, { id, hash });
    this.#count(method);
  }

  #pickAction(): string {
    const all = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.#random() * all;
    for (const [action, weight] of WEIGHTS) {
      left -= weight;
      if (left < 0) return action;
    }
    return 'ask';
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  async #sample(minute: number): Promise<string> {
    const processes = await this.#world.processes();
    const rss: Record<string, number> = {};
    for (const { command, rss: mb } of processes) {
      const kind = /app-server/.test(command)
        ? 'app-server'
        : / resume /.test(command)
          ? 'terminal'
          : /__child/.test(command)
            ? 'whisper'
            : /codex-voice|main\.ts/.test(command)
              ? 'daemon'
              : 'other';
      rss[kind] = Math.round((rss[kind] ?? 0) + mb);
    }
    const daemon = processes[0]?.pid;
    const files = daemon === undefined ? 0 : (await readdir(`/proc/${daemon}/fd`).catch(() => [])).length;
    this.samples.push({ minute, rss, files });
    const memory = Object.entries(rss).map(([kind, mb]) => `${kind} ${mb} MB`);
    return `minute ${minute}: ${memory.join(', ')}; ${files} files of the daemon are open`;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`${values.minutes} minutes, seed ${values.seed}`);
  const world = await World.start({ reply, projects: PROJECTS });
  const soak = new Soak(world, Number(values.seed));
  let failed = true;
  try {
    await soak.run(Number(values.minutes), say);
    const { account, spoken } = await soak.settle();
    say(JSON.stringify({ did: soak.counts, ...account, spoken }, null, 2));
    failed =
      account.lost.length + account.twice.length + account.unheard.length > 0 || spoken.ended < spoken.asked;
  } finally {
    const left = await world.stop();
    say(left.length > 0 ? `left over: ${left.join(', ')}` : 'no process was left over');
    if (failed || left.length > 0) {
      process.stderr.write(world.log.slice(-20_000));
      process.exitCode = 1;
    }
  }
}
