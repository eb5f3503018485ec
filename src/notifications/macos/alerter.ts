import { displayText } from '../../text/clean.ts';
import type { Dialect } from './terminal-notifier.ts';

/**
 * alerter 26.2, which has the options of terminal-notifier in another spelling, prints the same, and has a version for
 * Apple silicon. Written against its source (AlerterCommand.swift, OutputFormatter.swift); it has not run on a Mac.
 */
export const ALERTER: Dialect = {
  name: 'alerter',
  // One word: a text may begin with a hyphen.
  option: (name, value) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${displayText(String(value))}`,
  ],
  json: '--json',
};
