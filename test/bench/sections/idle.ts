import { setTimeout as delay } from 'node:timers/promises';
import { startDaemon } from '../../support/desktop.ts';
import { clip } from '../../support/speech.ts';
import { briefly } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { Observer } from '../observer.ts';
import { type ProcessUse, processTree } from '../process-tree.ts';

/** What is said before: memory after a start says little about a daemon that has worked. */
const PROMPTS = 10;
const SPOKEN = clip('sb-spk1_snt5');
/** What just worked comes to rest, ms. */
const REST_MS = 5_000;

/** Who is who in the daemon's process tree. */
const ROLES: [name: string, pattern: RegExp, aim: number | undefined][] = [
  ['Whisper engine', /__child whisper/, 400],
  ['Codex app-server', /codex app-server/, undefined],
  ['Codex TUI', /codex resume/, undefined],
  ['daemon', /main\.\w+ daemon/, 150],
];

/** The program after some work, when nobody speaks: processor time and memory of all its processes. */
export async function idle({ desktop, idleSeconds, progress }: BenchContext): Promise<SectionReport> {
  await using daemon = await startDaemon(desktop.env, { reply: briefly, env: { CODEX_VOICE_LOG: 'info' } });
  const { pid } = daemon.process;
  const fresh = await processTree(pid);
  using observer = await Observer.of(daemon);
  for (let round = 1; round <= PROMPTS; round++) {
    const asked = performance.now();
    await observer.client.request('ask', { audio: SPOKEN.path, wait: true, source: 'cli' });
    await observer.settled(asked);
  }
  observer.client.close();
  await delay(REST_MS);
  progress(`watching for ${idleSeconds} s`);
  const [before, from] = [await processTree(pid), performance.now()];
  await delay(idleSeconds * 1_000);
  const [after, to] = [await processTree(pid), performance.now()];
  const recorders = await desktop.audio.sourceOutputs();
  const share = (use: ProcessUse): number => {
    const earlier = before.find((each) => each.pid === use.pid)?.cpu ?? 0;
    return (100 * (use.cpu - earlier)) / (to - from);
  };
  return {
    figures: [
      figure('CPU of all processes, share of a core', '%', [sum(after.map(share))], { aim: 0.5 }),
      ...ROLES.map(([name, pattern]) =>
        figure(`  ${name}`, '%', [sum(after.filter(({ command }) => pattern.test(command)).map(share))]),
      ),
      ...memory(fresh, after),
    ],
    notes: [
      `over ${idleSeconds} s, ${REST_MS / 1_000} s after ${PROMPTS} recordings were transcribed and answered; processor time from /proc, in steps of 10 ms`,
      'RSS counts shared pages in full (the Node binary, libraries); PSS divides them among the processes that share them',
      `processes: ${after.map(({ command }) => roleOf(command)).join(', ')}; recorders at the sound server: ${recorders.length}`,
    ],
  };
}

function memory(fresh: ProcessUse[], after: ProcessUse[]): Figure[] {
  return ROLES.flatMap(([name, pattern, aim]) => {
    const of = (uses: ProcessUse[]) => uses.find(({ command }) => pattern.test(command));
    const [first, last] = [of(fresh), of(after)];
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
