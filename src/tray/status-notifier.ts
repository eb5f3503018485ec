import { Message } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import { hasOwner, ownerChange, requestName } from '../dbus/owner.ts';
import { type BusConnection, connectBus, within } from '../dbus/session-bus.ts';
import { onSessionBus } from '../processes/session-bus-loop.ts';
import { unattended } from '../processes/unattended.ts';
import { itemObject, itemSignals, Pixmap } from './bus-item.ts';
import { layoutUpdated, menuObject } from './bus-menu.ts';
import { answerCall } from './bus-object.ts';
import { WATCHER } from './find-host.ts';
import { TrayHosts } from './hosts.ts';
import { MenuLayout } from './menu-layout.ts';
import type { Tray, TrayEvent, TrayState, TrayView } from './tray.ts';

/** Time limit for an answer of the bus, ms. */
const PATIENCE_MS = 5_000;
/** Pause between tries without a bus, ms. */
const LOOK_MS = 30_000;

interface StatusNotifierOptions {
  env: NodeJS.ProcessEnv;
  onEvent: (event: TrayEvent) => void;
  /** Reports whether a process is the user's: clicks from a panel that Codex started are ignored. */
  trusts: (pid: number) => boolean;
  logger: Logger;
}

/**
 * The tray of Linux desktops: a StatusNotifierItem on the session bus, which a panel finds through its watcher. It
 * connects in the background, registers with each new watcher, and reconnects when the bus was lost. Without a panel it
 * waits silently. Verified with xfce4-panel 4.18.
 */
export class StatusNotifierTray implements Tray {
  readonly #options: StatusNotifierOptions;
  readonly #menu = new MenuLayout();
  readonly #pixmap = new Pixmap();
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #bus: BusConnection | null = null;
  #view: TrayView;
  #shown = false;

  constructor(view: TrayView, options: StatusNotifierOptions) {
    this.#options = options;
    this.#view = view;
    this.#menu.set(view.menu);
    this.#done = this.#run(this.#closing.signal);
  }

  get state(): TrayState {
    if (this.#closing.signal.aborted) return { backend: 'status-notifier', state: 'off' };
    return { backend: 'status-notifier', state: this.#shown ? 'shown' : 'waiting' };
  }

  show(view: TrayView): void {
    const before = this.#view;
    this.#view = view;
    const signals = itemSignals(before, view);
    if (this.#menu.set(view.menu)) signals.push(layoutUpdated(this.#menu));
    for (const signal of signals) this.#bus?.send(signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#bus?.disconnect();
    await this.#done;
  }

  #run(signal: AbortSignal): Promise<void> {
    const { env, logger } = this.#options;
    const onEnd = (reason: string): void => logger.debug({ reason }, 'the tray is not on the bus');
    const serve = (address: string): Promise<string> => this.#serve(address, signal);
    return onSessionBus({ env, lookMs: LOOK_MS, serve, onEnd }, signal);
  }

  /** One connection from its beginning to its end. @returns why it ended @throws Error when it could not begin */
  async #serve(address: string, signal: AbortSignal): Promise<string> {
    let bus: BusConnection | null = null;
    let hosts: TrayHosts | null = null;
    try {
      bus = await connectBus(address, PATIENCE_MS, (message) => {
        hosts?.hear(message);
        const change = ownerChange(message);
        if (change?.name === WATCHER && bus) void this.#register(bus, change.owner);
      });
      if (signal.aborted) return 'closed';
      this.#bus = bus;
      hosts = new TrayHosts(bus, this.#options.trusts);
      bus.serve(this.#objects(hosts));
      await this.#introduce(bus, hosts);
      return await bus.closed;
    } finally {
      this.#bus = null;
      this.#shown = false;
      bus?.disconnect();
    }
  }

  #objects(hosts: TrayHosts): (call: Message) => Message | null {
    /** The revision of the menu that a client has seen. */
    const seen = new Map<string, number>();
    const item = itemObject(
      () => this.#view,
      this.#pixmap,
      (type, sender) => this.#take(hosts, sender, { type }),
    );
    const menu = menuObject(this.#menu, {
      shown: (sender) => seen.set(sender, this.#menu.revision),
      clicked: (id, sender) => {
        const action = this.#menu.actionOf(id);
        if (action === null) return;
        // A decision counts only for an entry that the menu has shown.
        if (action.type === 'answer' && (seen.get(sender) ?? 0) < this.#menu.sinceOf(id)) {
          this.#options.logger.warn({ sender, id }, 'a decision in the tray that was not shown before');
          return;
        }
        this.#take(hosts, sender, { type: 'click', action });
      },
    });
    return (call) => answerCall([item, menu], call);
  }

  /** Handles a panel's event, which any client of the bus could send. */
  #take(hosts: TrayHosts, sender: string, event: TrayEvent): void {
    const { onEvent, logger } = this.#options;
    unattended(logger, 'a click in the tray', async () => {
      if (await hosts.accepts(sender)) onEvent(event);
      else logger.warn({ sender, event }, 'a program that is no panel of yours used the icon in the tray');
    });
  }

  /** Requests its name, and registers with a running watcher. @throws Error when the bus does not answer */
  async #introduce(bus: BusConnection, hosts: TrayHosts): Promise<void> {
    const calls = within(
      PATIENCE_MS,
      'RequestName',
      Promise.all([hosts.follow(), requestName(bus, itemName()), hasOwner(bus, WATCHER)]),
    );
    const [, , owned] = await calls;
    await hosts.learn();
    if (owned) await this.#register(bus, WATCHER);
  }

  /** @param owner of the watcher's name; empty: there is none */
  async #register(bus: BusConnection, owner: string): Promise<void> {
    this.#shown = false;
    if (owner === '') return;
    const call = new Message({
      destination: WATCHER,
      path: '/StatusNotifierWatcher',
      interface: WATCHER,
      member: 'RegisterStatusNotifierItem',
      signature: 's',
      body: [itemName()],
    });
    try {
      await within(PATIENCE_MS, 'RegisterStatusNotifierItem', bus.call(call));
      this.#shown = this.#bus === bus;
      this.#options.logger.info('the icon is in the tray');
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'the tray did not take the icon');
    }
  }
}

/** As the specification wants it. */
function itemName(): string {
  return `org.kde.StatusNotifierItem-${process.pid}-1`;
}
