import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';
import type { WorkerReport, WorkerTask } from './worker.ts';

/**
 * Throws generated inputs at every reader of what others write: `npm run fuzz -- [--cases N] [--seed S] [--target NAME]`.
 * Prints counts and the worst times; exit status 1 for a crash, a broken rule, a case of more than 2 s, or more than 50 MB
 * that a thread holds after any of its targets.
 */
const HANG_MS = 2_000;
const GROWTH_BYTES = 50_000_000;
const LOOK_MS = 100;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
  },
});
const seed = Number(values.seed);
const chosen = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) throw new Error(`The targets are: ${TARGETS.map(({ name }) => name).join(', ')}.`);
const weights = chosen.reduce((sum, { weight }) => sum + weight, 0);

/** A thread that runs targets one after the other. One that hangs is ended, and another takes its place. */
class Runner {
  #worker: Worker | null = null;
  #underWay = new Float64Array(new SharedArrayBuffer(8));

  run(task: WorkerTask): Promise<WorkerReport | 'hangs'> {
    const worker = this.#worker ?? this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<WorkerReport | 'hangs'>();
    const look = setInterval(() => {
      const began = this.#underWay[0] ?? 0;
      if (began === 0 || Date.now() - began <= HANG_MS) return;
      this.#worker = null;
      void worker.terminate().then(() => resolve('hangs'));
    }, LOOK_MS);
    worker.once('message', resolve).once('error', reject);
    worker.postMessage(task);
    return promise.finally(() => {
      clearInterval(look);
      worker.off('message', resolve).off('error', reject);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    this.#underWay = new Float64Array(new SharedArrayBuffer(8));
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#underWay.buffer });
    return this.#worker;
  }
}

const began = performance.now();
let total = 0;
let failed = false;
console.log(`seed ${seed}`);
/** Runs the cases of a target and prints what became of them. */
async function runTarget(runner: Runner, { name, weight }: Target): Promise<void> {
  const cases = Math.round((Number(values.cases) * weight) / weights);
  const report = await runner.run({ target: name, cases, seed });
  if (report === 'hangs') {
    failed = true;
    console.log(`${name.padEnd(30)} HANGS: a case took more than ${HANG_MS} ms`);
    return;
  }
  total += report.cases;
  const grown = report.growth > GROWTH_BYTES;
  const broken = report.failures.length > 0 || report.worst.ms > HANG_MS || grown;
  failed ||= broken;
  const growth = `${(report.growth / 1e6).toFixed(1)} MB`;
  console.log(
    `${name.padEnd(30)} ${String(report.cases).padStart(6)} cases, worst ${report.worst.ms.toFixed(1).padStart(7)} ms, held ${growth.padStart(8)}${broken ? '  FAILED' : ''}`,
  );
  if (report.worst.ms > HANG_MS / 4) console.log(`  slow: ${report.worst.input}`);
  for (const { input, error } of report.failures)
    console.log(`  ${error.split('\n').slice(0, 4).join('\n    ')}\n  input: ${input}`);
}
/** Two at a time. */
const left = [...chosen];
async function runNext(): Promise<void> {
  const runner = new Runner();
  for (let next = left.shift(); next; next = left.shift()) await runTarget(runner, next);
  await runner.close();
}
await Promise.all([runNext(), runNext()]);
console.log(`${total} cases in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
process.exitCode = failed ? 1 : 0;
