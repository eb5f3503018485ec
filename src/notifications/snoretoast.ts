import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { buffer as readAll } from 'node:stream/consumers';
import { run } from '../processes/run.ts';
import { displayText, lineText } from '../text/clean.ts';
import { buttonsOf, type CommandDriver, type Outcome, textsOf } from './command-notifier.ts';
import type { Bubble } from './notification.ts';

interface SnoreToastOptions {
  /** Returns the path of the program when it is first needed. */
  program: () => string;
  /** Absolute path of a PNG, at most 200 kB. */
  icon?: () => string;
  /** The program of the entry in the Start menu that names the notifications. */
  application?: string;
  /** The pipe on which it reports clicks. Default: a named pipe of Windows. */
  pipe?: string;
}

/** Exit statuses of SnoreToast 0.7.0: clicked 0, hidden 1, dismissed 2, timed out 3, a button 4, a text 5. */
const HIDDEN = 1;
const DISMISSED = 2;
const TIMED_OUT = 3;
const MOST_STATUS = 5;

const APP = 'codex-voice';

/**
 * Notifications of Windows 8 and later with SnoreToast 0.7.0 from node-notifier 10.0.1. A named pipe reports clicks,
 * also in the Action Center. Written against its source and tested with a program that behaves like it; it has not run
 * on Windows.
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
    const closed = this.#call(args, signal).then((status) => closedBy(status, stays, told));
    try {
      return await Promise.race([told, closed]);
    } finally {
      over();
      signal.removeEventListener('abort', over);
    }
  }

  async remove(bubble: string): Promise<void> {
    await this.#call(['-close', idOf(bubble)], new AbortController().signal);
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
      displayText(title),
      '-m',
      displayText(body),
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

  /** Creates an entry in the Start menu, once. Without it the notifications have the name of SnoreToast. */
  async #install(): Promise<boolean> {
    const { application } = this.#options;
    if (application === undefined) return false;
    const status = await this.#call(['-install', APP, application, APP], new AbortController().signal).catch(
      () => -1,
    );
    return status === 0;
  }

  /** Returns its exit status. @throws Error when it could not run, or could not show anything */
  async #call(args: readonly string[], signal: AbortSignal): Promise<number> {
    const any = AbortSignal.any([signal, this.#closing.signal]);
    const options = { signal: any, timeoutMs: Number.POSITIVE_INFINITY };
    const { status, stdout, words, cause } = await run(this.#options.program(), args, options);
    // On Windows, -1 is 4294967295.
    if (status !== null && status >= 0 && status <= MOST_STATUS) return status;
    if (cause) throw new Error(words, { cause });
    const why = lineText(`${stdout.toString()} ${words}`, 300);
    throw new Error(`SnoreToast ended with ${status}: ${why}`);
  }

  async #listen(): Promise<Server> {
    const server = createServer((stream) => {
      readAll(stream).then(
        (data) => this.#hear(data.toString('utf16le')),
        () => undefined, // The sender disconnected in the middle of a report.
      );
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

/** Semicolons separate labels and the pipe's fields. */
function labelsOf(content: Bubble): string[] {
  const labels = buttonsOf(content).map(([, label]) => label);
  if (content.reply !== undefined) labels.push(content.reply);
  return labels.map((label) => lineText(label.replaceAll(';', ',')));
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
      const index = labelsOf(content).indexOf(told.get('button') ?? '');
      const buttons = buttonsOf(content);
      const key = buttons[index]?.[0];
      if (key !== undefined) return { type: 'action', key };
      return index === buttons.length ? { type: 'field' } : { type: 'closed', reason: 'dismissed' };
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

/** The pipe may report the click a moment after the program has ended. */
async function closedBy(status: number, stays: boolean, told: Promise<Outcome>): Promise<Outcome> {
  if (status === HIDDEN) return { type: 'closed', reason: 'closed' };
  if (status === DISMISSED) return { type: 'closed', reason: 'dismissed' };
  if (status === TIMED_OUT && !stays) return { type: 'closed', reason: 'expired' };
  return told;
}
