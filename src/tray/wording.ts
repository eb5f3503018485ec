import type { WaitingRequest } from '../agent/requests.ts';
import type { ErrorReport } from '../errors.ts';
import { displayText, lineText } from '../text/clean.ts';
import { homePath, shorten } from '../text/shorten.ts';
import { titled } from '../wording/notifications.ts';

/** Length of a line in a menu, UTF-16 units, and number of lines of a request. */
const menu = { line: 60, lines: 4 };

/** Texts of the tray. */
export const tray = {
  title: 'codex-voice',
  listen: (key: string | null) => (key === null ? 'Listen' : `Listen (${key})`),
  finish: 'Stop listening and send',
  cancel: 'Cancel',
  pause: 'Pause',
  unpause: 'Resume listening',
  interrupt: 'Stop Codex',
  terminal: 'Open terminal',
  focused: 'Follow the focused window',
  answers: 'Last answers',
  settings: 'Settings file',
  quit: 'Quit',
  approve: 'Approve',
  deny: 'Deny',
  screen: 'Open the screen',
  failed: 'That did not work',
  project: (name: string) => `Project: ${lineText(name, menu.line)}`,
  /** A name or a prompt as an entry. */
  label: (text: string) => lineText(text, menu.line) || '…',
  state(icon: string, about: { stage: string; key: string | null; project: string }): string {
    const { stage, key, project } = about;
    if (icon === 'listening') return 'Listening';
    if (icon === 'asks') return 'Codex waits for you';
    if (stage === 'paused') return 'Paused';
    if (icon === 'error') return 'Something is wrong';
    if (stage === 'finishing') return 'Transcribing';
    if (icon === 'working') return `Codex is working in ${project}`;
    return key === null ? 'Ready' : `Ready: ${key} to speak`;
  },
  trouble: ({ message, hint }: ErrorReport) => [message, hint].flatMap((text) => wrapped(text)),
  /** `whole`: all that is decided about is in the lines. */
  request({ title, detail, folder, dangers, project }: WaitingRequest) {
    const shown = displayText(detail).split('\n');
    const about = folder === null ? shown : [...shown, `in ${displayText(homePath(folder))}`];
    const whole = about.length <= menu.lines && about.every((text) => text.length <= menu.line);
    const lines = [
      titled(project, title, menu.line),
      ...(dangers.length > 0 ? wrapped(`Careful: ${dangers.join(', ')}`) : []),
      ...about.slice(0, menu.lines).map((text) => lineText(text, menu.line)),
      ...(whole ? [] : ['… more in the terminal']),
    ];
    return { lines, whole };
  },
};

/** Breaks a text into lines of a menu, at words. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of displayText(text).split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < menu.line)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(shorten(word, menu.line));
  }
  return lines.slice(0, menu.lines);
}

/** The first lines of a new settings file. */
export const newSettings = `# Settings of codex-voice. Every key has a default: codex-voice config print
# shows them all, and changes apply at once. Errors: codex-voice config check
`;
