import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { run } from '../../processes/run.ts';
import { displayText, lineText } from '../../text/clean.ts';
import { shorten } from '../../text/shorten.ts';
import { buttonsOf, type CommandDriver, type Outcome, TurnedOffError, textsOf } from '../command-notifier.ts';
import type { Bubble } from '../notification.ts';

interface SnoreToastOptions {
  /** Returns the path of the program when it is first needed. */
  program: () => string;
  /** Absolute path of a PNG, at most 200 kB. */
  icon?: () => string;
  /** The program of the entry in the Start menu that names the notifications. */
  application?: string;
  /** Called before its entry in the Start menu is made. */
  beforeInstall?: (program: string, name: string) => Promise<void>;
  /** The pipe on which it reports clicks. Default: a named pipe of Windows. */
  pipe?: string;
}

/** Exit statuses of SnoreToast 0.7.0: clicked 0, hidden 1, dismissed 2, timed out 3, a button 4, a text 5. */
const CLICKED = 0;
const HIDDEN = 1;
const DISMISSED = 2;
const TIMED_OUT = 3;
const MOST_STATUS = 5;
/** The status -1, as Windows reports it. */
const FAILED = 0xffff_ffff;
/** After a minute without an event it ends with -1, and the toast stays where it is (EVENT_TIMEOUT in its source), ms. */
const GAVE_UP_MS = 55_000;
/** A click reaches the pipe within this time after the program has ended, ms: Windows may have to start it again. */
const REPORT_MS = 3_000;
/** The entry in the Start menu is made, and a toast removed, within this time, ms: a program that hangs is ended. */
const DONE_MS = 5_000;
/** Size of a report with a long typed text, bytes. */
const MOST_REPORT = 64 * 1024;
/** Windows shows about four lines, and refuses toasts of more than 5,000 bytes with everything in them. UTF-16 units. */
const MOST = { title: 120, body: 600, label: 40 } as const;
/** Windows refuses a toast with more. */
const MOST_BUTTONS = 5;

const APP = 'codex-voice';

/**
 * Notifications of Windows 8 and later with SnoreToast 0.7.0 from node-notifier 10.0.1. A named pipe reports clicks,
 * also in the Action Center. The tag of a toast is its bubble, so a new content takes the place of the old one. Written
 * against its source and tested with a program that behaves like it; it has not run on Windows. Wine 8.0 has no toasts:
 * the program ends at once.
 */
export class SnoreToast implements CommandDriver {
  readonly backend = 'snoretoast';
  readonly capabilities = ['actions', 'body', 'inline-reply'];
  readonly #options: SnoreToastOptions;
  readonly #pipe: string;
  readonly #closing = new AbortController();
  /** Listeners for reports of the pipe, by the id of the toast. */
  readonly #waiting = new Map<string, (told: ReadonlyMap<string, string>) => void>();
  #server: Promise<Server> | null = null;
  #installed: Promise<boolean> | null = null;

  constructor(options: SnoreToastOptions) {
    this.#options = options;
    this.#pipe = options.pipe ?? `\\\\.\\pipe\\codex-voice-${randomUUID()}`;
  }

  async run(bubble: string, content: Bubble, field: boolean, signal: AbortSignal): Promise<Outcome> {
    this.#server ??= this.#listen();
    this.#installed ??= this.#install();
    const [, installed] = await Promise.all([this.#server, this.#installed]);
    signal.throwIfAborted();
    const id = idOf(bubble);
    const asks = field || (buttonsOf(content).length === 0 && content.reply !== undefined);
    const { promise: told, resolve } = Promise.withResolvers<Outcome>();
    // A toast without a click moves to the Action Center, with its buttons.
    const stays = labelsOf(content).length > 0;
    const listener = (data: ReadonlyMap<string, string>): void => {
      if (!(stays && data.get('action') === 'timedout')) resolve(toldOf(data, content));
    };
    this.#waiting.set(id, listener);
    const over = (): void => {
      if (this.#waiting.get(id) === listener) this.#waiting.delete(id);
      resolve(null);
    };
    signal.addEventListener('abort', over, { once: true });
    const args = this.#arguments(id, content, asks, installed);
    const closed = this.#call(args, signal, GAVE_UP_MS).then((status) => closedBy(status, stays, told));
    try {
      return await Promise.race([told, closed]);
    } finally {
      over();
      signal.removeEventListener('abort', over);
    }
  }

  async remove(bubble: string): Promise<void> {
    await this.#call(['-close', idOf(bubble)], AbortSignal.timeout(DONE_MS));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const server = await this.#server?.catch(() => null);
    server?.close();
  }

  #arguments(id: string, content: Bubble, asks: boolean, installed: boolean): string[] {
    const { title, body } = textsOf(content);
    const args = [
      '-t',
      shown(title, MOST.title),
      '-m',
      shown(body, MOST.body) || ' ',
      '-id',
      id,
      '-pipeName',
      this.#pipe,
      '-silent',
    ];
    const labels = labelsOf(content);
    if (asks) args.push('-tb');
    else if (labels.length > 0) args.push('-b', labels.join(';'));
    if (this.#options.icon) args.push('-p', this.#options.icon());
    if (installed) args.push('-appID', APP);
    return args;
  }

  /**
   * Creates an entry in the Start menu, once. It gives the notifications their name, and lets Windows start SnoreToast
   * for a click in the Action Center.
   */
  async #install(): Promise<boolean> {
    const { application, program, beforeInstall } = this.#options;
    if (application === undefined) return false;
    try {
      await beforeInstall?.(program(), APP);
      const status = await this.#call(['-install', APP, application, APP], AbortSignal.timeout(DONE_MS));
      return status === 0;
    } catch {
      return false;
    }
  }

  /**
   * Returns its exit status.
   * @param patience a failure after this time, ms, counts as no more events
   * @throws Error when it could not run, or could not show anything
   */
  async #call(
    args: readonly string[],
    signal: AbortSignal,
    patience = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    const any = AbortSignal.any([signal, this.#closing.signal]);
    const options = { signal: any, timeoutMs: Number.POSITIVE_INFINITY };
    const started = performance.now();
    const { status, stdout, words, cause } = await run(this.#options.program(), args, options);
    if (status !== null && status >= 0 && status <= MOST_STATUS) return status;
    if (status === FAILED && performance.now() - started > patience) return TIMED_OUT;
    if (cause) throw new Error(words, { cause });
    // Exception codes of Windows. Wine 8.0: an access violation.
    if (status !== null && status !== FAILED && status >= 0x8000_0000)
      throw new Error(`SnoreToast crashed, 0x${status.toString(16)}`);
    const why = lineText(`${stdout.toString()} ${words}`, 300);
    throw new Error(`SnoreToast ended with ${status}: ${why}`);
  }

  async #listen(): Promise<Server> {
    const server = createServer((stream) => {
      const parts: Buffer[] = [];
      let left = MOST_REPORT;
      stream.on('data', (part) => {
        parts.push(part);
        left -= part.length;
        if (left < 0) stream.destroy();
      });
      stream.on('end', () => this.#hear(Buffer.concat(parts).toString('utf16le')));
      stream.on('error', () => undefined); // The sender disconnected in the middle of a report.
    });
    server.listen(this.#pipe);
    await once(server, 'listening');
    server.unref();
    return server;
  }

  #hear(data: string): void {
    const told = fieldsOf(data);
    this.#waiting.get(told.get('notificationId') ?? '')?.(told);
  }
}

/**
 * A text for its command line. With "-Embedding" anywhere in there, SnoreToast takes itself for a server of Windows and
 * shows nothing: a hyphen that does not break looks the same.
 */
function shown(text: string, most: number): string {
  return shorten(displayText(text), most).replaceAll('-Embedding', '\u2011Embedding');
}

/** Semicolons separate labels and the pipe's fields. The text field, if any, is always one of them. */
function labelsOf(content: Bubble): string[] {
  const most = content.reply === undefined ? MOST_BUTTONS : MOST_BUTTONS - 1;
  const labels = buttonsOf(content)
    .slice(0, most)
    .map(([, label]) => label);
  if (content.reply !== undefined) labels.push(content.reply);
  return labels.map((label) => lineText(shown(label, MOST.label).replaceAll(';', ',')));
}

/** Windows allows 16 characters for the name of a toast. */
function idOf(bubble: string): string {
  return String(createHash('sha256').update(bubble).digest().readUInt32BE());
}

/**
 * Parses `action=buttonClicked;notificationId=1;pipe=...;application=;button=Send;`. A text comes last and is not
 * escaped.
 */
function fieldsOf(data: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const at = data.startsWith('action=textEntered;') ? data.indexOf(';text=') : -1;
  if (at >= 0) fields.set('text', data.slice(at + ';text='.length));
  for (const field of (at >= 0 ? data.slice(0, at) : data).split(';')) {
    const [name = '', ...value] = field.split('=');
    if (name !== '') fields.set(name, value.join('='));
  }
  return fields;
}

function toldOf(told: ReadonlyMap<string, string>, content: Bubble): Outcome {
  switch (told.get('action')) {
    case 'textEntered':
      return { type: 'reply', text: told.get('text') ?? '' };
    case 'buttonClicked': {
      const labels = labelsOf(content);
      const index = labels.indexOf(told.get('button') ?? '');
      if (content.reply !== undefined && index === labels.length - 1) return { type: 'field' };
      const key = buttonsOf(content)[index]?.[0];
      return key === undefined ? { type: 'closed', reason: 'dismissed' } : { type: 'action', key };
    }
    case 'clicked':
      return 'default' in content.actions
        ? { type: 'action', key: 'default' }
        : { type: 'closed', reason: 'dismissed' };
    case 'hidden':
      return { type: 'closed', reason: 'closed' };
    case 'timedout':
      return { type: 'closed', reason: 'expired' };
    default:
      return { type: 'closed', reason: 'dismissed' };
  }
}

/**
 * The pipe may report the click a moment after the program has ended. A click that it never reports was none: where the
 * user has turned the notifications off, SnoreToast ends with the same status.
 * @throws TurnedOffError
 */
async function closedBy(status: number, stays: boolean, told: Promise<Outcome>): Promise<Outcome> {
  if (status === HIDDEN) return { type: 'closed', reason: 'closed' };
  if (status === DISMISSED) return { type: 'closed', reason: 'dismissed' };
  if (status === TIMED_OUT && !stays) return { type: 'closed', reason: 'expired' };
  if (status !== CLICKED) return told;
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, REPORT_MS, 'late');
  const first = await Promise.race([told, late]);
  clearTimeout(timer);
  if (first === 'late') throw new TurnedOffError(TURNED_OFF);
  return first;
}

const TURNED_OFF = 'notifications of codex-voice are turned off in Windows (Settings, System, Notifications)';
