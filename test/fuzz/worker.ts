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
}

/** What became of the cases of one target. */
export interface WorkerReport {
  cases: number;
  /** Longest case, ms, and its input. */
  worst: { ms: number; input: string };
  /** Memory that this thread holds, compared with the least that it ever held, bytes. */
  growth: number;
  failures: { input: string; error: string }[];
}

/** Inputs that are made at once. */
const BATCH = 250;
const MOST_FAILURES = 5;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the engine has compiled for regular expressions grows old with each collection, and goes after some. */
const COLLECTIONS = 8;
/** A collection takes 100 ms, so less than this is not looked into, bytes. */
const LITTLE = 5_000_000;
let least = Number.POSITIVE_INFINITY;

function collected(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const held = heapUsed + external;
  least = Math.min(least, held);
  return held - least;
}
for (let time = 0; time < COLLECTIONS; time += 1) collected();

/** The memory held beyond the least, bytes. */
function growth(): number {
  let grown = collected();
  for (let time = 1; time < COLLECTIONS && grown > LITTLE; time += 1) grown = collected();
  return grown;
}

/** Makes the inputs of a batch; the same ones for the same seed. */
function batch(name: string, seed: number, size: number): unknown[] {
  const target = TARGETS.find((each) => each.name === name);
  if (!target) throw new Error(`no target is called ${name}`);
  return fc.sample(target.inputs, { seed, numRuns: size });
}

/** When the case under way began, ms since the epoch: the main thread sees a hang there. */
const underWay = new Float64Array(workerData as SharedArrayBuffer);

async function work({ target: name, cases, seed }: WorkerTask): Promise<WorkerReport> {
  const target = TARGETS.find((each) => each.name === name);
  if (!target) throw new Error(`no target is called ${name}`);
  const report: WorkerReport = { cases: 0, worst: { ms: 0, input: '' }, growth: 0, failures: [] };
  let slowest: unknown = '';
  for (let done = 0; done < cases; done += BATCH) {
    for (const input of batch(name, seed + done, Math.min(BATCH, cases - done))) {
      const began = performance.now();
      underWay[0] = Date.now();
      try {
        await target.run(input);
      } catch (error) {
        const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (report.failures.length < MOST_FAILURES)
          report.failures.push({ input: fc.stringify(input), error: said });
      }
      const ms = performance.now() - began;
      // The first ones are compiled.
      if (report.cases > BATCH && ms > report.worst.ms) {
        report.worst.ms = ms;
        slowest = input;
      }
      report.cases += 1;
    }
    underWay[0] = 0;
  }
  report.worst.input = fc.stringify(slowest).slice(0, 300);
  slowest = null;
  report.growth = growth();
  return report;
}

parentPort?.on('message', (task: WorkerTask) => {
  void work(task).then((report) => parentPort?.postMessage(report));
});
