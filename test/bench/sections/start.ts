import { makeHome, startDaemon, type TestHome } from '../../support/desktop.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';

const COLD_STARTS = 5;

/** The daemon started, until it says that it is ready: Whisper loaded and warm, Codex's composer on the screen. */
export async function start({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  async function readyAfter(home: TestHome): Promise<number> {
    await using daemon = await startDaemon(desktop.env, { home, env: { CODEX_VOICE_LOG: 'info' } });
    return daemon.readyAfter;
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
  return {
    figures: [
      figure('start -> ready, second start in a home', 'ms', warm, { aim: 2_000 }),
      figure('start -> ready, first start in a new home', 'ms', cold),
    ],
    notes: [
      'from the spawn of the process to its line "ready"; the files are in the system\'s cache in both cases',
      'the second start resumes the conversation of the first',
    ],
  };
}
