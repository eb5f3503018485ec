import { run } from '../../processes/run.ts';
import { displayText, lineText } from '../../text/clean.ts';
import { type CommandDriver, type Outcome, textsOf } from '../command-notifier.ts';
import type { Bubble } from '../notification.ts';

/** Every Mac has it (osascript(1)). */
const OSASCRIPT = '/usr/bin/osascript';
/** The texts are arguments, never a part of the script. The first argument ends the options. */
const SCRIPT = [
  'on run argv',
  'display notification (item 3 of argv) with title (item 2 of argv)',
  'end run',
] as const;

/**
 * Notifications of macOS without buttons, under the name of Script Editor: where no other program can be used. Written
 * after its documentation; not run on a Mac.
 */
export class OsaScript implements CommandDriver {
  readonly backend = 'osascript';
  readonly capabilities = ['body'];
  readonly #program: string;

  constructor(program = OSASCRIPT) {
    this.#program = program;
  }

  async run(_bubble: string, content: Bubble, _field: boolean, signal: AbortSignal): Promise<Outcome> {
    const { title, body } = textsOf(content);
    const lines = SCRIPT.flatMap((line) => ['-e', line]);
    const withHint = content.withoutButtons ? `${body}\n${content.withoutButtons}` : body;
    const texts = [lineText(title), displayText(withHint)];
    const { status, words } = await run(this.#program, [...lines, 'codex-voice', ...texts], { signal });
    if (status !== 0) throw new Error(`osascript ended with ${status}: ${lineText(words, 300)}`);
    // macOS decides how long it stays, and reports nothing.
    return null;
  }

  /** A notification of osascript cannot be taken away. */
  async remove(): Promise<void> {}

  async close(): Promise<void> {}
}
