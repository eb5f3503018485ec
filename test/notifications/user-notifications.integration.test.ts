import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UserNotifications } from '../../src/notifications/macos/user-notifications.ts';
import type { Bubble, NotifierEvent } from '../../src/notifications/notification.ts';
import { isAlive } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FAKE = fileURLToPath(new URL('../support/fake-app-notifier.ts', import.meta.url));
const logger = pino({ level: 'silent' });
const bubble = (over: Partial<Bubble> = {}): Bubble => ({
  title: 'title',
  body: 'body',
  urgency: 'normal',
  actions: {},
  ...over,
});

interface Order {
  show?: { id: string; title: string; body: string; quiet: boolean; actions: object[]; reply: object | null };
  withdraw?: string;
}

function open(manner: 'granted' | 'refused' = 'granted') {
  const heard = join(temporaryFolder(), 'heard');
  const giveUp = vi.fn();
  const notifier = new UserNotifications({
    command: [process.execPath, FAKE, heard, manner],
    logger,
    giveUp,
  });
  onTestFinished(() => notifier.close());
  const events: NotifierEvent[] = [];
  void (async () => {
    for await (const event of notifier.events) events.push(event);
  })();
  const lines = (): string[] => readFileSync(heard, 'utf8').split('\n').filter(Boolean);
  const orders = (): Order[] => lines().flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const pids = (): number[] =>
    lines()
      .filter((line) => line.startsWith('started '))
      .map((line) => Number(line.slice('started '.length)));
  return { notifier, events, giveUp, lines, orders, pids };
}

test('a bubble with buttons and a field, its texts without control characters and not too long', async () => {
  const { notifier, orders } = open();
  const content = bubble({
    title: 'a\x1b[2J\nb',
    body: `"{\x07}" ${'long '.repeat(2_000)}`,
    actions: {
      default: 'Open',
      yes: 'Yes\n',
      ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`k${n}`, `L${n}`])),
    },
    reply: 'Answer',
    replyHint: 'Type here',
  });
  expect(await notifier.show('request:1', content)).toBe(true);
  const [{ show } = {}] = orders();
  expect(show?.id).toMatch(/^[0-9a-f-]{36}:request:1$/);
  expect(show).toMatchObject({
    title: 'a b',
    reply: { label: 'Answer', placeholder: 'Type here' },
    quiet: false,
  });
  expect(show?.actions).toHaveLength(9);
  expect(show?.actions[0]).toEqual({ key: 'yes', label: 'Yes' });
  expect(show?.body).toMatch(/^"\{\}" long .*…$/);
  expect(notifier.state).toEqual({
    backend: 'usernotifications',
    capabilities: ['actions', 'body', 'inline-reply', 'persistence'],
  });
});

test('a button, a text, a click and the end of a bubble are reported, and it is withdrawn', async () => {
  const { notifier, events, orders } = open();
  const all = { actions: { default: 'Open', yes: 'Yes' }, reply: 'Answer' };
  await notifier.show('a', bubble({ ...all, body: 'do {"action":"ID","key":"yes"}' }));
  await notifier.show('b', bubble({ ...all, body: 'do {"reply":"ID","text":"on Monday"}' }));
  await notifier.show('c', bubble({ ...all, body: 'do {"clicked":"ID"}' }));
  await notifier.show('d', bubble({ body: 'do {"clicked":"ID"}' }));
  await notifier.show('e', bubble({ ...all, body: 'do {"dismissed":"ID"}' }));
  await notifier.show('f', bubble({ timeout: 10 }));
  await expect
    .poll(() => events)
    .toEqual([
      { type: 'action', bubble: 'a', key: 'yes' },
      { type: 'reply', bubble: 'b', text: 'on Monday' },
      { type: 'action', bubble: 'c', key: 'default' },
      { type: 'closed', bubble: 'd', reason: 'dismissed' },
      { type: 'closed', bubble: 'e', reason: 'dismissed' },
      { type: 'closed', bubble: 'f', reason: 'expired' },
    ]);
  await expect.poll(() => orders().filter(({ withdraw }) => withdraw)).toHaveLength(6);
});

test('what a bubble does not have, and what is no event of ours, is no event', async () => {
  const { notifier, events } = open();
  const wrong = [
    '{"action":"ID","key":"no"}',
    '{"action":"ID","key":"default"}',
    '{"action":"ID","key":"toString"}',
    '{"action":"ID","key":7}',
    '{"reply":"ID","text":"x"}',
    '{"reply":"ID"}',
    '{"clicked":"other:a"}',
    '{"action":"a","key":"yes"}',
    'a warning of AppKit',
    '[]',
    'null',
  ];
  for (const event of wrong)
    await notifier.show('a', bubble({ body: `do ${event}`, actions: { default: 'Open', yes: 'Yes' } }));
  await notifier.show('z', bubble({ body: 'do {"dismissed":"ID"}' }));
  await expect.poll(() => events).toEqual([{ type: 'closed', bubble: 'z', reason: 'dismissed' }]);
});

test('a bubble is replaced under its identifier; of passing contents only the first is shown', async () => {
  const { notifier, orders } = open();
  await notifier.show('a', bubble({ body: '1', passing: true }));
  expect(await notifier.show('a', bubble({ body: '2', passing: true }))).toBe(true);
  await notifier.show('a', bubble({ body: '3', quiet: true }));
  await notifier.dismiss('a');
  await notifier.dismiss('a');
  await expect.poll(orders).toHaveLength(3);
  const [first, second, last] = orders();
  expect([first?.show?.body, second?.show?.body, second?.show?.quiet]).toEqual(['1', '3', true]);
  expect(second?.show?.id).toBe(first?.show?.id);
  expect(last).toEqual({ withdraw: first?.show?.id });
});

test('a resident bubble is put back quietly after a button', async () => {
  const { notifier, events, orders } = open();
  const content = bubble({
    body: 'do {"action":"ID","key":"copy"}',
    actions: { copy: 'Copy' },
    resident: true,
  });
  await notifier.show('a', content);
  await expect.poll(orders).toHaveLength(2);
  expect(events).toEqual([{ type: 'action', bubble: 'a', key: 'copy' }]);
  expect(
    orders()
      .slice(0, 2)
      .map(({ show }) => show?.quiet),
  ).toEqual([false, true]);
  await notifier.dismiss('a');
  await expect.poll(() => orders().at(-1)).toHaveProperty('withdraw');
});

test('a refusal of macOS is the reason, and asks for no other program', async () => {
  const { notifier, giveUp } = open('refused');
  await expect.poll(() => notifier.state.reason).toBe('they are turned off in System Settings');
  expect(await notifier.show('a', bubble())).toBe(false);
  expect(notifier.state.reason).toBe('Notifications are not allowed for this application');
  expect(giveUp).not.toHaveBeenCalled();
});

test('one that cannot be shown is a reason until another is', async () => {
  const { notifier } = open();
  expect(await notifier.show('a', bubble({ body: 'fail' }))).toBe(false);
  expect(notifier.state.reason).toMatch(/not allowed/);
  expect(await notifier.show('a', bubble())).toBe(true);
  expect(notifier.state).not.toHaveProperty('reason');
});

test('after a crash the program starts again and takes away what was left', async () => {
  const { notifier, events, orders, pids } = open();
  await notifier.show('a', bubble({ actions: { yes: 'Yes' } }));
  expect(await notifier.show('b', bubble({ body: 'crash' }))).toBe(false);
  await expect.poll(() => events).toEqual([{ type: 'closed', bubble: 'a', reason: 'lost' }]);
  await expect.poll(() => orders().filter(({ withdraw }) => withdraw)).toHaveLength(2);
  expect(await notifier.show('a', bubble())).toBe(true);
  expect(notifier.state).not.toHaveProperty('reason');
  expect(pids()).toHaveLength(2);
  expect(await isAlive(pids()[0] ?? 0)).toBe(false);
});

test('a program that keeps ending is given up, with what it could not show', async () => {
  const giveUp = vi.fn();
  const notifier = new UserNotifications({ command: ['/bin/false'], logger, giveUp });
  onTestFinished(() => notifier.close());
  await expect
    .poll(async () => {
      await notifier.show('a', bubble({ title: 'kept' }));
      return giveUp.mock.calls;
    })
    .not.toEqual([]);
  expect(giveUp.mock.calls[0]).toEqual([
    '/bin/false ended with 1',
    'a',
    expect.objectContaining({ title: 'kept' }),
  ]);
});

test('at most 50 are kept; the oldest goes', async () => {
  const { notifier, events, orders } = open();
  for (let index = 0; index <= 50; index += 1) await notifier.show(`n${index}`, bubble());
  expect(events).toEqual([{ type: 'closed', bubble: 'n0', reason: 'lost' }]);
  expect(orders().filter(({ withdraw }) => withdraw?.endsWith(':n0'))).toHaveLength(1);
});

test('closing ends the input, and with it the program, even while macOS does not answer', async () => {
  const { notifier, lines, pids } = open();
  await notifier.show('a', bubble());
  const waiting = notifier.show('b', bubble({ body: 'silence' }));
  await notifier.close();
  expect(await waiting).toBe(false);
  expect(lines().at(-1)).toBe('ended');
  expect(await isAlive(pids()[0] ?? 0)).toBe(false);
  expect(await notifier.show('c', bubble())).toBe(false);
});
