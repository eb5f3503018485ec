/** Voices leave signs out (espeak-ng 1.51 reads `rm -rf` as "rm rf"): in a command each one counts. */
export const signs: Record<string, string> = {
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

/** What is read of a request; the texts are plain words already. */
export const aloud = {
  notByVoice: 'To approve it, use the buttons.',
  asks: (project: string, title: string) => `${project} asks. ${title}`,
  notWhole: 'It cannot be read aloud completely. Look at the notification.',
  where: (folder: string) => `in ${folder}`,
  why: (reason: string) => `because: ${reason}`,
  capital: (letter: string) => `capital ${letter}`,
};

/** What is read of an answer instead of what cannot be said. */
export const unspeakable = { link: 'a link', code: 'some code' };

/** Signs that are words in an answer. */
export const spokenSigns = { percent: ' percent', and: ' and ', plus: ' plus ' };

export const noVoice = {
  message: 'No program that reads text aloud was found.',
  hint: 'Install one, for example `sudo apt install espeak-ng`.',
};
