import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from './process.ts';

/** Stands in for a program that shows notifications: keeps how it was called, and does what the person does. */
export interface FakeNotifierProgram {
  readonly path: string;
  /** The arguments of each call so far, as the program understands them. */
  calls(): Promise<string[][]>;
  /** The call with this number, from 1, once it is there. */
  call(number: number): Promise<string[]>;
  /** What the person does with what is shown by that call. */
  person(number: number, does: string): Promise<void>;
}

/** Shared by both: numbers its calls, keeps them, and waits for what the person does. */
const COMMON = `
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const { setTimeout: delay } = require('node:timers/promises');
const folder = __dirname;
function keep(args) {
  appendFileSync(folder + '/calls', JSON.stringify(args) + '\\n');
  return readFileSync(folder + '/calls', 'utf8').trim().split('\\n').length;
}
async function person(number, seconds) {
  const end = seconds > 0 ? Date.now() + seconds * 1000 : Infinity;
  while (Date.now() < end) {
    const file = folder + '/person-' + number;
    if (existsSync(file)) return readFileSync(file, 'utf8');
    await delay(20);
  }
  return 'timeout';
}
`;

/**
 * terminal-notifier 1.7.2 of node-notifier 10.0.1, as its AppDelegate.m is written: arguments are property lists,
 * actions win over a reply, it waits only with one of those or a time, and prints one object with -json.
 */
const TERMINAL_NOTIFIER = `#!${process.execPath}
${COMMON}
function argument(value) {
  if (/^[({<]/.test(value)) throw new Error('that is a property list, and no text: ' + value);
  const text = /^"(.*)"$/s.exec(value);
  return text ? text[1].replace(/\\\\(.)/gs, (_, c) => (c === 'n' ? '\\n' : c)) : value;
}
(async () => {
  const args = process.argv.slice(2).map(argument);
  const number = keep(args);
  const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  if (existsSync(folder + '/fails')) { console.error('[!] Unable to post a notification'); process.exit(1); }
  if (value('-remove') !== undefined) return;
  if (value('-message') === undefined) process.exit(1);
  const actions = (value('-actions') || '').split(',').filter(Boolean);
  const reply = value('-reply');
  if (actions.length === 0 && reply === undefined && value('-timeout') === undefined) return;
  const did = await person(number, Number(value('-timeout') || 0));
  const [what, ...rest] = did.split(':');
  const text = rest.join(':');
  const index = actions.indexOf(text);
  const printed = {
    timeout: { activationType: 'timeout' },
    close: { activationType: 'closed', activationValue: 'Close' },
    click: { activationType: 'contentsClicked' },
    press: actions.length > 1
      ? { activationType: 'actionClicked', activationValue: text, activationValueIndex: String(index) }
      : { activationType: 'actionClicked', activationValue: text },
    type: { activationType: 'replied', activationValue: text },
  }[what];
  if (what === 'press' && index < 0) throw new Error('there is no such button: ' + text);
  if (what === 'type' && (reply === undefined || actions.length > 0)) throw new Error('there is no field');
  const at = { deliveredAt: '2026-01-02 03:04:05 +0000', activationAt: '2026-01-02 03:04:06 +0000' };
  process.stdout.write(JSON.stringify({ ...printed, ...at }, null, 2));
})();
`;

/**
 * SnoreToast 0.7.0 of node-notifier 10.0.1: buttons win over a text box; what was clicked goes to the pipe in UTF-16,
 * the rest is told by the exit status.
 */
const SNORETOAST = `#!${process.execPath}
${COMMON}
const { connect } = require('node:net');
(async () => {
  const args = process.argv.slice(2);
  const number = keep(args);
  const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  if (existsSync(folder + '/fails')) { console.error('Notifications are disabled'); process.exit(255); }
  // Under Wine 8.0, which has no toasts.
  if (existsSync(folder + '/crashes')) { console.error('Failed to register com Factory'); process.kill(process.pid, 'SIGSEGV'); return; }
  // As a server of Windows it waits for a minute, and shows nothing.
  if (args.some((arg) => arg.includes('-Embedding'))) return delay(60000);
  if (args.includes('-close') && existsSync(folder + '/hangs')) return delay(60000);
  if (args.includes('-close') || args.includes('-install')) return;
  if (!value('-t') || !value('-m')) process.exit(255);
  const buttons = (value('-b') || '').split(';').filter(Boolean);
  if (buttons.length > 5) process.exit(255);
  // Turned off by the user: shows nothing, and ends as after a click.
  if (existsSync(folder + '/turned-off')) return;
  const did = await person(number, 0);
  const [what, ...rest] = did.split(':');
  const text = rest.join(':');
  const tell = (action, more = '') => new Promise((resolve, reject) => {
    const data = 'action=' + action + ';notificationId=' + value('-id') + ';pipe=' + value('-pipeName') +
      ';' + (action === 'textEntered' ? 'version=0.7.0;' + more : more + 'version=0.7.0;');
    const stream = connect(value('-pipeName'), () => {
      const bytes = Buffer.from(data, 'utf16le');
      // In two pieces, the first of which ends within a character.
      stream.write(bytes.subarray(0, 7), () => setTimeout(() => stream.end(bytes.subarray(7), resolve), 20));
    });
    stream.on('error', reject);
  });
  if (what === 'press' && !buttons.includes(text)) throw new Error('there is no such button: ' + text);
  if (what === 'type' && (buttons.length > 0 || !args.includes('-tb'))) throw new Error('there is no text box');
  switch (what) {
    case 'click': await tell('clicked'); process.exit(0);
    case 'hide': await tell('hidden'); process.exit(1);
    case 'dismiss': await tell('dismissed'); process.exit(2);
    case 'timeout': await tell('timedout'); process.exit(3);
    case 'later': process.exitCode = 3; await tell('timedout'); await delay(150); return tell('buttonClicked', 'button=' + text + ';');
    case 'press': await tell('buttonClicked', 'button=' + text + ';'); process.exit(4);
    case 'type': await tell('textEntered', 'text=' + text); process.exit(5);
  }
})();
`;

async function fake(folder: string, source: string): Promise<FakeNotifierProgram> {
  const path = join(folder, 'program.cjs');
  await writeFile(path, source);
  await chmod(path, 0o700);
  const calls = async (): Promise<string[][]> => {
    const lines = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
    return lines
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string[]);
  };
  return {
    path,
    calls,
    call: (number) => waitFor(`call ${number}`, async () => (await calls())[number - 1]),
    person: async (number, does) => {
      // Whole at once: the program looks all the time.
      await writeFile(join(folder, 'does'), does);
      await rename(join(folder, 'does'), join(folder, `person-${number}`));
    },
  };
}

export const fakeTerminalNotifier = (folder: string): Promise<FakeNotifierProgram> =>
  fake(folder, TERMINAL_NOTIFIER);
export const fakeSnoreToast = (folder: string): Promise<FakeNotifierProgram> => fake(folder, SNORETOAST);
