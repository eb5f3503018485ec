import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { makeHome, startDaemon } from '../../support/desktop.ts';
import { clip } from '../../support/speech.ts';
import { briefly } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { Observer } from '../observer.ts';
import { ownMemory, type ProcessUse, processTree } from '../process-tree.ts';

/** What is said before: memory after a start says little about a daemon that has worked. */
const PROMPTS = 10;
const SPOKEN = clip('sb-spk1_snt5');
/** What just worked comes to rest, ms. */
const REST_MS = 5_000;

/** Who is who in the daemon's process tree. */
const ROLES: [name: string, pattern: RegExp, aim: number | undefined][] = [
  ['speech engine', /__child ear/, 400],
  ['Codex app-server', /codex app-server/, undefined],
  ['Codex TUI', /codex resume/, undefined],
  ['daemon', /codex-voice\.js daemon/, 150],
];

/** The program after some work, when nobody speaks: processor time and memory of all its processes. */
export async function idle({ desktop, idleSeconds, progress }: BenchContext): Promise<SectionReport> {
  const env = { CODEX_VOICE_LOG: 'info' };
  await using home = await makeHome();
  const first = await inNewHome();
  await using daemon = await startDaemon(desktop.env, { home, reply: briefly, env });
  const { pid } = daemon.process;
  const ready = await processTree(pid);
  using observer = await Observer.of(daemon);
  for (let round = 1; round <= PROMPTS; round++) {
    const asked = performance.now();
    await observer.client.request('ask', { audio: SPOKEN.path, wait: true, source: 'cli' });
    await observer.settled(asked);
  }
  observer.client.close();
  await delay(REST_MS);
  progress(`watching for ${idleSeconds} s`);
  const [before, from, startedBefore] = [await processTree(pid), performance.now(), await processesStarted()];
  await delay(idleSeconds * 1_000);
  const [after, to, startedAfter] = [await processTree(pid), performance.now(), await processesStarted()];
  const recorders = await desktop.audio.sourceOutputs();
  const share = (use: ProcessUse): number => {
    const earlier = before.find((each) => each.pid === use.pid)?.cpu ?? 0;
    return (100 * (use.cpu - earlier)) / (to - from);
  };
  /** A first start compiles what later ones find compiled. */
  async function inNewHome(): Promise<ProcessUse[]> {
    await using daemon = await startDaemon(desktop.env, { home, env });
    return processTree(daemon.process.pid);
  }
  return {
    figures: [
      figure('CPU of all processes, share of a core', '%', [sum(after.map(share))], { aim: 0.5 }),
      ...ROLES.map(([name, pattern]) =>
        figure(`  ${name}`, '%', [sum(after.filter(({ command }) => pattern.test(command)).map(share))]),
      ),
      figure('PSS of all processes but Codex', 'MB', [ownMemory(after)]),
      figure('RSS daemon, first start in a new home', 'MB', [first[0]?.rss ?? 0]),
      ...memory(ready, after),
    ],
    notes: [
      `over ${idleSeconds} s, ${REST_MS / 1_000} s after ${PROMPTS} recordings were transcribed and answered; processor time from /proc, in steps of 10 ms`,
      `the machine started ${startedAfter - startedBefore} processes meanwhile: Codex 0.169.0 watches /etc and wakes up for each of them, since each reads /etc/ld.so.cache`,
      'RSS counts shared pages in full (the Node binary, libraries); PSS divides them among the processes that share them',
      `processes: ${after.map(({ command }) => roleOf(command)).join(', ')}; recorders at the sound server: ${recorders.length}`,
    ],
  };
}

/** Since the machine started (Linux, proc(5)). */
async function processesStarted(): Promise<number> {
  return Number(/^processes (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))?.[1]);
}

function memory(ready: ProcessUse[], after: ProcessUse[]): Figure[] {
  return ROLES.flatMap(([name, pattern, aim]) => {
    const of = (uses: ProcessUse[]) => uses.find(({ command }) => pattern.test(command));
    const [first, last] = [of(ready), of(after)];
    if (!first || !last) throw new Error(`there is no process of the ${name}`);
    return [
      figure(`RSS ${name}, just ready`, 'MB', [first.rss]),
      figure(`RSS ${name}, after ${PROMPTS} prompts`, 'MB', [last.rss], aim === undefined ? {} : { aim }),
      figure(`PSS ${name}, after ${PROMPTS} prompts`, 'MB', [last.pss]),
    ];
  });
}

function roleOf(command: string): string {
  return ROLES.find(([, pattern]) => pattern.test(command))?.[0] ?? command;
}

function sum(values: number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
