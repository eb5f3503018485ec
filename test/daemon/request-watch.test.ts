import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestWatch } from '../../src/daemon/request-watch.ts';
import { memoryLog } from '../support/memory-log.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

describe('a request that waits', () => {
  let reminded: string[];
  let read: string[];
  let seconds: number;
  let watch: RequestWatch;

  beforeEach(() => {
    reminded = [];
    read = [];
    seconds = 0.02;
    watch = new RequestWatch({
      remindSeconds: () => seconds,
      remind: (id) => reminded.push(id),
      spoken: { readOut: ({ id }) => void read.push(id), resolved: (id) => read.push(`not ${id}`) },
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(() => watch.close());

  it('is read out and shown again and again, until it is decided', async () => {
    watch.announced(pendingRequest());
    expect(read).toEqual(['r1']);
    await waitFor('two reminders', () => reminded.length >= 2);
    watch.resolved('r1');
    expect(read.at(-1)).toBe('not r1');
    const count = reminded.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reminded.length).toBe(count);
  });

  it('is shown again although showing it failed', async () => {
    let calls = 0;
    const { logger, lines } = memoryLog();
    const failing = new RequestWatch({
      remindSeconds: () => seconds,
      remind: () => {
        calls += 1;
        if (calls === 1) throw new Error('broken');
      },
      spoken: {
        readOut: () => {
          if (calls === 2) throw new Error('mute');
        },
        resolved: () => undefined,
      },
      logger,
    });
    failing.announced(pendingRequest());
    await waitFor('the reminders after the failures', () => calls >= 4);
    failing.close();
    expect(lines.map(({ stage, err }) => [stage, err?.message])).toEqual([
      ['the reminder of a request', 'broken'],
      ['the reading out of a request', 'mute'],
    ]);
  });

  it('follows a change of the settings from the next reminder on', async () => {
    watch.announced(pendingRequest());
    seconds = 3_600;
    await waitFor('a reminder', () => reminded.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reminded).toEqual(['r1']);
  });

  it('is not shown again after the end', async () => {
    watch.announced(pendingRequest());
    watch.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(reminded).toEqual([]);
  });
});
