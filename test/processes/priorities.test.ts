import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Priorities } from '../../src/processes/priorities.ts';
import type { PriorityDriver, PriorityDriverName } from '../../src/processes/priority.ts';

/** Above the largest process id of Linux, so that no other program has it. */
const NO_PROCESS = 2 ** 22 + 1;

class FakeDriver implements PriorityDriver {
  readonly inherited = false;
  readonly name: PriorityDriverName;
  readonly raised: [pid: number, nice: number][] = [];
  readonly #reason: string | null;
  readonly #refuses: boolean;
  closed = false;

  constructor(name: PriorityDriverName, reason: string | null = null, refuses = false) {
    this.name = name;
    this.#reason = reason;
    this.#refuses = refuses;
  }

  async unavailable(): Promise<string | null> {
    return this.#reason;
  }

  async raise(pid: number, nice: number): Promise<number> {
    if (this.#refuses) throw new Error('not for you');
    this.raised.push([pid, nice]);
    return nice;
  }

  close(): void {
    this.closed = true;
  }
}

function prioritiesOf(...drivers: FakeDriver[]): Priorities {
  return new Priorities({ env: {}, drivers, logger: pino({ level: 'silent' }) });
}

describe('priorities', () => {
  it('takes the first way that is open, and gives each process what its role needs', async () => {
    const [first, second] = [new FakeDriver('setpriority', 'no rights'), new FakeDriver('rtkit')];
    const priorities = prioritiesOf(first, second);
    const starting = priorities.start();
    // A process that is ready before that is decided waits for it.
    const engine = priorities.give(NO_PROCESS, 'engine');
    await Promise.all([starting, engine]);
    await priorities.give(NO_PROCESS + 1, 'recorder');
    expect(second.raised).toEqual([
      [process.pid, -11],
      [NO_PROCESS, -7],
      [NO_PROCESS + 1, -11],
    ]);
    expect(first).toMatchObject({ raised: [], closed: true });
    expect(priorities.state).toMatchObject({
      driver: 'rtkit',
      passed_over: [{ driver: 'setpriority', reason: 'no rights' }],
    });
    priorities.close();
    expect(second.closed).toBe(true);
  });

  it('goes on without where all refuse, and says why', async () => {
    const drivers = [new FakeDriver('setpriority', null, true), new FakeDriver('rtkit', 'not installed')];
    const priorities = prioritiesOf(...drivers);
    await priorities.start();
    await priorities.give(NO_PROCESS, 'engine');
    expect(drivers.flatMap(({ raised }) => raised)).toEqual([]);
    expect(priorities.state).toMatchObject({
      driver: null,
      engine: null,
      passed_over: [
        { driver: 'setpriority', reason: 'not for you' },
        { driver: 'rtkit', reason: 'not installed' },
      ],
    });
    priorities.close();
  });
});
