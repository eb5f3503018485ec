import { describe, expect, it } from 'vitest';
import { Newest } from '../../src/notifications/newest.ts';

describe('Newest', () => {
  it('works on one at a time, and of what waits on the newest alone', async () => {
    const seen: string[] = [];
    const gates: PromiseWithResolvers<boolean>[] = [];
    const newest = new Newest<string>((item) => {
      seen.push(item);
      const gate = Promise.withResolvers<boolean>();
      gates.push(gate);
      return gate.promise;
    });
    const first = newest.push('a');
    const others = [newest.push('b'), newest.push('c'), newest.push('d')];
    expect(seen).toEqual(['a']);
    gates[0]?.resolve(true);
    expect(await first).toBe(true);
    expect(seen).toEqual(['a', 'd']);
    expect(newest.busy).toBe(true);
    gates[1]?.resolve(false);
    expect(await Promise.all(others)).toEqual([false, false, false]);
    expect(newest.busy).toBe(false);
  });

  it('begins again after it was idle', async () => {
    const newest = new Newest<boolean>(async (item) => item);
    expect(await newest.push(true)).toBe(true);
    expect(await newest.push(false)).toBe(false);
  });
});
