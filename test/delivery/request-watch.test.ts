import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestWatch } from '../../src/delivery/request-watch.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

describe('a request that waits', () => {
  let reminded: string[];
  let seconds: number;
  let watch: RequestWatch;

  beforeEach(() => {
    reminded = [];
    seconds = 0.02;
    watch = new RequestWatch({
      remindSeconds: () => seconds,
      bus: { publish: (fact) => void (fact.type === 'reminded' && reminded.push(fact.request.id)) },
    });
  });
  afterEach(() => watch.close());

  const asks = (): void => watch.learn({ type: 'requested', project: 'backend', request: pendingRequest() });

  it('is reminded of again and again, until it is decided', async () => {
    asks();
    await waitFor('two reminders', () => reminded.length >= 2);
    watch.learn({ type: 'resolved', project: 'backend', request: 'r1' });
    const count = reminded.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reminded.length).toBe(count);
  });

  it('follows a change of the settings from the next reminder on', async () => {
    asks();
    seconds = 3_600;
    await waitFor('a reminder', () => reminded.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reminded).toEqual(['r1']);
  });

  it('is not shown again after the end', async () => {
    asks();
    watch.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(reminded).toEqual([]);
  });
});
