import { parseArgs } from 'node:util';
import { waitFor } from '../support/process.ts';
import { World } from './world.ts';

/** What the daemon holds in memory after so many turns, against after the first fifty. */
const { values } = parseArgs({ options: { turns: { type: 'string', default: '500' } } });
const turns = Number(values.turns);
const FIRST = 50;

const world = await World.start({
  reply: ({ lastUserText }) => ({ kind: 'text', chunks: [`Noted: ${lastUserText}`] }),
  projects: ['backend'],
});
try {
  await waitFor('Codex', async () => (await world.status()).session.state === 'idle', { timeout: 30_000 });
  const client = await world.client();
  let first = 0;
  for (let turn = 1; turn <= turns; turn += 1) {
    await client.request('ask', { text: `This is turn ${turn}.`, wait: true });
    if (turn % FIRST !== 0) continue;
    const [daemon] = await world.processes();
    const rss = Math.round(daemon?.rss ?? 0);
    if (turn === FIRST) first = rss;
    process.stdout.write(
      `after ${turn} turns: ${rss} MB, ${(((rss - first) / first) * 100).toFixed(1)} % more than after ${FIRST}\n`,
    );
  }
} finally {
  const left = await world.stop();
  if (left.length > 0) process.stdout.write(`left over: ${left.join(', ')}\n`);
}
