import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findTrayHost } from '../../src/tray/find-host.ts';
import { StatusNotifierTray } from '../../src/tray/status-notifier.ts';
import { TRAY_ICONS, type TrayEvent, type TrayIcon, type TrayView } from '../../src/tray/tray.ts';
import { waitFor } from '../support/process.ts';
import { callBus, connectTo, startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { startXServer, type XServer } from '../support/x-server.ts';
import { startXfcePanel, type TestXfcePanel, TRAY_COLOURS } from '../support/xfce4-panel.ts';

const view = (icon: TrayIcon, more: Partial<TrayView> = {}): TrayView => ({
  icon,
  tooltip: { title: 'codex-voice', text: 'Ready' },
  menu: [
    { type: 'text', label: 'Ready' },
    { type: 'separator' },
    { type: 'item', label: 'Listen', action: { type: 'key', key: 'toggle' } },
    { type: 'item', label: 'Pause', action: { type: 'pause', paused: true } },
    {
      type: 'submenu',
      label: 'Project: a_b',
      entries: [
        { type: 'choice', label: 'a_b', chosen: true, action: { type: 'choose-project', project: 'a_b' } },
        { type: 'choice', label: 'c', chosen: false, action: { type: 'choose-project', project: 'c' } },
      ],
    },
  ],
  ...more,
});

/** The real xfce4-panel, with real clicks. */
describe('the icon in a panel', () => {
  let x: XServer;
  let bus: TestSessionBus;
  let panel: TestXfcePanel;
  let tray: StatusNotifierTray;
  let events: TrayEvent[];
  const log: string[] = [];
  /** Processes that Codex is said to have started. */
  const distrusted = new Set<number>();
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line).msg) });

  beforeAll(async () => {
    x = await startXServer();
    bus = await startSessionBus();
    // Before there is a panel: it is found when it comes.
    tray = new StatusNotifierTray(view('idle'), {
      env: bus.env,
      onEvent: (event) => void events.push(event),
      trusts: (pid) => !distrusted.has(pid),
      logger,
    });
    await waitFor('its name on the bus', () =>
      bus.waitForName(`org.kde.StatusNotifierItem-${process.pid}-1`).then(() => true),
    );
    expect(tray.state.state).toBe('waiting');
    expect(await findTrayHost(bus.env)).toEqual({ state: 'none' });
    panel = await startXfcePanel(x, bus);
  });
  afterAll(async () => {
    await tray?.close();
    await panel?.stop();
    await bus?.stop();
    await x?.stop();
  });
  beforeEach(() => {
    events = [];
    tray.show(view('idle'));
  });

  const next = () => waitFor('an event', () => events.shift());

  it('is there, and changes with the state', async () => {
    for (const icon of TRAY_ICONS) {
      tray.show(view(icon));
      await panel.waitFor(TRAY_COLOURS[icon]);
    }
    expect(tray.state).toEqual({ backend: 'status-notifier', state: 'shown' });
    expect(await findTrayHost(bus.env)).toEqual({ state: 'there', program: 'xfce4-panel' });
    expect(log).toEqual(['the icon is in the tray']);
  });

  it('tells the left and the middle button apart', async () => {
    const at = await panel.waitFor(TRAY_COLOURS.idle);
    await panel.click(at, 1);
    expect(await next()).toEqual({ type: 'activate' });
    await panel.click(at, 2);
    expect(await next()).toEqual({ type: 'secondary' });
  });

  it('has a menu whose entries are clicked, also one that was not there before', async () => {
    const at = await panel.waitFor(TRAY_COLOURS.idle);
    await panel.openMenu(at);
    await x.xdotool('key', 'Down', 'Down', 'Return');
    expect(await next()).toEqual({ type: 'click', action: { type: 'pause', paused: true } });
    await panel.openMenu(at);
    await x.xdotool('key', 'Up', 'Right', 'Down', 'Return');
    expect(await next()).toEqual({ type: 'click', action: { type: 'choose-project', project: 'c' } });
    const menu = [...view('idle').menu, { type: 'item', label: 'New', action: { type: 'stop' } } as const];
    tray.show(view('idle', { menu }));
    await sleep(300); // the panel asks for the new layout
    await panel.openMenu(at);
    await x.xdotool('key', 'Up', 'Return');
    expect(await next()).toEqual({ type: 'click', action: { type: 'stop' } });
    expect(events).toEqual([]);
  });

  it('is in the next panel when one has crashed', async () => {
    await panel.waitFor(TRAY_COLOURS.idle);
    await panel.kill();
    await waitFor('the loss', () => tray.state.state === 'waiting');
    await panel.start();
    await panel.waitFor(TRAY_COLOURS.idle);
    expect(tray.state.state).toBe('shown');
    await panel.click(await panel.waitFor(TRAY_COLOURS.idle));
    expect(await next()).toEqual({ type: 'activate' });
  });

  it('answers what hosts ask wrongly with an error, and goes on', async () => {
    const client = await connectTo(bus.address);
    const destination = `org.kde.StatusNotifierItem-${process.pid}-1`;
    const { Message } = await import('@jellybrick/dbus-next');
    const call = (path: string, from: string, member: string, signature: string, body: unknown[]) =>
      client.call(new Message({ destination, path, interface: from, member, signature, body }));
    const menu = 'com.canonical.dbusmenu';
    await expect(call('/MenuBar', menu, 'GetLayout', 'iias', [99, -1, []])).rejects.toThrow();
    await expect(call('/MenuBar', menu, 'EventGroup', 'u', [1])).rejects.toThrow();
    await expect(call('/MenuBar', menu, 'constructor', '', [])).rejects.toThrow();
    await expect(
      call('/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'Get', 'ss', [
        'org.kde.StatusNotifierItem',
        'Nothing',
      ]),
    ).rejects.toThrow();
    await call('/MenuBar', menu, 'Event', 'isvu', [
      99,
      'clicked',
      new (await import('@jellybrick/dbus-next')).Variant('i', 0),
      0,
    ]);
    const answer = await call('/MenuBar', menu, 'GetLayout', 'iias', [0, -1, []]);
    expect(answer?.signature).toBe('u(ia{sv}av)');
    await callBus(client, 'org.freedesktop.DBus.GetId', '', []);
    client.disconnect();
    expect(events).toEqual([]);
  });

  it('takes clicks from panels alone, and decisions about what they have shown alone', async () => {
    const { Message, Variant } = await import('@jellybrick/dbus-next');
    const destination = `org.kde.StatusNotifierItem-${process.pid}-1`;
    const decision = { type: 'answer', request: 'r1', hash: 'h1', answer: { decision: 'approve' } } as const;
    const asks = view('asks', {
      menu: [...view('idle').menu, { type: 'item', label: 'Approve', action: decision }],
    });
    const attacker = await connectTo(bus.address);
    const call = (path: string, from: string, member: string, signature: string, body: unknown[]) =>
      attacker.call(new Message({ destination, path, interface: from, member, signature, body }));
    const layout = () => call('/MenuBar', 'com.canonical.dbusmenu', 'GetLayout', 'iias', [0, -1, []]);
    const click = async (id: number): Promise<void> => {
      await call('/MenuBar', 'com.canonical.dbusmenu', 'Event', 'isvu', [
        id,
        'clicked',
        new Variant('i', 0),
        0,
      ]);
      await call('/MenuBar', 'com.canonical.dbusmenu', 'EventGroup', 'a(isvu)', [
        [[id, 'clicked', new Variant('i', 0), 0]],
      ]);
      await call('/StatusNotifierItem', 'org.kde.StatusNotifierItem', 'Activate', 'ii', [0, 0]);
      await sleep(100);
    };
    const idOf = (answer: unknown, label: string): number => {
      const found = JSON.stringify(answer, (_, value) => (value instanceof Variant ? value.value : value));
      const at = new RegExp(`\\[(\\d+),\\{"label":"${label}"`).exec(found)?.[1];
      return Number(at);
    };
    tray.show(asks);
    const id = idOf((await layout())?.body, 'Approve');
    expect(id).toBeGreaterThan(0);

    // Anybody on the bus.
    await click(id);
    expect(events).toEqual([]);
    // One that calls itself a panel, and that Codex has started.
    distrusted.add(process.pid);
    const name = 'org.kde.StatusNotifierHost-4711';
    await callBus(attacker, 'org.freedesktop.DBus.RequestName', 'su', [name, 0]);
    await sleep(100);
    await click(id);
    expect(events).toEqual([]);
    // A panel that has not shown this request: another one with the same words is another entry.
    distrusted.clear();
    const next = { ...decision, request: 'r2', hash: 'h2' };
    tray.show(
      view('asks', { menu: [...view('idle').menu, { type: 'item', label: 'Approve', action: next }] }),
    );
    await click(id + 1);
    expect(events.filter(({ type }) => type === 'click')).toEqual([]);
    expect(idOf((await layout())?.body, 'Approve')).toBe(id + 1);
    await click(id + 1);
    expect(events.filter(({ type }) => type === 'click')).toContainEqual({ type: 'click', action: next });
    attacker.disconnect();
    tray.show(view('idle'));
    log.length = 0;
    log.push('the icon is in the tray');
  });

  it('waits in silence where there is no bus at all', async () => {
    const alone = new StatusNotifierTray(view('idle'), {
      env: {},
      onEvent: () => undefined,
      trusts: () => true,
      logger,
    });
    alone.show(view('working'));
    await sleep(100);
    expect(alone.state.state).toBe('waiting');
    await alone.close();
    expect(alone.state.state).toBe('off');
    expect(log.filter((line) => line !== 'the icon is in the tray')).toEqual([]);
  });

  it('comes back when the bus was restarted, without a word in the log', async () => {
    await panel.stop();
    log.length = 0;
    await bus.restart();
    await bus.waitForName(`org.kde.StatusNotifierItem-${process.pid}-1`);
    await sleep(200);
    expect(tray.state.state).toBe('waiting');
    expect(log).toEqual([]);
    panel = await startXfcePanel(x, bus);
    await panel.waitFor(TRAY_COLOURS.idle);
    expect(log).toEqual(['the icon is in the tray']);
  });
});
