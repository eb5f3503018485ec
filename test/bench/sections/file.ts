import { stat } from 'node:fs/promises';
import { compress } from '../../../scripts/single-file/compress.ts';
import { makeHome, startDaemon, type TestHome } from '../../support/desktop.ts';
import { packagedFile } from '../../support/packaged.ts';
import { run } from '../../support/process.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';

const COLD_STARTS = 5;

/** The single file: its size, the least it can do, and the daemon from a cache that is empty. */
export async function file({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  const program = await packagedFile();
  const timed = async (command: string, args: string[]): Promise<number> => {
    const started = performance.now();
    await run(command, args);
    return performance.now() - started;
  };
  const version: number[] = [];
  const node: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    version.push(await timed(program, ['version']));
    node.push(await timed(process.execPath, ['-e', '0']));
  }
  async function readyAfter(home: TestHome): Promise<number> {
    await using daemon = await startDaemon(desktop.env, { home, program, env: { CODEX_VOICE_LOG: 'info' } });
    return daemon.readyAfter;
  }
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 1; round <= COLD_STARTS; round++) {
    await using home = await makeHome();
    cold.push(await readyAfter(home));
    warm.push(await readyAfter(home));
    progress(`cold ${cold.at(-1)?.toFixed(0)} ms, then ${warm.at(-1)?.toFixed(0)} ms`);
  }
  progress('compressing, unless that was done');
  return {
    figures: [
      figure('the file', 'MB', [await megabytes(program)], { aim: 230 }),
      figure('compressed', 'MB', [await megabytes(await compressed(program))], { aim: 85 }),
      figure('version, spawned -> ended', 'ms', version, { baseline: node, aim: 60 }),
      figure('daemon start -> ready, nothing extracted', 'ms', cold, { aim: 2_500 }),
      figure('daemon start -> ready, second start', 'ms', warm, { aim: 2_000 }),
    ],
    notes: [
      'baseline of version: node -e 0',
      'the first start extracts the model and the libraries (100 MB)',
    ],
  };
}

/** The release's compressed file, made when there is none of this program. */
async function compressed(program: string): Promise<string> {
  const file = `${program}.xz`;
  const made = await stat(file).catch(() => null);
  return made && made.mtimeMs >= (await stat(program)).mtimeMs ? file : compress(program, program);
}

async function megabytes(path: string): Promise<number> {
  return (await stat(path)).size / 1e6;
}
