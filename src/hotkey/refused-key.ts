import { VoiceError } from '../errors.ts';
import type { Chord } from './chord.ts';

/** `hotkey-taken` with the programs that may hold the key, the likeliest first. */
export function takenError(chord: Chord, holders: readonly string[]): VoiceError {
  const [first, ...others] = holders;
  const list = new Intl.ListFormat('en', { type: 'disjunction' });
  const who = first === undefined ? 'another program' : others.length > 0 ? list.format(holders) : first;
  return new VoiceError(
    'hotkey-taken',
    `${chord.text} is taken by ${who}.`,
    `Free it there, or choose another key under [hotkey] in config.toml. The key is grabbed as soon as it is free.`,
  );
}

/** `hotkey-unavailable` for a key that the keyboard layout lacks. */
export function noSuchKey(chord: Chord): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    `The keyboard layout has no key for ${chord.text}.`,
    'Choose another key under [hotkey] in config.toml, or a layout that has it.',
  );
}

/** Returns the error for a key that a desktop refuses. @param reason in its own words */
export function notBound(chord: Chord, desktop: string, reason: string): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    `${desktop} does not bind ${chord.text}: ${reason}.`,
    'Choose another key under [hotkey] in config.toml.',
  );
}
