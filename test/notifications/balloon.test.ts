import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bubble, NotifierEvent } from '../../src/notifications/notification.ts';
import { BalloonNotifier } from '../../src/notifications/windows/balloon.ts';
import { FakeBalloonIcon } from './fake-balloon-icon.ts';

const logger = pino({ level: 'silent' });
const bubble = (over: Partial<Bubble> = {}): Bubble => ({
  title: 'backend',
  body: 'the answer',
  urgency: 'normal',
  actions: {},
  ...over,
});

let icon: FakeBalloonIcon;
let notifier: BalloonNotifier;
let events: NotifierEvent[];

beforeEach(() => {
  icon = new FakeBalloonIcon();
  notifier = new BalloonNotifier({ open: (hear) => icon.open(hear), because: 'toasts fail', logger });
  events = [];
  void (async () => {
    for await (const event of notifier.events) events.push(event);
  })();
});
afterEach(() => notifier.close());

it('shows clean texts that fit, and says what to do without buttons', async () => {
  const withoutButtons = 'codex-voice approve 7';
  await notifier.show(
    'a',
    bubble({ title: `\x1b[2J${'t'.repeat(99)}`, body: '猫'.repeat(999), withoutButtons }),
  );
  const [shown] = icon.shown;
  expect(shown?.title).toMatch(/^t+…$/);
  expect(shown?.title.length).toBeLessThanOrEqual(63);
  expect(shown?.text.length).toBeLessThanOrEqual(255);
  expect(shown?.text.endsWith(`…\n${withoutButtons}`)).toBe(true);
});

it('takes a click as the action of the notification, and nothing after that', async () => {
  await notifier.show('a', bubble({ actions: { default: 'Full answer', full: 'Full answer' } }));
  icon.does('click');
  icon.does('hidden');
  await turn();
  expect(events).toEqual([{ type: 'action', bubble: 'a', key: 'default' }]);
  expect(icon.removed).toBe(1);
});

it('ends the balloon that another replaces, and shows no passing change', async () => {
  await notifier.show('a', bubble());
  expect(await notifier.show('a', bubble({ passing: true }))).toBe(true);
  await notifier.show('a', bubble({ body: 'done' }));
  await notifier.show('b', bubble());
  await turn();
  expect(icon.shown.map(({ text }) => text)).toEqual(['the answer', 'done', 'the answer']);
  expect(events).toEqual([{ type: 'closed', bubble: 'a', reason: 'expired' }]);
  await notifier.dismiss('a');
  expect(icon.removed).toBe(0);
  await notifier.dismiss('b');
  expect([icon.removed, events.length]).toEqual([1, 1]);
});

it('says why nothing can be shown', async () => {
  icon.takes = false;
  expect(await notifier.show('a', bubble())).toBe(false);
  expect(notifier.state).toMatchObject({
    server: 'balloons, because toasts fail',
    reason: 'toasts fail, and Windows takes no balloon',
  });
  const none = new BalloonNotifier({
    open: () => Promise.reject(new Error('no user32.dll')),
    because: 'toasts fail',
    logger,
  });
  expect(await none.show('a', bubble())).toBe(false);
  expect(none.state.reason).toBe('toasts fail, and there are no balloons: no user32.dll');
  await none.close();
});
