import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../src/agent/project.ts';
import type { AgentSession, SessionEvent, SessionState } from '../../src/agent/session.ts';
import { type PoolLimits, SessionPool } from '../../src/agent/session-pool.ts';
import { EventQueue } from '../../src/event-queue.ts';
import { waitFor } from '../support/process.ts';

const logger = pino({ level: 'silent' });

/** A session without a Codex: it is what the test makes it. */
class FakeSession {
  readonly events = new EventQueue<SessionEvent>();
  readonly closing = Promise.withResolvers<void>();
  state: SessionState = 'down';
  closed = false;

  get status() {
    return { state: this.state, thread: 'thread', model: 'model', transport: 'app-server' as const };
  }

  become(state: SessionState): void {
    this.state = state;
    this.events.push({ type: 'status', status: this.status });
  }

  async start(): Promise<void> {
    this.become('idle');
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.closing.promise;
    this.events.close();
  }
}

function projectOf(name: string): Project {
  return { name, directory: `/${name}`, trusted: true };
}

describe('the pool of sessions', () => {
  let limits: PoolLimits;
  let made: { project: string; session: FakeSession }[];
  let inUse: Set<string>;
  let told: string[];
  let pool: SessionPool;

  beforeEach(() => {
    limits = { size: 2, idleMs: null };
    made = [];
    inUse = new Set();
    told = [];
    pool = new SessionPool({
      limits: () => limits,
      create: async ({ name }) => {
        const session = new FakeSession();
        made.push({ project: name, session });
        return session as unknown as AgentSession;
      },
      inUse: (name) => inUse.has(name),
      onEvent: ({ name }, event) => told.push(`${name}:${event.type === 'status' ? event.status.state : ''}`),
      logger,
    });
  });
  afterEach(async () => {
    for (const { session } of made) session.closing.resolve();
    await pool.close();
  });

  /** The last session that was made for the project. */
  function sessionOf(name: string): FakeSession {
    const found = made.findLast(({ project }) => project === name);
    if (!found) throw new Error(`no session of ${name}`);
    return found.session;
  }

  async function use(name: string): Promise<void> {
    await pool.session(projectOf(name));
    await delay(2); // A later use has a later time.
  }

  const running = (): string[] => ['a', 'b', 'c', 'd'].filter((name) => pool.running(name) !== null);

  it('starts a session once, and tells its events with the name of the project', async () => {
    await use('a');
    await use('a');
    expect(made).toHaveLength(1);
    await waitFor('the event', () => told.length > 0);
    expect(told).toEqual(['a:idle']);
  });

  it('parks the one used longest ago when there are too many', async () => {
    await use('a');
    await use('b');
    await use('a');
    await use('c');
    expect(running()).toEqual(['a', 'c']);
    expect(sessionOf('b').closed).toBe(true);
    expect(pool.status('b')).toMatchObject({ state: 'parked', thread: 'thread', model: 'model' });
  });

  it('parks none that works, waits for a person, or is in use', async () => {
    await use('a');
    await use('b');
    sessionOf('a').become('working');
    sessionOf('b').become('waiting');
    inUse.add('c').add('d');
    await use('c');
    await use('d');
    expect(running()).toEqual(['a', 'b', 'c', 'd']);
    sessionOf('a').become('idle');
    await waitFor('the end of the surplus', () => running().length === 3);
    expect(running()).toEqual(['b', 'c', 'd']);
  });

  it('waits for a session that is being parked before it starts it again', async () => {
    await use('a');
    const old = sessionOf('a');
    const parking = pool.park('a');
    const again = pool.session(projectOf('a'));
    await delay(20);
    expect(made).toHaveLength(1);
    old.closing.resolve();
    await parking;
    await again;
    expect(made).toHaveLength(2);
    expect(pool.status('a')?.state).not.toBe('parked');
  });

  it('parks a session that nobody used for the given time, and not one at work', async () => {
    limits = { size: 2, idleMs: 1_000 };
    await use('a');
    await use('b');
    sessionOf('b').become('working');
    await waitFor('the idle one to be parked', () => running().length === 1);
    expect(running()).toEqual(['b']);
  });

  it('takes smaller limits at once', async () => {
    await use('a');
    await use('b');
    limits = { size: 1, idleMs: null };
    pool.trim();
    expect(running()).toEqual(['b']);
  });

  it('closes all, also those that are being parked', async () => {
    await use('a');
    await use('b');
    const parking = pool.park('a');
    for (const { session } of made) session.closing.resolve();
    await pool.close();
    await parking;
    expect(made.map(({ session }) => session.closed)).toEqual([true, true]);
    await expect(pool.session(projectOf('a'))).rejects.toMatchObject({ code: 'codex-down' });
  });
});
