import { dirname } from 'node:path';
import { assetPath } from '../single-file/assets.ts';
import { damaged, damagedFiles, embedded } from '../single-file/embedded.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Everything inside the single file is what was built in. */
export async function checkProgram(_context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const parts = embedded();
  if (parts === null) return ok(`runs from ${dirname(dirname(dirname(assetPath('icons/codex-voice.png'))))}`);
  const names = await damagedFiles(parts, signal);
  if (names.length > 0) throw damaged(names);
  const files = Object.values(parts.groups).flatMap((group) => group.files);
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return ok(`${process.execPath}: ${files.length} files inside (${Math.round(megabytes)} MB), all intact`);
}
