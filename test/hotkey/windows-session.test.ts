import pino from 'pino';
import { expect, it } from 'vitest';
import { parseChord } from '../../src/hotkey/chord.ts';
import { WindowsSession } from '../../src/hotkey/windows/session.ts';
import type { KeyReport } from '../../src/hotkey/windows/thread.ts';

/** The thread with the keys: the test makes its reports. */
function stand() {
  const posted: string[] = [];
  const log: string[] = [];
  const events: string[] = [];
  const ended = Promise.withResolvers<Error>();
  let say: (report: KeyReport) => void = () => undefined;
  const thread = {
    onReport: (listener: (report: KeyReport) => void) => {
      say = listener;
    },
    post: (to: number, message: number, wParam: number) => {
      posted.push(`${to}: ${message.toString(16)} ${wParam}`);
      return true;
    },
    terminate: () => void posted.push('terminate'),
    ended: ended.promise,
  };
  const outlet = {
    press: () => void events.push('press'),
    release: () => void events.push('release'),
    cancelled: () => void events.push('cancel'),
    changed: (refused: unknown) => void events.push(refused === null ? 'grabbed' : String(refused)),
    named: () => undefined,
    attach: () => undefined,
  };
  const logger = pino({ level: 'debug' }, { write: (line) => void log.push(JSON.parse(line).msg) });
  const chords = { listen: parseChord('F9'), cancel: parseChord('Escape') };
  const session = new WindowsSession({ thread, ...chords, outlet, logger });
  return { session, posted, events, log, ended, say: (report: KeyReport) => say(report) };
}

it('passes on what the keys do', async () => {
  const { session, events, ended, say } = stand();
  const run = session.run(new AbortController().signal);
  say({ type: 'thread', thread: 7 });
  say({ type: 'grabbed' });
  say({ type: 'press' });
  say({ type: 'cancel' });
  say({ type: 'release' });
  expect(events).toEqual(['grabbed', 'press', 'cancel', 'release']);
  ended.resolve(new Error('over'));
  expect((await run).message).toBe('over');
});

it('tells a thread that has a queue at last that somebody listens', () => {
  const { session, posted, say } = stand();
  session.setListening(true);
  expect(posted).toEqual([]);
  say({ type: 'thread', thread: 7 });
  session.setListening(false);
  expect(posted).toEqual(['7: 8000 1', '7: 8000 0']);
});

it('ends the thread through its queue, and before it has one at once', () => {
  const early = stand();
  const abort = new AbortController();
  void early.session.run(abort.signal);
  abort.abort();
  expect(early.posted).toEqual(['terminate']);
  const late = stand();
  void late.session.run(AbortSignal.abort());
  late.say({ type: 'thread', thread: 7 });
  expect(late.posted).toEqual(['terminate', '7: 12 0']);
});

it.each([
  [1409, 'F9 is taken by another program.'],
  ['no-key', 'The keyboard layout has no key for F9.'],
  [5, 'Windows does not bind F9: error 5.'],
  ['no hook', 'Windows does not bind F9: no hook.'],
])('explains the refusal %s', (why, message) => {
  const { events, say } = stand();
  say({ type: 'refused', chord: 'listen', why });
  expect(events).toEqual([expect.stringContaining(message)]);
});

it('listens without a cancel key that another program has', () => {
  const { events, log, say } = stand();
  say({ type: 'refused', chord: 'cancel', why: 1409 });
  expect(events).toEqual([]);
  expect(log).toEqual(['no cancel key: Escape is taken by another program.']);
});
