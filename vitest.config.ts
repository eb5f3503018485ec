import { defineConfig } from 'vitest/config';

/**
 * Projects from quick to slow; `long` runs only when it is asked for (`npm run test:long`). Integration and desktop tests use the machine's two cores for real
 * work (Whisper, Codex, an X server), so their files run one after another.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/desktop/**', 'test/long/**'],
          // Hundreds of random cases a test: on a busy machine they take their time.
          testTimeout: 60_000,
          // Half of the processor time: a module is loaded once, not once a file. So no test may leave anything behind.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          exclude: ['test/desktop/**'],
          fileParallelism: false,
          // Real parts on a shared machine: what fails once and passes at once after is told in the log as a retry.
          retry: 1,
          // A busy machine is slow, and not wrong: what hangs is found all the same.
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'desktop',
          include: ['test/desktop/**/*.test.ts'],
          fileParallelism: false,
          retry: 1,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
