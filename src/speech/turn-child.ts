import { reportOf } from '../errors.ts';
import { SmartTurn } from './smart-turn.ts';
import type { FromTurnChild, ToTurnChild } from './turn-process.ts';
import { TURN_SAMPLES } from './weights.ts';

/** smart-turn in a process of its own: loads, says `ready`, then answers one question after the other. */
export async function runTurnChild(): Promise<void> {
  // Ctrl-C in the terminal of the daemon is for the daemon alone; its end is this process's.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  try {
    const network = await SmartTurn.load();
    // The first run takes longer than the others.
    await network.finished(new Float32Array(TURN_SAMPLES));
    process.on('message', ({ id, samples }: ToTurnChild) => {
      network.finished(samples).then(
        (finished) => send({ type: 'answer', id, finished }),
        (error: unknown) => send({ type: 'unusable', error: reportOf(error) }),
      );
    });
    send({ type: 'ready' });
  } catch (error) {
    process.exitCode = 1;
    send({ type: 'unusable', error: reportOf(error) });
  }
}

function send(message: FromTurnChild): void {
  process.send?.(message);
}
