import { type ControlClient, connectControl } from '../../src/control/client.ts';
import type { EventName, EventPayloads } from '../../src/control/events.ts';
import { pathsOf } from '../../src/files/paths.ts';
import type { LoopbackRequest } from '../../src/loopback/request.ts';
import type { TestDaemon } from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';

/** An event of the daemon, stamped when it arrived here: performance.now(), ms. */
interface Seen<E extends EventName = EventName> {
  at: number;
  event: E;
  payload: EventPayloads[E];
}

const EVENTS = ['stage', 'accepted', 'delta', 'answer', 'timings'] as const;

/** How long an utterance may take from one event to the next, ms. */
const PATIENCE_MS = 60_000;

/** Sees what a daemon and its model do, with the clock of this process. */
export class Observer implements Disposable {
  readonly client: ControlClient;
  readonly #daemon: TestDaemon;
  readonly #seen: Seen[] = [];

  private constructor(client: ControlClient, daemon: TestDaemon) {
    this.client = client;
    this.#daemon = daemon;
    client.onEvent(({ event, payload }) => this.#seen.push({ at: performance.now(), event, payload }));
  }

  static async of(daemon: TestDaemon): Promise<Observer> {
    const path = pathsOf(daemon.env).controlSocket;
    const observer = new Observer(await connectControl({ path, client: 'bench' }), daemon);
    await observer.client.request('subscribe', { events: [...EVENTS] });
    return observer;
  }

  /** The first event of that name since `since` (performance.now(), ms) that matches. */
  next<E extends (typeof EVENTS)[number]>(
    event: E,
    since: number,
    matches: (payload: EventPayloads[E]) => boolean = () => true,
  ): Promise<Seen<E>> {
    const found = (): Seen<E> | undefined =>
      this.#seen.find((seen): seen is Seen<E> => {
        if (seen.event !== event || seen.at < since) return false;
        return matches((seen as Seen<E>).payload);
      });
    return waitFor(`the event ${event}`, found, { timeout: PATIENCE_MS });
  }

  /** The first request at the daemon's model since then. */
  request(since: number): Promise<LoopbackRequest> {
    const { requests } = this.#daemon.model;
    return waitFor('a request at the model', () => requests.find(({ at }) => at >= since), {
      timeout: PATIENCE_MS,
    });
  }

  /** Waits until the utterance that ends next has all its timings, and nothing is under way. */
  async settled(since: number): Promise<void> {
    const { payload } = await this.next('answer', since);
    await this.next('timings', since, ({ utterance }) => utterance === payload.utterance);
    await waitFor('the idle stage', async () => (await this.client.request('status', {})).stage === 'idle');
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}
