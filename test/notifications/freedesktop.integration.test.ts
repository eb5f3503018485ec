import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Message } from '@jellybrick/dbus-next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FreedesktopNotifier } from '../../src/notifications/freedesktop.ts';
import type { Bubble, NotifierEvent } from '../../src/notifications/notification.ts';
import { startPlasmaServer } from '../support/plasma-server.ts';
import { temporaryFolder, waitFor } from '../support/process.ts';
import { connectTo, startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { startFakeServer } from './fake-server.ts';
import { memoryLogger } from './reason-log.ts';

const bubble = (body: string): Bubble => ({ title: 'title', body, urgency: 'normal', actions: { go: 'Go' } });
const name = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';

describe('FreedesktopNotifier on a real bus, when things go wrong', () => {
  let bus: TestSessionBus;
  let log: ReturnType<typeof memoryLogger>;
  let notifier: FreedesktopNotifier | undefined;
  const events: NotifierEvent[] = [];

  const connect = (timeout = 300, env: NodeJS.ProcessEnv = bus.env, trusts = (_pid: number) => true) => {
    const started = new FreedesktopNotifier({ logger: log.logger, env, timeout, trusts });
    notifier = started;
    void (async () => {
      for await (const event of started.events) events.push(event);
    })();
    return started;
  };
  const warnings = () => log.lines.filter(({ level }) => level >= 40).map(({ reason }) => reason);
  const infos = () => log.lines.filter(({ level }) => level === 30).map(({ msg }) => msg);

  beforeEach(async () => {
    events.length = 0;
    log = memoryLogger();
    bus = await startSessionBus();
  });
  afterEach(async () => {
    await notifier?.close();
    notifier = undefined;
    await bus.stop();
  });

  it('says why there are none without a server, once, and shows them when one comes', async () => {
    const notifier = connect();
    for (let i = 0; i < 20; i += 1) expect(await notifier.show(`b${i % 3}`, bubble(`${i}`))).toBe(false);
    expect(notifier.state).toEqual({
      backend: 'freedesktop',
      capabilities: [],
      reason: 'no notification server is running',
    });
    expect(warnings()).toEqual(['no notification server is running']);
    await using server = await startFakeServer(bus.address);
    await waitFor('the server to be seen', () => notifier.state.reason === undefined);
    expect(notifier.state).toMatchObject({ server: 'fake 1', capabilities: ['actions', 'body'] });
    const shown = notifier.show('b', bubble('now'));
    server.answer(await waitFor('the call', () => server.calls[0]), 5);
    expect(await shown).toBe(true);
    expect(infos()).toEqual(['notifications are back']);
  });

  it('says so where there is no bus at all, and where its address is nonsense', async () => {
    const lone = connect(300, {});
    expect(await lone.show('b', bubble('x'))).toBe(false);
    expect(lone.state.reason).toBe('there is no D-Bus session bus here');
    await lone.close();
    for (const address of ['unix:path=/nowhere/bus', 'nonsense', 'autolaunch:', ';', 'unix:path=/dev/null']) {
      const lost = connect(300, { DBUS_SESSION_BUS_ADDRESS: address });
      expect(await lost.show('b', bubble('x'))).toBe(false);
      expect(lost.state.reason).toBeTruthy();
      await lost.close();
    }
  });

  it('finds the bus in XDG_RUNTIME_DIR', async () => {
    await using server = await startFakeServer(bus.address);
    const runtime = bus.address.replace('unix:path=', '').replace(/\/bus$/, '');
    const found = connect(300, { XDG_RUNTIME_DIR: runtime });
    await waitFor('the server', () => found.state.server === 'fake 1');
    expect(server.calls).toEqual([]);
  });

  it('gives up on a server that hangs, and shows no second bubble when it wakes up', async () => {
    await using server = await startFakeServer(bus.address);
    const slow = connect();
    const began = performance.now();
    expect(await slow.show('b', bubble('one'))).toBe(false);
    expect(await slow.show('b', bubble('two'))).toBe(false);
    // Less than the 25 s after which D-Bus gives up.
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(slow.state.reason).toBe('no answer in time: Notify took more than 300 ms');
    expect(warnings().length).toBe(1);
    expect(server.calls.length).toBe(1);
    server.answer(server.calls[0], 7);
    const third = slow.show('b', bubble('three'));
    const call = await waitFor('the next call', () => server.calls[1]);
    expect(call.body[1]).toBe(7);
    server.answer(call, 7);
    expect(await third).toBe(true);
  });

  it('is not troubled by Plasma, which refuses what it has just shown', async () => {
    await using server = await startPlasmaServer(bus);
    const notifier = connect(2_000);
    // The meter of text is too coarse for what differs.
    const meter = (percent: number): Bubble => ({ ...bubble('Speak now.'), meter: { percent, line: '▁▁' } });
    expect(await notifier.show('a', meter(4))).toBe(true);
    expect(await notifier.show('a', meter(5))).toBe(true);
    expect(server.bubbles().map(({ body }) => body)).toEqual(['▁▁\nSpeak now.']);
    // A button took the bubble away; it is to come again.
    server.press(server.bubbles()[0]?.id ?? 0, 'go');
    await waitFor('the button', () => events.length > 0);
    expect(server.bubbles()).toEqual([]);
    expect(await notifier.show('a', meter(5))).toBe(true);
    expect(server.bubbles()).toHaveLength(1);
    expect(notifier.state.reason).toBeUndefined();
    expect(warnings()).toEqual([]);
  });

  it('takes away a bubble that came late', async () => {
    await using server = await startFakeServer(bus.address);
    const slow = connect(2_000);
    const shown = slow.show('b', bubble('one'));
    const gone = slow.dismiss('b');
    server.answer(await waitFor('the call', () => server.calls[0]), 7);
    expect(await shown).toBe(true);
    await gone;
    const again = slow.show('b', bubble('two'));
    const call = await waitFor('the next call', () => server.calls[1]);
    expect(call.body[1]).toBe(0);
    server.answer(call, 8);
    expect(await again).toBe(true);
  });

  it('gives up on a server that does not even say who it is, and on a bus that does not answer', async () => {
    await using _ = await startFakeServer(bus.address, { introduces: false });
    const slow = connect();
    expect(await slow.show('b', bubble('one'))).toBe(false);
    expect(slow.state.reason).toBe('no answer in time: GetCapabilities took more than 300 ms');
    await slow.close();

    await using folder = await temporaryFolder();
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket)).listen(join(folder.path, 'bus'));
    const mute = connect(300, { XDG_RUNTIME_DIR: folder.path });
    expect(await mute.show('b', bubble('one'))).toBe(false);
    expect(mute.state.reason).toBe('no answer in time: connecting to the session bus took more than 300 ms');
    await mute.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('shows in a server that came while the one before did not answer', async () => {
    await using mute = await startFakeServer(bus.address, { introduces: false, replaceable: true });
    const notifier = connect(1_000);
    const shown = notifier.show('b', bubble('one'));
    await waitFor('the question', () => mute.asked > 0);
    await using server = await startFakeServer(bus.address, { replaces: true });
    server.answer(await waitFor('the call', () => server.calls[0]), 5);
    expect(await shown).toBe(true);
    expect(notifier.state).toMatchObject({ server: 'fake 1' });
    expect(server.calls).toHaveLength(1);
    await notifier.close();
  });

  it('does not make two bubbles of two updates in a row, and shows the newest of those that wait', async () => {
    await using server = await startFakeServer(bus.address);
    const notifier = connect(5_000);
    await waitFor('the server', () => notifier.state.server);
    const all = Array.from({ length: 50 }, (_, i) => notifier.show('b', bubble(`${i}`)));
    server.answer(await waitFor('the first call', () => server.calls[0]), 3);
    const second = await waitFor('the second call', () => server.calls[1]);
    expect(second.body.slice(1, 5)).toEqual([3, expect.any(String), 'title', '49']);
    server.answer(second, 3);
    expect(await Promise.all(all)).toEqual(all.map(() => true));
    expect(server.calls.length).toBe(2);
  });

  it('answers what waits when it is closed, and takes nothing after', async () => {
    await using server = await startFakeServer(bus.address);
    const ending = connect(60_000);
    const shown = ending.show('b', bubble('x'));
    await waitFor('the call', () => server.calls[0]);
    await ending.close();
    expect(await shown).toBe(false);
    expect(await ending.show('b', bubble('x'))).toBe(false);
    await ending.dismiss('b');
  });

  it('shows the next one after the bus was killed and started again', async () => {
    const first = await startFakeServer(bus.address);
    const notifier = connect(5_000);
    const shown = notifier.show('b', bubble('one'));
    first.answer(await waitFor('the call', () => first.calls[0]), 9);
    expect(await shown).toBe(true);
    const unanswered = notifier.show('c', bubble('never answered'));
    await waitFor('the second call', () => first.calls[1]);
    await bus.kill();
    expect(await unanswered).toBe(false);
    await waitFor('the news', () => notifier.state.reason !== undefined);
    expect(events).toEqual([{ type: 'closed', bubble: 'b', reason: 'lost' }]);
    expect(await notifier.show('b', bubble('two'))).toBe(false);
    await bus.restart();
    await using second = await startFakeServer(bus.address);
    const again = notifier.show('b', bubble('three'));
    const call = await waitFor('the call', () => second.calls[0]);
    expect(call.body[1]).toBe(0);
    second.answer(call, 1);
    expect(await again).toBe(true);
    expect(warnings().length).toBe(1);
  });

  it('comes back to a bus by itself', async () => {
    await bus.kill();
    const notifier = connect(1_000);
    await waitFor('the failure', () => warnings().length === 1);
    await bus.restart();
    await using _ = await startFakeServer(bus.address);
    await waitFor('the server', () => notifier.state.server === 'fake 1');
    expect(notifier.state.reason).toBeUndefined();
  });

  it('begins anew with a server that took the place of another', async () => {
    const first = await startFakeServer(bus.address);
    const notifier = connect(5_000);
    const shown = notifier.show('b', bubble('one'));
    first.answer(await waitFor('the call', () => first.calls[0]), 9);
    expect(await shown).toBe(true);
    await first.stop();
    await waitFor('the news', () => notifier.state.reason === 'the notification server ended');
    await using second = await startFakeServer(bus.address, { capabilities: ['body', 'body-markup'] });
    const again = notifier.show('b', { ...bubble('a < b'), withoutButtons: 'elsewhere' });
    const call = await waitFor('the call', () => second.calls[0]);
    expect(call.body[1]).toBe(0);
    expect(call.body[4]).toBe('a &lt; b\nelsewhere');
    expect(call.body[5]).toEqual([]);
    second.answer(call, 1);
    expect(await again).toBe(true);
  });

  it('hears the buttons of its own bubbles from the server alone', async () => {
    await using server = await startFakeServer(bus.address);
    const notifier = connect(5_000);
    const shown = notifier.show('b', bubble('one'));
    server.answer(await waitFor('the call', () => server.calls[0]), 9);
    await shown;
    const stranger = await connectTo(bus.address);
    const unique = await waitFor('our name', () => server.calls[0]?.sender);
    for (const destination of [undefined, unique]) {
      const signal = Message.newSignal(path, name, 'ActionInvoked', 'us', [9, 'go']);
      if (destination) signal.destination = destination;
      stranger.send(signal);
    }
    server.emit('ActionInvoked', 'us', [8, 'go']);
    server.emit('ActionInvoked', 'us', [9, 'unknown']);
    server.emit('ActionInvoked', 's', ['nonsense']);
    server.emit('NotificationClosed', 'uu', [8, 1]);
    server.emit('NotificationClosed', 'uu', [9, 1]);
    server.emit('ActionInvoked', 'us', [9, 'go']); // from the server's history
    await waitFor('the button', () => events.length === 2);
    stranger.disconnect();
    expect(events).toEqual([
      { type: 'closed', bubble: 'b', reason: 'expired' },
      { type: 'action', bubble: 'b', key: 'go' },
    ]);
  });

  it('passes on the token of each press, with which a window may take the focus', async () => {
    await using server = await startPlasmaServer(bus);
    const notifier = connect(2_000);
    const press = async (count: number) => {
      const id = server.bubbles()[0]?.id ?? 0;
      server.press(id, 'go');
      await waitFor('the button', () => events.length === count);
      return id;
    };
    await notifier.show('a', { ...bubble('one'), resident: true });
    const id = await press(1);
    await press(2);
    const pressed = { type: 'action', bubble: 'a', key: 'go', activation: `kwin-${id}` };
    expect(events).toEqual([pressed, pressed]);
  });

  it('shows nothing to a server that Codex started: it would press the buttons', async () => {
    const asked: number[] = [];
    let trusted = false;
    const notifier = connect(5_000, bus.env, (pid) => {
      asked.push(pid);
      return trusted;
    });
    await using server = await startFakeServer(bus.address);
    await waitFor('the look', () => asked.length > 0);
    expect(await notifier.show('b', bubble('secret'))).toBe(false);
    server.emit('ActionInvoked', 'us', [1, 'go']);
    await waitFor('the reason', () => notifier.state.reason?.includes('Codex started'));
    expect(server.calls).toEqual([]);
    expect(events).toEqual([]);
    expect(new Set(asked)).toEqual(new Set([process.pid]));
    trusted = true;
    const shown = notifier.show('b', bubble('now'));
    server.answer(await waitFor('the call', () => server.calls[0]), 5);
    expect(await shown).toBe(true);
  });

  it('survives what others send it', async () => {
    await using server = await startFakeServer(bus.address);
    const notifier = connect(5_000);
    const shown = notifier.show('b', bubble('one'));
    const call = await waitFor('the call', () => server.calls[0]);
    const stranger = await connectTo(bus.address);
    for (const member of ['Ping', 'Unknown'])
      stranger.send(new Message({ destination: call.sender, path: '/', interface: 'a.b', member }));
    server.answer(call, 9);
    expect(await shown).toBe(true);
    stranger.disconnect();
  });
});
