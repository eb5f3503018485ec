import { assetPath } from '../single-file/assets.ts';
import { readAudioFile } from './sound-files/audio-file.ts';

/** The words of the bundled recording (LJ Speech, LJ001-0005), in lower case and without punctuation. */
export const SPOKEN =
  'the invention of movable metal letters in the middle of the fifteenth century may justly be considered as ' +
  'the invention of the art of printing';

/** The bundled recording, 16 kHz mono. @throws VoiceError audio-invalid */
export function bundledRecording(env: NodeJS.ProcessEnv): Promise<Float32Array> {
  return readAudioFile(assetPath('demo/recording.wav'), { env });
}
