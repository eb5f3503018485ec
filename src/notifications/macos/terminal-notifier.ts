import { run } from '../../processes/run.ts';
import { displayText, lineText } from '../../text/clean.ts';
import { buttonsOf, type CommandDriver, type Outcome, textsOf } from '../command-notifier.ts';
import type { Bubble } from '../notification.ts';

/** Output with -json, one object, when the notification is gone. */
interface Printed {
  activationType?: string;
  activationValue?: string;
  activationValueIndex?: string;
}

/** Label of the menu that contains several buttons. */
const MENU = 'Choose';
/** Rosetta is missing: "Bad CPU type in executable", 86 on macOS. */
const BAD_CPU = -86;

/** How one of these programs wants its options. */
export interface Dialect {
  name: string;
  /** @param name as terminal-notifier has it, without the hyphen; a value that is no number is untrusted text */
  option(name: string, value: string | number): string[];
  json: string;
}

/**
 * It reads its arguments as property lists (NSUserDefaults): a quoted string is always a string, while anything else
 * might be an array or a dictionary.
 */
const TERMINAL_NOTIFIER: Dialect = {
  name: 'terminal-notifier',
  option: (name, value) => [`-${name}`, typeof value === 'number' ? String(value) : quoted(value)],
  json: '-json',
};

/**
 * Notifications of macOS with terminal-notifier 1.7.2 from node-notifier 10.0.1, or a program that prints the same.
 * Written against its source and tested with a program that prints the same; it has not run on a Mac. The program is
 * built for Intel processors.
 */
export class TerminalNotifier implements CommandDriver {
  readonly capabilities = ['actions', 'body', 'inline-reply'];
  readonly #program: () => string;
  readonly #dialect: Dialect;
  readonly #closing = new AbortController();

  /** @param program returns its path when it is first needed */
  constructor(program: () => string, dialect = TERMINAL_NOTIFIER) {
    this.#program = program;
    this.#dialect = dialect;
  }

  get backend(): string {
    return this.#dialect.name;
  }

  async run(bubble: string, content: Bubble, field: boolean, signal: AbortSignal): Promise<Outcome> {
    const buttons = buttonsOf(content);
    const asks = field || (buttons.length === 0 && content.reply !== undefined);
    const printed = await this.#call(showArguments(bubble, content, asks, this.#dialect), signal);
    return outcomeOf(printed, content, asks);
  }

  async remove(bubble: string): Promise<void> {
    await this.#call(this.#dialect.option('remove', groupOf(bubble)), new AbortController().signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** Returns its output. @throws Error when it could not run */
  async #call(args: readonly string[], signal: AbortSignal): Promise<string> {
    const any = AbortSignal.any([signal, this.#closing.signal]);
    const options = { signal: any, timeoutMs: Number.POSITIVE_INFINITY };
    const { status, stdout, words, cause } = await run(this.#program(), args, options);
    if (status === 0) return stdout.toString('utf8');
    if (cause?.errno === BAD_CPU) throw new Error(NO_ROSETTA, { cause });
    if (cause) throw new Error(words, { cause });
    throw new Error(`${this.backend} ended with ${status}: ${lineText(words, 300)}`);
  }
}

const NO_ROSETTA =
  'terminal-notifier is built for Intel processors: install Rosetta (softwareupdate --install-rosetta)';

function showArguments(bubble: string, content: Bubble, asks: boolean, { option, json }: Dialect): string[] {
  const { title, body } = textsOf(content);
  const labels = labelsOf(content);
  const args = [
    ...option('title', title),
    ...option('message', body),
    ...option('group', groupOf(bubble)),
    json,
  ];
  if (asks) args.push(...option('reply', content.reply ?? ''));
  else if (labels.length > 0) args.push(...option('actions', labels.join(',')));
  if (!asks && labels.length > 1) args.push(...option('dropdownLabel', MENU));
  const seconds = Math.ceil((content.timeout ?? 0) / 1_000);
  // Without a timeout it waits for a click only if there is something to click.
  if (seconds > 0) args.push(...option('timeout', seconds));
  return args;
}

/** A comma separates them. */
function labelsOf(content: Bubble): string[] {
  const labels = buttonsOf(content).map(([, label]) => label);
  if (content.reply !== undefined) labels.push(content.reply);
  return labels.map((label) => lineText(label.replaceAll(',', ';')));
}

function quoted(value: string): string {
  const escaped = displayText(value).replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

function groupOf(bubble: string): string {
  return `codex-voice:${bubble}`;
}

function outcomeOf(printed: string, content: Bubble, asked: boolean): Outcome {
  // With nothing to wait for, it ends at once without output.
  if (printed.trim() === '') return null;
  const { activationType, activationValue = '', activationValueIndex } = parsed(printed);
  switch (activationType) {
    case 'replied':
      return asked ? { type: 'reply', text: activationValue } : { type: 'closed', reason: 'dismissed' };
    case 'actionClicked': {
      const labels = labelsOf(content);
      const index =
        activationValueIndex === undefined ? labels.indexOf(activationValue) : Number(activationValueIndex);
      return pressed(content, index);
    }
    case 'contentsClicked':
      return 'default' in content.actions
        ? { type: 'action', key: 'default' }
        : { type: 'closed', reason: 'dismissed' };
    case 'timeout':
      return { type: 'closed', reason: 'expired' };
    default:
      return { type: 'closed', reason: 'dismissed' };
  }
}

/** Returns the button with this index; after the buttons comes the text field. */
function pressed(content: Bubble, index: number): Outcome {
  const buttons = buttonsOf(content);
  const key = buttons[index]?.[0];
  if (key !== undefined) return { type: 'action', key };
  if (index === buttons.length && content.reply !== undefined) return { type: 'field' };
  return { type: 'closed', reason: 'dismissed' };
}

function parsed(printed: string): Printed {
  try {
    return JSON.parse(printed) as Printed;
  } catch {
    return {}; // The output was cut off.
  }
}
