import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import { codexWithBrokenTerminal } from '../support/broken-terminal.ts';
import { CODEX } from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';
import { type Account, Ledger } from './ledger.ts';
import { pick, randomOf } from './random.ts';
import { type Part, World } from './world.ts';

/** About 150 ms of answer: a kill in the first 400 ms meets every stage of a prompt. */
const reply: Replier = ({ lastUserText }) => ({
  kind: 'text',
  chunks: wordsOf(`Noted: ${lastUserText} It is in the list now.`),
  delayMs: 15,
});
const LATEST_KILL_MS = 400;
const PARTS: readonly Part[] = ['daemon', 'app-server', 'terminal'];
/** Those that are there when prompts are sent without the terminal. */
const WITHOUT_TERMINAL: readonly Part[] = ['daemon', 'app-server'];

/**
 * Kills a process at a random moment of each prompt's life, and looks what became of the prompts.
 * @param codex a program in the place of Codex, whose terminal cannot be used
 * @returns the account, and processes that were left over
 */
export async function kills(
  count: number,
  seed: number,
  say: (line: string) => void,
  codex?: string,
): Promise<{ account: Account; killed: Record<string, number>; left: string[]; log: string }> {
  const random = randomOf(seed);
  const world = await World.start({
    reply,
    projects: ['backend'],
    ...(codex === undefined ? {} : { codex }),
  });
  const ledger = new Ledger();
  const killed: Record<string, number> = {};
  try {
    await waitFor('Codex', async () => (await world.status()).session.state === 'idle', { timeout: 30_000 });
    for (let number = 1; number <= count; number += 1) {
      const prompt = ledger.prompt();
      const part = pick(random, codex === undefined ? PARTS : WITHOUT_TERMINAL);
      const after = random() * LATEST_KILL_MS;
      const client = await world.client();
      await client.request('ask', { text: prompt, wait: false });
      ledger.taken(prompt);
      await delay(after);
      if (await world.kill(part)) killed[part] = (killed[part] ?? 0) + 1;
      await settle(world);
      if (number % 10 === 0) say(`${number} kills`);
    }
    const status = await world.status();
    const uncertain = status.queue.filter(({ state }) => state === 'uncertain').map((entry) => entry.prompt);
    return {
      account: ledger.settle(await world.history(), world.model, uncertain),
      killed,
      left: [],
      log: world.log,
    };
  } finally {
    const left = await world.stop();
    if (left.length > 0) say(`left over: ${left.join(', ')}`);
  }
}

/** Waits until nothing is under way. */
async function settle(world: World): Promise<void> {
  await waitFor(
    'every prompt to have its fate',
    async () => {
      const { queue, session } = await world.status();
      return queue.every(({ state }) => state === 'uncertain') && session.state === 'idle';
    },
    { timeout: 60_000, every: 20 },
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
      'without-terminal': { type: 'boolean', default: false },
    },
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`seed ${values.seed}`);
  const codex = values['without-terminal']
    ? await codexWithBrokenTerminal(await mkdtemp(join(tmpdir(), 'kills-')), 'crashes', CODEX)
    : undefined;
  const { account, killed, log } = await kills(Number(values.kills), Number(values.seed), say, codex);
  say(JSON.stringify({ killed, ...account }, null, 2));
  if (account.lost.length + account.twice.length + account.unheard.length > 0) {
    process.stderr.write(log.slice(-20_000));
    process.exitCode = 1;
  }
}
