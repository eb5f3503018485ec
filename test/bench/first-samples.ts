import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { Microphone } from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { waitFor } from '../support/process.ts';
import { BusyProcesses } from './busy-processes.ts';
import { type Figure, figure } from './figures.ts';

/** Busy programs beside the recording. */
const LOADS = [0, 12] as const;
/** What was just started or ended comes to rest, ms. */
const REST_MS = 500;

/**
 * From the request to the first samples in this process: the driver of the sound server, against `parec` with the
 * least latency, started for each recording; in turn.
 */
export async function firstSamples(
  server: string,
  env: NodeJS.ProcessEnv,
  repeat: number,
  progress: (line: string) => void,
): Promise<Figure[]> {
  const [driver, program] = [open('pulse', env), open('parec', env)];
  try {
    await waitFor('the connection', () => driver.state.source !== null);
    // Once before anything counts: the first recording after a start finds everything cold.
    for (const each of [driver, program]) await firstSample(each);
    const figures: Figure[] = [];
    for (const load of LOADS) {
      await using _ = await BusyProcesses.start(load);
      await delay(REST_MS);
      const ours: number[] = [];
      const baseline: number[] = [];
      for (let round = 0; round < repeat; round++) {
        ours.push(await firstSample(driver));
        baseline.push(await firstSample(program));
      }
      const beside = load === 0 ? '' : `, ${load} busy programs`;
      figures.push(figure(`request -> first samples, ${server}${beside}`, 'ms', ours, { baseline }));
      progress(`${server}${beside}: ${ours.map((ms) => ms.toFixed(1)).join(' ')} ms`);
    }
    return figures;
  } finally {
    await Promise.all([driver.close(), program.close()]);
  }
}

function open(backend: 'pulse' | 'parec', env: NodeJS.ProcessEnv): Microphone {
  const logger = pino({ level: 'silent' });
  const onTrouble = (error: Error): never => {
    throw error;
  };
  return openMicrophone({ device: 'default', backend, keepOpen: false, env, logger, onTrouble });
}

/** ms */
async function firstSample(microphone: Microphone): Promise<number> {
  const stop = new AbortController();
  const begun = performance.now();
  let first: number | null = null;
  for await (const { at } of microphone.record(stop.signal)) {
    first ??= at;
    stop.abort();
  }
  if (first === null) throw new Error('nothing was heard');
  // A sound server that nobody records from for a moment is what the next press finds.
  await delay(100);
  return first - begun;
}
