import type { AudioToolbox } from '../../macos/audio-queue.ts';
import type { CoreAudio } from '../../macos/core-audio.ts';
import type { MicrophonePermission } from '../../macos/microphone-permission.ts';

/** What the recorder of macOS uses. */
export interface MacSound {
  toolbox: AudioToolbox;
  devices: CoreAudio;
  permission(): MicrophonePermission;
}

/**
 * Loads the libraries of macOS; other systems never do.
 * @param library one library with all their functions, for tests
 * @throws Error when one is missing
 */
export async function loadMacSound(library?: string): Promise<MacSound> {
  const [{ CoreFoundation }, { CoreAudio }, { AudioToolbox }, { microphonePermission }] = await Promise.all([
    import('../../macos/core-foundation.ts'),
    import('../../macos/core-audio.ts'),
    import('../../macos/audio-queue.ts'),
    import('../../macos/microphone-permission.ts'),
  ]);
  const foundation = new CoreFoundation(library);
  const paths = library === undefined ? {} : { framework: library, runtime: library };
  return {
    toolbox: new AudioToolbox(foundation, library),
    devices: new CoreAudio(foundation, library),
    permission: () => microphonePermission(foundation, paths),
  };
}
