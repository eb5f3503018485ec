import type { Logger } from 'pino';
import { allowed } from '../drivers.ts';
import { AudioQueueRecorder } from './audio-queue/recorder.ts';
import { FileRecorder } from './file.ts';
import type { RecorderName } from './microphone.ts';
import { programRecorders } from './programs/recorders.ts';
import { PulseRecorder } from './pulse/pulse.ts';
import type { Recorder } from './recorder.ts';
import type { HeadsetProfile } from './source-trouble.ts';
import { WinmmRecorder } from './winmm/winmm.ts';

interface RecordersOptions {
  /** `default`, or a name that the recorder knows. */
  device: string;
  backend: 'auto' | RecorderName;
  headset?: HeadsetProfile;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Called with the process id of each recorder that was started. */
  onStart?: ((pid: number) => void) | undefined;
}

/** The recorders of the settings, in the order in which they are tried. */
export function createRecorders(options: RecordersOptions): readonly Recorder[] {
  const { device, backend, headset = 'ask', env, logger, onStart } = options;
  if (backend === 'file') return [new FileRecorder(device, env)];
  const { platform } = process;
  const winmm = platform === 'win32' || backend === 'winmm' ? [new WinmmRecorder(device)] : [];
  const mac = platform === 'darwin' || backend === 'audioqueue' ? [new AudioQueueRecorder({ device })] : [];
  const pulse = platform === 'win32' ? [] : [new PulseRecorder({ device, headset, env, logger })];
  return allowed([...winmm, ...mac, ...pulse, ...programRecorders({ device, env, onStart })], backend);
}
