import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestWatch } from '../../src/daemon/request-watch.ts';
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
