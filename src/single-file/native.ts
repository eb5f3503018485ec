import { createRequire } from 'node:module';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { embedded } from './embedded.ts';
import { partFolder } from './part-folder.ts';

/**
 * The native libraries of the single file. The bundler puts these functions where a package looks for its library
 * (scripts/single-file/natives.ts); in a checkout the packages find their own.
 */
type NativeGroup = 'node-pty' | 'transcribe' | 'onnxruntime' | 'systray' | 'node-notifier';

/**
 * Returns the path of an extracted native file.
 * @throws VoiceError cache-unusable, program-damaged; not-built when this machine's file has no such library
 */
export function nativePath(group: NativeGroup, name: string): string {
  const parts = embedded();
  if (parts?.groups[group] === undefined) {
    throw new VoiceError(
      'not-built',
      `There is no ${group} for ${process.platform}-${process.arch} in this program.`,
      'Install codex-voice with npm: `npm install --global codex-voice`.',
    );
  }
  return join(partFolder(group, parts), name);
}

/** Loads a Node addon of the single file. @throws as nativePath; Error when the system cannot load it */
export function loadNative(group: NativeGroup, name: string): unknown {
  return createRequire(process.execPath)(nativePath(group, name));
}
