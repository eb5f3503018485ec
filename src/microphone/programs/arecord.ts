import { findProgram } from '../../processes/programs.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS } from '../recorder.ts';
import type { RecorderProgram } from './recorder-program.ts';

/** ALSA, for machines without a sound server; the name of a device is ALSA's (`plughw:1,0`). */
export const arecord: RecorderProgram = {
  name: 'arecord',
  debianPackage: 'alsa-utils',
  async command(device, env) {
    const file = await findProgram('arecord', env);
    if (!file) return null;
    const args = [
      '--quiet',
      '--file-type=raw',
      '--format=S16_LE',
      `--rate=${SAMPLE_RATE}`,
      '--channels=1',
      `--period-time=${LATENCY_MS * 1_000}`,
      `--buffer-time=${LATENCY_MS * 10_000}`,
      `--device=${device}`,
    ];
    return { file, args };
  },
};
