import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isAlive, startProcess, waitFor } from '../support/process.ts';
import { clip } from '../support/speech.ts';
import { whisperEngine, working } from '../support/whisper-engine.ts';

const jfk = clip('jfk');

describe('an engine that is killed', () => {
  test('idle: it is replaced before anybody needs it', async () => {
    await using whisper = whisperEngine();
    await whisper.ready();
    const { pid } = whisper.state;
    process.kill(pid ?? 0, 'SIGKILL');
    await waitFor('another engine', () => whisper.state.state === 'ready' && whisper.state.pid !== pid);
  });

  test('over and over: engine-failed; the next one works', async () => {
    await using whisper = whisperEngine();
    const result = whisper.transcribe(jfk.samples);
    const failure = expect(result).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('SIGKILL'),
    });
    let pid: number | null = null;
    for (let death = 0; death < 3; death += 1) {
      pid = await working(whisper, pid);
      process.kill(pid, 'SIGKILL');
    }
    await failure;
    expect((await whisper.transcribe(jfk.samples)).text).toContain('country');
  });

  test('ends when its owner is killed, even in the middle of its work', async () => {
    const owner = await startProcess(process.execPath, [
      fileURLToPath(new URL('../support/engine-owner.ts', import.meta.url)),
    ]);
    try {
      const pid = Number(await waitFor('the engine', () => owner.stdout().trim()));
      expect(await isAlive(pid)).toBe(true);
      process.kill(owner.pid, 'SIGKILL');
      await waitFor('its end', async () => !(await isAlive(pid)));
    } finally {
      await owner.stop();
    }
  });
});
