import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentSession, SessionEvent, TurnEvent } from '../../src/agent/session.ts';
import { SessionPool } from '../../src/agent/session-pool.ts';
import { echo } from '../support/echo-agent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

describe('another agent than Codex', () => {
  let pool: SessionPool;
  let session: AgentSession;
  let told: SessionEvent[];
  let pids: number[];

  beforeEach(async () => {
    told = [];
    pids = [];
    const directory = temporaryFolder();
    pool = new SessionPool({
      limits: () => ({ size: 1, idleMs: null }),
      create: (project) =>
        echo.session({
          project,
          command: 'echo',
          transport: 'auto',
          env: { PATH: process.env.PATH },
          socketFolder: directory,
          started: (pid) => pids.push(pid),
          logger,
        }),
      inUse: () => false,
      onEvent: (_project, event) => told.push(event),
      logger,
    });
    session = await pool.session({ name: 'project', directory, trusted: true });
  });

  afterEach(() => pool.close());

  async function events(prompt: string): Promise<TurnEvent[]> {
    const all: TurnEvent[] = [];
    for await (const event of session.submit(prompt)) all.push(event);
    return all;
  }

  it('answers prompts in its hidden terminal', async () => {
    expect((await events('hello there')).map(({ type }) => type)).toEqual([
      'accepted',
      'activity',
      'delta',
      'completed',
    ]);
    expect((await events('again')).at(-1)).toMatchObject({ type: 'completed', answer: 'again' });
    expect(session.terminal.screen().join('\n')).toContain('answer 1: hello there.');
    const states = told.flatMap((event) => (event.type === 'status' ? [event.status.state] : []));
    expect(states).toEqual(['starting', 'idle', 'working', 'idle', 'working', 'idle']);
  });

  it('goes on in a new conversation', async () => {
    await events('hello');
    await session.open(null);
    expect((await events('once more')).at(-1)).toMatchObject({ type: 'completed', answer: 'once more' });
  });

  it('ends with its session', async () => {
    await events('hello');
    await pool.park('project');
    expect(pool.status('project')).toMatchObject({ state: 'parked', thread: session.status.thread });
    expect(pids).toHaveLength(1);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });
});
