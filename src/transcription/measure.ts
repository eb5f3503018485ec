import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { percentilesOf } from '../metrics/percentiles.ts';
import type { Model } from '../models/catalogue.ts';
import type { MeasuredModel } from '../models/recommend.ts';
import { createEngine } from './create-engine.ts';

interface MeasureOptions {
  /** The speech to transcribe, 16 kHz mono. */
  speech: Float32Array;
  /** Number of measurements; the median counts. */
  times: number;
  signal: AbortSignal;
  logger: Logger;
}

/** Loads a model in a separate process and measures it. @throws VoiceError model-missing, model-corrupt, engine-failed */
export async function measureModel(model: Model, options: MeasureOptions): Promise<MeasuredModel> {
  const { speech, times, signal, logger } = options;
  const began = performance.now();
  const engine = createEngine(model, { language: 'en', logger });
  try {
    await engine.ready();
    const loadMs = performance.now() - began;
    const decodes: number[] = [];
    let text = '';
    for (let run = 0; run < times; run += 1) {
      const heard = await engine.transcribe(speech, { signal });
      decodes.push(heard.ms);
      text = heard.text;
    }
    const rssMb = await memoryOf(engine.state.pid);
    return { name: model.name, loadMs, decodeMs: percentilesOf(decodes)?.median ?? 0, rssMb, text };
  } finally {
    await engine.close();
  }
}

/** Linux reports it in /proc (kB). */
async function memoryOf(pid: number | null): Promise<number | null> {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_000);
  } catch {
    return null; // Not Linux.
  }
}
