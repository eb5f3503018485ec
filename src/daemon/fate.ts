import { setTimeout as delay } from 'node:timers/promises';
import type { CodexSession, PromptFate } from '../codex/codex.ts';
import { reportOf } from '../errors.ts';
import type { SentMark } from '../journal/queue-table.ts';
import type { LiveUtterance } from './live-utterance.ts';

/** A turn that runs is looked at again this often. */
const LOOK_AGAIN_MS = 500;

/**
 * What became of a prompt that may have been sent. One whose turn still runs is waited for; one whose turn seems to
 * run while Codex does nothing was cut off with the server that ran it.
 */
export async function findFate(
  { record }: LiveUtterance,
  { thread, at }: SentMark,
  session: () => Promise<CodexSession>,
  signal: AbortSignal,
): Promise<PromptFate> {
  try {
    const codex = await session();
    await codex.start();
    for (;;) {
      const fate = await codex.fateOf(record.prompt ?? '', thread, at);
      const runs = fate.kind === 'accepted' && fate.state === 'running';
      const { state } = codex.status;
      if (!runs || signal.aborted || (state !== 'working' && state !== 'waiting')) return fate;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  } catch (error) {
    return { kind: 'unknown', reason: reportOf(error) };
  }
}
