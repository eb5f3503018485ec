import { findProgram } from '../../processes/programs.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS } from '../recorder.ts';
import type { RecorderProgram } from './recorder-program.ts';

/** sox: the recorder that macOS has too. */
export const sox: RecorderProgram = soxAs('sox', ['-d']);

/** The same program by the name under which it records: some packages have only that. */
export const rec: RecorderProgram = soxAs('rec', []);

function soxAs(name: 'sox' | 'rec', source: string[]): RecorderProgram {
  return {
    name,
    debianPackage: 'sox',
    async command(device, env) {
      const file = await findProgram(name, env);
      if (!file) return null;
      const format = ['-r', String(SAMPLE_RATE), '-c', '1'];
      const output = ['-t', 'raw', '-b', '16', '-e', 'signed-integer', '-L', '-'];
      // Bytes that sox reads at once; its output still comes in blocks of 4 KiB (sox 14.4.2).
      const args = ['-q', '--buffer', '160', ...format, ...source, ...output];
      // libpulse asks for this latency where the program names none: otherwise 2 s on PipeWire 0.3.65.
      const latency = { PULSE_LATENCY_MSEC: String(LATENCY_MS) };
      return { file, args, env: device === 'default' ? latency : { ...latency, AUDIODEV: device } };
    },
  };
}
