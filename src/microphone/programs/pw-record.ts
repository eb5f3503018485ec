import { findProgram } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS } from '../recorder.ts';
import type { RecorderProgram } from './recorder-program.ts';

/** PipeWire without its PulseAudio part. */
export const pwRecord: RecorderProgram = {
  name: 'pw-record',
  debianPackage: 'pipewire-bin',
  async command(device, env) {
    const file = await findProgram('pw-record', env);
    if (!file) return null;
    const args = [
      ...((await hasRawOption(file, env)) ? ['--raw'] : []),
      `--rate=${SAMPLE_RATE}`,
      '--channels=1',
      '--format=s16',
      `--latency=${LATENCY_MS}ms`,
      ...(device === 'default' ? [] : [`--target=${device}`]),
      '-',
    ];
    // pw-record prints through a 4 KiB stdio buffer, which is 128 ms of sound (PipeWire 0.3.65).
    const unbuffered = await findProgram('stdbuf', env);
    return unbuffered ? { file: unbuffered, args: ['-o0', file, ...args] } : { file, args };
  },
};

/**
 * `-` means raw samples up to PipeWire 1.3, raw or not by the option `--raw` in 1.4, and an AU file without
 * that option from 1.6 on; before 1.4 the option is refused.
 */
async function hasRawOption(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  // One that is broken will fail to record, too, and say why.
  return (await run(file, ['--help'], { env, timeoutMs: 1_000 })).stdout.includes('--raw');
}
