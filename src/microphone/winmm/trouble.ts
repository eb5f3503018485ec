import type { ErrorReport } from '../../errors.ts';

/** What Windows says when it opens no device. */
export interface Refused {
  /** MMRESULT of mmeapi.h, or why none was asked. */
  why: number | 'unknown-device';
  /** The switch of the privacy settings is off. */
  denied: boolean;
  /** As in the settings. */
  device: string;
  /** The recording devices of Windows. */
  names: readonly string[];
}

// MMSYSERR_* of mmeapi.h.
const BAD_DEVICE = 2;
const ALLOCATED = 4;
const NO_DRIVER = 6;

/** The error while the privacy settings keep the microphone from this program. */
export const DENIED: ErrorReport = {
  code: 'microphone-silent',
  message: 'Windows does not let desktop apps use the microphone.',
  hint:
    'Open Settings, Privacy & security, Microphone, and turn on "Microphone access" and ' +
    '"Let desktop apps access your microphone".',
};

/** Explains why no device was opened; null: the number of Windows is all that is known. */
export function refusedReport({ why, denied, device, names }: Refused): ErrorReport | null {
  if (names.length === 0) {
    return {
      code: 'microphone-failed',
      message: 'There is no microphone: Windows has no recording device.',
      hint: 'Plug a microphone in, or enable one in Settings, System, Sound.',
    };
  }
  if (why === 'unknown-device') {
    return {
      code: 'microphone-failed',
      message: `Windows has no recording device "${device}".`,
      hint: `Plug it in, or set [audio] device to ${quotedList(names)}.`,
    };
  }
  // With the switch off, waveInOpen fails with 1, which says nothing (reported for Windows 10 and 11).
  if (denied) return DENIED;
  if (why === ALLOCATED) {
    return {
      code: 'microphone-silent',
      message: 'Another program uses the microphone exclusively.',
      hint: 'Close that program, or choose another microphone in Settings, System, Sound.',
    };
  }
  if (why === BAD_DEVICE || why === NO_DRIVER) {
    return {
      code: 'microphone-failed',
      message: 'Windows has no microphone that works.',
      hint: 'Plug it in again, or choose another microphone in Settings, System, Sound.',
    };
  }
  return null;
}

function quotedList(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names.map((name) => `"${name}"`));
}
