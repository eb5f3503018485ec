import { VoiceError } from '../errors.ts';
import { installCommand } from '../processes/packages.ts';
import type { MicrophoneState } from './microphone.ts';
import type { Recorder, RecorderFailure } from './recorder.ts';

/** A recorder that was passed over. */
export type Refusal = MicrophoneState['refused'][number] & { kind: RecorderFailure['kind'] };

/** The error for a chain of recorders that all failed. */
export function exhausted(
  refused: readonly Refusal[],
  recorders: readonly Recorder[],
  device: string,
): VoiceError {
  const tried = refused.filter(({ kind }) => kind !== 'missing');
  const programs = recorders.filter(({ debianPackage }) => debianPackage !== null);
  if (tried.length === 0 && programs.length > 0) return notInstalled(programs);
  const reasons = shortReasons(tried.length > 0 ? tried : refused);
  if (tried.some(({ kind }) => kind === 'silent')) {
    return new VoiceError(
      'microphone-silent',
      `The microphone delivers no sound (${reasons}).`,
      `Check that it is plugged in and chosen in the sound settings${named(device)}; for one that opens slowly (Bluetooth) set [audio] keep_open = true.`,
    );
  }
  return new VoiceError(
    'microphone-failed',
    `The microphone cannot be opened (${reasons}).`,
    whatToCheck(device),
  );
}

function whatToCheck(device: string): string {
  if (process.platform === 'darwin')
    return 'Allow the terminal to use the microphone in System Settings > Privacy & Security > Microphone.';
  if (process.platform === 'win32')
    return `Check that a microphone works in Settings, System, Sound${named(device)}.`;
  return `Check that a sound server runs and that it has a microphone (\`pactl list short sources\`)${named(device)}.`;
}

/** The first recorder's reason, for a notification; the log has all of them. */
function shortReasons(tried: readonly Refusal[]): string {
  const [first] = tried;
  const others = new Set(tried.map(({ backend }) => backend)).size - 1;
  const reason = `${first?.backend}: ${first?.reason}`;
  if (others === 0) return reason;
  return `${reason}; ${others === 1 ? 'another recorder fails' : `${others} other recorders fail`} too`;
}

function notInstalled(recorders: readonly Recorder[]): VoiceError {
  const [only] = recorders;
  const message =
    recorders.length === 1 && only
      ? `${only.name} is not installed, and [audio] backend allows no other recorder.`
      : `No program that records is installed (${recorders.map(({ name }) => name).join(', ')}).`;
  const name = process.platform === 'darwin' ? 'sox' : (only?.debianPackage ?? 'pulseaudio-utils');
  const hint = `Run \`${installCommand(name)}\`.`;
  return new VoiceError('microphone-missing', message, hint);
}

function named(device: string): string {
  return device === 'default' ? '' : `, and that [audio] device = "${device}" names it`;
}
