import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../src/actions.ts';
import { Bubbles } from '../../src/bubbles/bubbles.ts';
import { VoiceError } from '../../src/errors.ts';
import { FreedesktopNotifier } from '../../src/notifications/freedesktop.ts';
import { startFakeServer } from '../notifications/fake-server.ts';
import { memoryLogger } from '../notifications/reason-log.ts';
import { startDunst } from '../support/dunst.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { startXServer, type XServer } from '../support/x-server.ts';
import { startXfceNotifyd } from '../support/xfce4-notifyd.ts';

describe('a request on a real desktop', () => {
  let screen: XServer;
  let folder: TemporaryFolder;
  let bus: TestSessionBus;
  let recorder: NotificationRecorder;
  let bubbles: Bubbles;
  let acts: Action[];
  let refusal: VoiceError | null;

  beforeAll(async () => {
    screen = await startXServer();
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await folder?.remove();
    await screen?.stop();
  });
  beforeEach(async () => {
    bus = await startSessionBus();
    recorder = await recordNotifications(bus.address);
    acts = [];
    refusal = null;
    const { logger } = memoryLogger();
    bubbles = new Bubbles({
      notifier: new FreedesktopNotifier({ logger, env: bus.env, timeout: 5_000 }),
      logger,
      folder: join(folder.path, 'answers'),
      act: async (action) => {
        acts.push(action);
        if (refusal) throw refusal;
      },
    });
  });
  afterEach(async () => {
    await bubbles.close();
    recorder.stop();
    await bus.stop();
  });

  const last = () => recorder.sent.at(-1);
  const shown = (text: string) =>
    waitFor(`a bubble with "${text}"`, () => {
      const bubble = last();
      return bubble?.answeredAt && `${bubble.summary}\n${bubble.body}`.includes(text) ? bubble : null;
    });
  const closed = () => recorder.signals.filter(({ member }) => member === 'NotificationClosed').length;

  it('is decided in dunst, by what its bubble showed', async () => {
    await using server = await startDunst({ display: screen.display, bus });
    void bubbles.learn({
      type: 'requested',
      project: 'backend',
      request: pendingRequest({ dangers: ['deletes files'], detail: 'rm -r <build>' }),
    });
    const bubble = await shown('rm -r &lt;build&gt;');
    expect(bubble).toMatchObject({ summary: 'backend · Run a command?', timeout: 0, hints: { urgency: 2 } });
    expect(bubble.actions.filter((_, index) => index % 2 === 1)).toEqual([
      'Approve',
      'Approve for session',
      'Deny',
      'Open',
    ]);
    await server.invoke('Approve for session');
    await waitFor('the answer', () => acts.length > 0);
    expect(acts).toEqual([
      { type: 'answer', request: 'r1', hash: 'h1', answer: { decision: 'approve-session' } },
    ]);
  });

  it('shows all of a long diff in dunst at a click, and can be decided then', async () => {
    await using server = await startDunst({ display: screen.display, bus });
    const detail = Array.from({ length: 30 }, (_, line) => `+line ${line}`).join('\n');
    void bubbles.learn({
      type: 'requested',
      project: 'backend',
      request: pendingRequest({ kind: 'file-change', title: 'Change files?', detail }),
    });
    expect((await shown('+line 1')).body).not.toContain('+line 29');
    await server.invoke('Show all');
    await shown('+line 29');
    await waitFor('the short one to go', () => closed() > 0);
    await server.invoke('Deny');
    await waitFor('the answer', () => acts.length > 0);
    expect(acts).toMatchObject([{ answer: { decision: 'deny' } }]);
  });

  it('goes when it was decided elsewhere, and comes back when an answer was not taken', async () => {
    await using server = await startDunst({ display: screen.display, bus });
    void bubbles.learn({ type: 'requested', project: 'backend', request: pendingRequest() });
    await shown('npm test');
    refusal = new VoiceError('request-changed', 'It is another now.', 'Look again.');
    await server.invoke('Approve');
    await shown('npm test');
    await waitFor('the reason', () => recorder.sent.some(({ body }) => body.includes('It is another now.')));
    expect(recorder.sent.filter(({ body }) => body.startsWith('<tt>\u00a0npm test'))).toHaveLength(2);
    const before = closed();
    void bubbles.learn({ type: 'resolved', project: 'backend', request: 'r1' });
    await waitFor('the bubble to go', () => closed() > before);
  });

  it('is decided with the real buttons of xfce4-notifyd', async () => {
    await using server = await startXfceNotifyd({ display: screen.display, bus });
    for (const [index, button, action] of [
      [0, 'Approve', { type: 'answer', answer: { decision: 'approve' }, hash: 'hash0' }],
      [2, 'Deny', { type: 'answer', answer: { decision: 'deny' }, hash: 'hash1' }],
      [3, 'Open', { type: 'open-terminal', project: 'backend' }],
    ] as const) {
      const id = acts.length;
      void bubbles.learn({
        type: 'requested',
        project: 'backend',
        request: pendingRequest({ id: `r${id}`, hash: `hash${id}`, detail: `try ${id}` }),
      });
      const bubble = await shown(`try ${id}`);
      expect(bubble.actions[2 * index + 1]).toBe(button);
      await server.pressButton(index, 4);
      await waitFor(`what ${button} does`, () => acts.length > id);
      expect(acts.at(-1)).toMatchObject(action);
      void bubbles.learn({ type: 'resolved', project: 'backend', request: `r${id}` });
      await waitFor('the bubble to go', async () => (await server.bubbles()) === 0);
    }
  });

  it('takes a text in a field where the server has one', async () => {
    await using server = await startFakeServer(bus.address, {
      capabilities: ['actions', 'body', 'inline-reply'],
    });
    const question = { id: 'q', header: '', text: 'Which port?', options: [], free: true, secret: false };
    void bubbles.learn({
      type: 'requested',
      project: 'backend',
      request: pendingRequest({
        kind: 'question',
        detail: 'Which port?',
        decisions: [],
        questions: [question],
      }),
    });
    const call = await waitFor('the call', () => server.calls[0]);
    expect(call.body[5]).toEqual(['open', 'Open', 'inline-reply', 'Answer']);
    server.answer(call, 41);
    await shown('Which port?');
    server.emit('NotificationReplied', 'us', [40, 'not ours']);
    server.emit('ActionInvoked', 'us', [41, 'inline-reply']); // Plasma says that too
    server.emit('NotificationReplied', 'us', [41, '8080']);
    await waitFor('the answer', () => acts.length > 0);
    expect(acts).toEqual([
      { type: 'answer', request: 'r1', hash: 'h1', answer: { answers: { q: ['8080'] } } },
    ]);
  });

  it('says in words how it is decided where the server has no buttons', async () => {
    await using server = await startFakeServer(bus.address, { capabilities: ['body'] });
    void bubbles.learn({ type: 'requested', project: 'backend', request: pendingRequest() });
    const call = await waitFor('the call', () => server.calls[0]);
    expect(call.body[5]).toEqual([]);
    expect(call.body[4]).toMatch(/\nTo decide: codex-voice approve r1, or deny r1$/);
    server.answer(call, 1);
  });
});
