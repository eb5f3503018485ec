import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bubbles } from '../../src/bubbles/bubbles.ts';
import { FreedesktopNotifier } from '../../src/notifications/freedesktop.ts';
import { memoryLogger } from '../notifications/reason-log.ts';
import { startDunst, type TestDunst } from '../support/dunst.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { startXServer, type XServer } from '../support/x-server.ts';
import { startXfceNotifyd } from '../support/xfce4-notifyd.ts';
import { longAnswer, utterance } from './utterances.ts';

describe('Bubbles on a real desktop', () => {
  let screen: XServer;
  let folder: TemporaryFolder;
  let bus: TestSessionBus;
  let recorder: NotificationRecorder;
  let bubbles: Bubbles;
  let opener: string;
  let log: ReturnType<typeof memoryLogger>;

  beforeAll(async () => {
    screen = await startXServer();
    folder = await temporaryFolder();
    opener = join(folder.path, 'opener');
    await writeFile(opener, `#!/bin/sh\ncp "$1" '${folder.path}/opened'\n`);
    await chmod(opener, 0o700);
  });
  afterAll(async () => {
    await folder.remove();
    await screen.stop();
  });
  beforeEach(async () => {
    bus = await startSessionBus();
    recorder = await recordNotifications(bus.address);
    log = memoryLogger();
    const notifier = new FreedesktopNotifier({ logger: log.logger, env: bus.env, timeout: 5_000 });
    bubbles = new Bubbles({ notifier, logger: log.logger, folder: join(folder.path, 'answers'), opener });
  });
  afterEach(async () => {
    await bubbles.close();
    recorder.stop();
    await bus.stop();
  });

  const sent = () => recorder.sent;
  const last = () => sent().at(-1);
  const ids = () => new Set(sent().map(({ id }) => id));
  const signal = (member: string) => recorder.signals.find((one) => one.member === member);
  const answered = async (answer: string, id = 'u1') => {
    const taken = await bubbles.learn({
      type: 'ended',
      utterance: utterance({ id, state: 'answered', answer }),
    });
    await recorder.caughtUp();
    return taken;
  };
  const dunst = (settings?: string): Promise<TestDunst> =>
    startDunst({ display: screen.display, bus, ...(settings !== undefined && { settings }) });

  it('streams an answer into the bubble in which the words were shown', async () => {
    await using _ = await dunst();
    const answer = `${longAnswer(60)} <b>&"`;
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    const words = answer.split(' ');
    let before = performance.now();
    await waitFor(
      'the end of the answer',
      () => {
        const count = Math.ceil((performance.now() - before) / 40);
        void bubbles.learn({
          type: 'delta',
          utterance: utterance({ answer: words.slice(0, count).join(' ') }),
          text: words.slice(0, count).join(' '),
        });
        return count >= words.length;
      },
      { every: 10 },
    );
    before = performance.now();
    const taken = await answered(answer);
    expect(taken).toBeGreaterThanOrEqual(before);

    expect(ids().size).toBe(1);
    expect(sent().map(({ replaces }) => replaces)).toEqual([
      0,
      ...sent()
        .slice(1)
        .map(() => sent()[0]?.id),
    ]);
    const updates = sent().slice(0, -1);
    expect(updates.length).toBeGreaterThan(4);
    const span = (updates.at(-1)?.at ?? 0) - (updates[0]?.at ?? 0);
    expect(updates.length).toBeLessThanOrEqual(span / 200 + 2);
    expect(sent()[0]).toMatchObject({
      app: 'codex-voice',
      summary: 'backend · heard',
      body: 'What does the endpoint test do?',
      hints: { urgency: 1, 'desktop-entry': 'codex-voice', category: 'im', transient: true },
    });
    expect(sent()[0]?.icon).toMatch(/^file:\/\/.*\/icons\/codex-voice\.png$/);
    expect(last()?.summary).toBe('backend · What does the endpoint test do?');
    expect(last()?.timeout).toBeGreaterThan(0);
    const times = sent().map(({ at, answeredAt }) => (answeredAt ?? Number.NaN) - at);
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    console.log(`dunst: ${times.length} updates, median ${median?.toFixed(2)} ms`);
  });

  it('escapes markup and strips control characters', async () => {
    await using server = await dunst();
    await answered('<b>&"\u0000\u001b[31mred\u001b[0m\u202e %s %b\ud800 <i>not closed &lt;');
    expect(last()?.body).toBe('&lt;b&gt;&amp;"red %s %b &lt;i&gt;not closed &lt;');
    await server.visible();
  });

  it('shows the same text without escapes to a server that knows no markup', async () => {
    await using _ = await dunst('markup = no');
    await answered('<b>&"');
    expect(last()?.body).toBe('<b>&"');
  });

  it('shows all of a long answer when its button is pressed, and opens it as a text', async () => {
    await using server = await dunst();
    const answer = longAnswer(300);
    await answered(answer);
    const first = last();
    expect(first?.body.length).toBeLessThanOrEqual(421);
    expect(first?.actions.filter((_, index) => index % 2 === 0)).toEqual([
      'default',
      'respond',
      'speak',
      'full',
    ]);
    expect(first?.hints).not.toHaveProperty('transient');
    await server.visible();
    await server.invoke('Full answer');
    await waitFor('the whole answer', () => last()?.body === answer && last()?.answeredAt);
    expect(last()).toMatchObject({ timeout: 0, actions: ['text', 'Open as text', 'terminal', 'Open'] });
    await waitFor('the short one to go', () => signal('NotificationClosed'));
    await server.invoke('Open as text');
    const opened = () => readFile(join(folder.path, 'opened'), 'utf8').catch(() => '');
    expect(await waitFor('the opener', opened)).toBe(`${answer}\n`);
  });

  it('shows all of it when the bubble itself is clicked', async () => {
    await using server = await dunst();
    const answer = longAnswer(300);
    await answered(answer);
    await server.activate();
    await waitFor('the whole answer', () => last()?.body === answer);
  });

  it('is quiet after the person closed the bubble, and shows the answer when it is there', async () => {
    await using server = await dunst();
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    await waitFor('the bubble', () => last()?.answeredAt);
    await server.dismiss();
    await waitFor('the end of the bubble', () => signal('NotificationClosed'));
    await answered('probe', 'u2'); // what the server sent before its answer has arrived
    void bubbles.learn({ type: 'delta', utterance: utterance({ answer: 'not shown' }), text: 'not shown' });
    await answered('shown');
    expect(sent().map(({ body }) => body)).toEqual(['What does the endpoint test do?', 'probe', 'shown']);
    expect(last()?.replaces).toBe(0);
  });

  it('shows ten utterances in ten bubbles', async () => {
    await using _ = await dunst();
    for (let i = 0; i < 10; i += 1) {
      void bubbles.learn({ type: 'heard', utterance: utterance({ id: `u${i}` }), held: false });
      await answered(`answer ${i}`, `u${i}`);
    }
    expect(ids().size).toBe(10);
    expect(sent().length).toBe(20);
  });

  it('goes on without a server and without a bus, and shows the next answer when both are back', async () => {
    expect(await answered('nobody sees this')).toBeNull();
    const first = await dunst();
    expect(await answered('seen', 'u2')).not.toBeNull();
    await first.kill();
    await waitFor('the news', () =>
      log.lines.some(({ reason }) => reason === 'the notification server ended'),
    );
    expect(await answered('not seen', 'u3')).toBeNull();
    await first.stop();
    const second = await dunst();
    expect(await answered('seen again', 'u4')).not.toBeNull();
    await bus.restart();
    await second.stop();
    recorder.stop();
    recorder = await recordNotifications(bus.address);
    await using _ = await dunst();
    expect(await answered('seen once more', 'u5')).not.toBeNull();
    expect(last()).toMatchObject({ body: 'seen once more', replaces: 0 });
  });

  it('works with the buttons of xfce4-notifyd', async () => {
    await using server = await startXfceNotifyd({ display: screen.display, bus });
    const answer = longAnswer(300);
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    await answered(answer);
    expect(ids().size).toBe(1);
    expect(last()?.actions).toEqual(['respond', 'Reply', 'speak', 'Speak reply', 'full', 'Full answer']);
    // A bubble that is still growing can get no click: a person clicks again, too.
    for (let left = 5; left > 0 && !signal('ActionInvoked'); left -= 1) {
      await server.press();
      await waitFor('the press', () => signal('ActionInvoked'), { timeout: 3_000 }).catch(() => undefined);
    }
    await waitFor('the whole answer', () => last()?.body === answer && last()?.answeredAt);
    expect(signal('ActionInvoked')?.body).toEqual([sent()[0]?.id, 'full']);
  });
});
