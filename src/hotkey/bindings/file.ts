import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, VoiceError } from '../../errors.ts';
import { EditedBlockError, withBlock, withoutBlock } from './block.ts';
import type { Compositor } from './compositors.ts';

/** What is in a file: our lines, none, or none because there is no file. */
export type BindingState = 'installed' | 'not installed' | 'edited' | 'no file';

/** Looks for our lines in a file. @throws VoiceError bindings-failed when it cannot be read */
export function bindingState(compositor: Compositor, file: string): BindingState {
  const text = read(file);
  if (text === null) return 'no file';
  try {
    return withoutBlock(text, compositor.comment) === null ? 'not installed' : 'installed';
  } catch (error) {
    if (error instanceof EditedBlockError) return 'edited';
    throw error;
  }
}

/**
 * Writes lines into the file of a compositor, instead of those of before.
 * @returns false: the same lines were there
 * @throws VoiceError bindings-failed; then the file is unchanged
 */
export function installBindings(compositor: Compositor, file: string, lines: readonly string[]): boolean {
  const text = read(file);
  if (text === null && compositor.empty === null)
    throw failed(
      `${file} does not exist.`,
      `Make it from the defaults of ${compositor.name} first: without them it would have no other keys.`,
    );
  const before = text === null ? null : taken(compositor, file, text);
  const [clean, created] = before
    ? [before.text, before.created]
    : [text ?? compositor.empty ?? '', text === null];
  const place = compositor.place(clean);
  if (place === null)
    throw failed(
      `The place for key bindings in ${file} was not found.`,
      'Run `codex-voice keys show`, and add the lines yourself.',
    );
  const after = withBlock(clean, place, lines, compositor.comment, created);
  if (after === text) return false;
  replace(file, text, after);
  return true;
}

/**
 * Takes our lines out of the file of a compositor. A file that was made for them, and has nothing else, is removed.
 * @returns false: there were none
 * @throws VoiceError bindings-failed; then the file is unchanged
 */
export function removeBindings(compositor: Compositor, file: string): boolean {
  const text = read(file);
  const before = text === null ? null : taken(compositor, file, text);
  if (before === null) return false;
  replace(file, text, before.created && before.text === compositor.empty ? null : before.text);
  return true;
}

/** @throws VoiceError bindings-failed where the user has edited the lines */
function taken(
  { comment }: Compositor,
  file: string,
  text: string,
): { text: string; created: boolean } | null {
  try {
    return withoutBlock(text, comment);
  } catch (error) {
    if (!(error instanceof EditedBlockError)) throw error;
    throw failed(
      `The lines of codex-voice in ${file} were edited (lines ${error.first} to ${error.last}). Nothing was changed.`,
      'Remove these lines yourself, with both markers.',
    );
  }
}

/** Its bytes as Latin-1, so that every byte comes back as it was; null: it does not exist. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isLink = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    if (code === 'ENOENT' && !isLink) return null;
    throw failed(`${file} cannot be read: ${messageOf(error)}.`, 'Check the file and its permissions.');
  }
}

/**
 * Replaces the file that a link leads to, atomically and with its mode. @param after null: remove it
 * @throws VoiceError bindings-failed also when it has changed since `before` was read
 */
function replace(file: string, before: string | null, after: string | null): void {
  let temporary: string | null = null;
  try {
    if (before === null) mkdirSync(dirname(file), { recursive: true });
    const target = before === null ? file : realpathSync(file);
    const mode = before === null ? 0o644 : statSync(target).mode & 0o7777;
    if ((mode & 0o222) === 0) throw new Error('it is read-only');
    if (after !== null) {
      temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
      const descriptor = openSync(temporary, 'wx', mode);
      try {
        fchmodSync(descriptor, mode);
        writeFileSync(descriptor, after, 'latin1');
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    }
    if (read(file) !== before) throw new Error('another program has just changed it');
    if (temporary !== null) renameSync(temporary, target);
    else rmSync(target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw failed(
      `${file} cannot be written: ${messageOf(error)}.`,
      'Run `codex-voice keys show`, and change the file yourself.',
    );
  }
}

function failed(message: string, hint: string): VoiceError {
  return new VoiceError('bindings-failed', message, hint);
}
