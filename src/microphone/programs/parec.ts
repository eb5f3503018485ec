import { findProgram } from '../../processes/programs.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS } from '../recorder.ts';
import type { RecorderProgram } from './recorder-program.ts';

/**
 * PulseAudio, and PipeWire through pipewire-pulse. Without `--latency-msec` the first chunk takes 2 s on
 * PipeWire (parec 16.1, PipeWire 0.3.65).
 */
export const parec: RecorderProgram = {
  name: 'parec',
  debianPackage: 'pulseaudio-utils',
  async command(device, env) {
    const file = await findProgram('parec', env);
    if (!file) return null;
    const args = [
      '--raw',
      `--rate=${SAMPLE_RATE}`,
      '--channels=1',
      '--format=s16le',
      `--latency-msec=${LATENCY_MS}`,
      '--client-name=codex-voice',
      '--stream-name=speech',
    ];
    if (device !== 'default') args.push(`--device=${device}`);
    return { file, args };
  },
};
