import { installCommand } from '../processes/packages.ts';

/**
 * Names of symbols, because voices leave them out (espeak-ng 1.51 reads `rm -rf` as "rm rf"), and in a command each one
 * counts.
 */
export const symbolNames: Record<string, string> = {
  '-': 'dash',
  '.': 'dot',
  '/': 'slash',
  '\\': 'backslash',
  _: 'underscore',
  ',': 'comma',
  ':': 'colon',
  ';': 'semicolon',
  '=': 'equals',
  '+': 'plus',
  '*': 'star',
  '?': 'question mark',
  '!': 'exclamation mark',
  '&': 'ampersand',
  '|': 'pipe',
  '<': 'less than',
  '>': 'greater than',
  '(': 'open parenthesis',
  ')': 'close parenthesis',
  '[': 'open bracket',
  ']': 'close bracket',
  '{': 'open brace',
  '}': 'close brace',
  "'": 'quote',
  '"': 'double quote',
  '`': 'backtick',
  $: 'dollar',
  '#': 'hash',
  '%': 'percent',
  '@': 'at sign',
  '~': 'tilde',
  '^': 'caret',
  '\n': 'new line',
};

/** Spoken texts of requests. */
export const aloud = {
  notByVoice: 'To approve it, use the buttons.',
  asks: (project: string, title: string) => `${project} asks. ${title}`,
  notWhole: 'It cannot be read aloud completely. Look at the notification.',
  where: (folder: string) => `in ${folder}`,
  why: (reason: string) => `because: ${reason}`,
  capital: (letter: string) => `capital ${letter}`,
};

/** Words for the parts of an answer that cannot be spoken. */
export const unspeakable = { link: 'a link', code: 'some code' };

/** Symbols that are words in an answer. */
export const spokenSymbols = { percent: ' percent', and: ' and ', plus: ' plus ' };

export const noVoice = {
  message: 'No program that reads text aloud was found.',
  hint: `Install one, for example \`${installCommand('espeak-ng')}\`.`,
};
