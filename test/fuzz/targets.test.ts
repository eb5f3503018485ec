import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOUND } from './found.ts';
import { TARGETS } from './targets.ts';

/** The same inputs in each run: `npm run fuzz` looks for new ones. */
const SEED = 20_261_129;
const RUNS = 100;

describe.each(TARGETS)('$name', ({ name, inputs, run }) => {
  test('keep their rules', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => run(input)),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test('keep them for what broke them once', async () => {
    for (const { target, input } of FOUND) if (target === name) await run(input);
  });
});

test('every fault that was found has its target', () => {
  const names = TARGETS.map(({ name }) => name);
  for (const { target } of FOUND) expect(names).toContain(target);
});
