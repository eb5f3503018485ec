import { makeHome, startDaemon, type TestHome } from '../../support/desktop.ts';
import { run } from '../../support/process.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';

const COLD_STARTS = 5;

/** The daemon started, until it says that it is ready: Whisper loaded and warm, Codex's composer on the screen. */
export async function start({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  async function readyAfter(home: TestHome): Promise<number> {
    await using daemon = await startDaemon(desktop.env, { home, env: { CODEX_VOICE_LOG: 'info' } });
    return daemon.readyAfter;
  }
  /** A verb that asks a running daemon, beside a Node that does nothing. */
  async function verbs(): Promise<{ verb: number[]; node: number[] }> {
    await using daemon = await startDaemon(desktop.env, { env: { CODEX_VOICE_LOG: 'info' } });
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await work();
      return performance.now() - started;
    };
    const verb: number[] = [];
    const node: number[] = [];
    for (let round = 1; round <= repeat; round++) {
      verb.push(await timed(() => daemon.cli('status')));
      node.push(await timed(() => run(process.execPath, ['-e', '0'])));
    }
    return { verb, node };
  }
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 1; round <= COLD_STARTS; round++) {
    await using home = await makeHome();
    cold.push(await readyAfter(home));
    const times = Math.ceil((round * repeat) / COLD_STARTS) - warm.length;
    for (let time = 0; time < times; time++) warm.push(await readyAfter(home));
    progress(`cold ${cold.at(-1)?.toFixed(0)} ms, then ${warm.at(-1)?.toFixed(0)} ms`);
  }
  const { verb, node } = await verbs();
  return {
    figures: [
      figure('start -> ready, second start in a home', 'ms', warm, { aim: 2_000 }),
      figure('start -> ready, first start in a new home', 'ms', cold),
      figure('a verb (status), spawned -> ended', 'ms', verb, { baseline: node }),
    ],
    notes: [
      'from the spawn of the process to its line "ready"; the files are in the system\'s cache in both cases',
      'baseline of the verb: node -e 0, which is the least that a program on Node takes',
      'the second start resumes the conversation of the first',
    ],
  };
}
