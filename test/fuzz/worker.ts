import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { TARGETS } from './targets.ts';

/** What the worker is told. */
export interface WorkerTask {
  target: string;
  cases: number;
  seed: number;
  /** [cases done, when the one under way began (ms since the epoch)]: the main thread sees a hang there. */
  progress: SharedArrayBuffer;
}

/** What became of the cases of one target. */
export interface WorkerReport {
  cases: number;
  /** Longest case, ms, and its input. */
  worst: { ms: number; input: string };
  /** Memory that is held after collecting, compared with that after the first tenth, bytes. */
  growth: number;
  failures: { input: string; error: string }[];
}

/** Inputs that are made at once. */
const BATCH = 250;
const MOST_FAILURES = 5;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function held(): number {
  // What the engine has compiled for regular expressions grows old with each collection, and goes after some.
  for (let time = 0; time < 8; time += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Makes the inputs of a batch; the same ones for the same seed. */
function batch(name: string, seed: number, size: number): unknown[] {
  const target = TARGETS.find((each) => each.name === name);
  if (!target) throw new Error(`no target is called ${name}`);
  return fc.sample(target.inputs, { seed, numRuns: size });
}

async function work({ target: name, cases, seed, progress }: WorkerTask): Promise<WorkerReport> {
  const target = TARGETS.find((each) => each.name === name);
  if (!target) throw new Error(`no target is called ${name}`);
  const state = new Float64Array(progress);
  const report: WorkerReport = { cases: 0, worst: { ms: 0, input: '' }, growth: 0, failures: [] };
  let before: number | null = null;
  for (let done = 0; done < cases; done += BATCH) {
    if (before === null && done >= cases / 10) before = held();
    for (const input of batch(name, seed + done, Math.min(BATCH, cases - done))) {
      const began = performance.now();
      state[1] = Date.now();
      try {
        await target.run(input);
      } catch (error) {
        const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (report.failures.length < MOST_FAILURES)
          report.failures.push({ input: fc.stringify(input), error: said });
      }
      const ms = performance.now() - began;
      // The first ones are compiled.
      if (report.cases > BATCH && ms > report.worst.ms)
        report.worst = { ms, input: fc.stringify(input).slice(0, 300) };
      report.cases += 1;
      state[0] = report.cases;
    }
    state[1] = 0;
  }
  report.growth = held() - (before ?? held());
  return report;
}

parentPort?.postMessage(await work(workerData as WorkerTask));
