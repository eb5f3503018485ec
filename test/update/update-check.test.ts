import { pino } from 'pino';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { UpdateMemory } from '../../src/update/memory.ts';
import {
  checkForUpdates,
  type UpdateCheckOptions,
  type UpdateReport,
} from '../../src/update/update-check.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const REPORT: UpdateReport = {
  current: '1.0.0',
  latest: '1.1.0',
  newer: true,
  command: 'codex-voice update',
  own: true,
};

/** A daemon's check whose clock a test sets; it looks at the clock all the time. */
class Bench {
  now = START;
  idle = true;
  auto: 'notify' | 'install' | 'off' = 'notify';
  report: UpdateReport | Error = REPORT;
  looks = 0;
  installs = 0;
  ticks = 0;
  readonly told: string[] = [];
  readonly memory = new UpdateMemory(temporaryFolder(), pino({ level: 'silent' }));

  constructor() {
    const stop = new AbortController();
    const options: UpdateCheckOptions = {
      settings: () => ({ auto: this.auto, channel: 'stable' }),
      idle: () => {
        this.ticks += 1;
        return this.idle;
      },
      look: async () => {
        this.looks += 1;
        if (this.report instanceof Error) throw this.report;
        return this.report;
      },
      install: async () => {
        this.installs += 1;
      },
      announce: ({ title, body }) => this.told.push(`${title}: ${body}`),
      memory: this.memory,
      version: '1.0.0',
      signal: stop.signal,
      logger: pino({ level: 'silent' }),
      now: () => this.now,
      random: () => 0.5,
      tickMs: 1,
    };
    const ended = checkForUpdates(options);
    onTestFinished(async () => {
      stop.abort();
      await ended;
    });
  }

  /** Until the clock has been looked at, and whatever followed has happened. */
  async seen(): Promise<void> {
    const until = this.ticks + 3;
    await waitFor('the clock to be looked at', () => this.ticks >= until, { every: 1 });
  }

  async at(hours: number): Promise<void> {
    this.now = START + hours * HOUR;
    await this.seen();
  }
}

let bench: Bench;

beforeEach(async () => {
  bench = new Bench();
  await bench.seen();
});

describe('it looks', () => {
  test('some minutes after the first start, then once a day', async () => {
    expect(bench.looks).toBe(0);
    await bench.at(1);
    expect(bench.looks).toBe(1);
    await bench.at(20);
    expect(bench.looks).toBe(1);
    await bench.at(26);
    expect(bench.looks).toBe(2);
  });

  test('not while somebody speaks or Codex works', async () => {
    bench.idle = false;
    await bench.at(100);
    expect(bench.looks).toBe(0);
    bench.idle = true;
    await bench.seen();
    expect(bench.looks).toBe(1);
  });

  test('not when it is off', async () => {
    bench.auto = 'off';
    await bench.at(100);
    expect(bench.looks).toBe(0);
  });

  test('again soon, not at once, when nobody answers', async () => {
    bench.report = new Error('no network');
    await bench.at(1);
    await bench.at(1.5);
    expect(bench.looks).toBe(1);
    await bench.at(5);
    expect(bench.looks).toBe(2);
  });

  test('although the clock was set back by years', async () => {
    await bench.at(1);
    await bench.at(-50_000);
    expect(bench.looks).toBe(1);
    await bench.at(-49_999);
    expect(bench.looks).toBe(2);
    await bench.at(1);
    expect(bench.looks).toBe(3);
  });
});

describe('it tells', () => {
  test('of a new version once, with the command', async () => {
    await bench.at(1);
    await bench.at(30);
    expect(bench.told).toEqual([
      'codex-voice 1.1.0 is available: You have 1.0.0. To install it:\ncodex-voice update',
    ]);
    bench.report = { ...REPORT, latest: '1.2.0' };
    await bench.at(60);
    expect(bench.told).toHaveLength(2);
  });

  test('nothing when there is none', async () => {
    bench.report = { ...REPORT, newer: false };
    await bench.at(1);
    expect([bench.looks, bench.told]).toEqual([1, []]);
  });

  test.each([
    ['installed', '', 'codex-voice was updated to 1.1.0'],
    [
      'undone',
      'It ended at its start.',
      'The update to codex-voice 1.1.0 failed: It ended at its start.\n1.0.0 is running again.',
    ],
  ] as const)('once that an update was %s', async (result, reason, words) => {
    bench.memory.change({ outcome: { version: '1.1.0', result, reason, told: false } });
    await bench.seen();
    await bench.seen();
    expect(bench.told).toEqual([expect.stringContaining(words)]);
  });
});

describe('it installs', () => {
  beforeEach(() => {
    bench.auto = 'install';
  });

  test('when it may', async () => {
    await bench.at(1);
    expect([bench.installs, bench.told]).toEqual([1, []]);
  });

  test('not what a package manager has to, and says how', async () => {
    bench.report = { ...REPORT, own: false, command: 'brew upgrade codex-voice' };
    await bench.at(1);
    expect(bench.installs).toBe(0);
    expect(bench.told).toEqual([expect.stringContaining('brew upgrade codex-voice')]);
  });

  test('not again what did not work', async () => {
    const outcome = { version: '1.1.0', result: 'undone', reason: '', told: true } as const;
    bench.memory.change({ outcome });
    await bench.at(1);
    expect(bench.installs).toBe(0);
    bench.report = { ...REPORT, latest: '1.1.1' };
    await bench.at(40);
    expect(bench.installs).toBe(1);
  });
});
