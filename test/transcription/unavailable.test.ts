import pino from 'pino';
import { expect, test } from 'vitest';
import { reportOf } from '../../src/errors.ts';
import { earUnavailable, UnavailableTranscriber } from '../../src/transcription/unavailable.ts';

const GET_ANOTHER = 'codex-voice models use base.en-q5_1';

test('an engine that the machine cannot run fails at every request, with the way out', async () => {
  const problem = { kind: 'no-library', reason: 'ONNX Runtime has no library for darwin-x64' } as const;
  const error = earUnavailable(problem, 'darwin-x64');
  const logged: string[] = [];
  const logger = pino({}, { write: (line) => logged.push(line) });
  const engine = new UnavailableTranscriber('tiny.en', error, logger);
  await expect(engine.ready()).rejects.toBe(error);
  await expect(engine.transcribe()).rejects.toBe(error);
  expect(engine.state).toEqual({
    engine: 'none',
    model: 'tiny.en',
    state: 'failed',
    pid: null,
    reason: reportOf(error),
  });
  expect(error.message).toBe(
    'The embedded speech model cannot run: ONNX Runtime has no library for darwin-x64.',
  );
  expect(error.hint).toContain(GET_ANOTHER);
  expect(logged).toHaveLength(1);
  await engine.close();
});

test('advice fits the machine', () => {
  const missing = { kind: 'not-installed', reason: 'ONNX Runtime is not installed' } as const;
  expect(earUnavailable(missing, 'linux-x64').hint).toMatch(/ONNXRUNTIME_NODE_INSTALL=skip npm install/);
  expect(earUnavailable(missing, 'linux-x64').hint).toContain(GET_ANOTHER);
  for (const [machine, kind, reason] of [
    ['linux-arm', 'no-library', 'ONNX Runtime has no library for linux-arm'],
    ['linux-x64', 'no-glibc', 'ONNX Runtime needs glibc, and this system has another C library'],
  ] as const) {
    const { hint } = earUnavailable({ kind, reason }, machine);
    expect(hint).toMatch(/^No speech engine runs on this machine\. .*glibc/);
    expect(hint).not.toContain('models get');
  }
});
