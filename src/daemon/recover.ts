import type { Logger } from 'pino';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { Utterance } from '../utterance.ts';
import { LiveUtterance } from './live-utterance.ts';
import type { Parts } from './parts.ts';

/**
 * Takes up what an earlier run left without an end: what was heard is sent, sound whose text is not known is
 * transcribed, and what cannot go on is said to have failed.
 * @param unfinished as the journal had it before this run heard anything
 */
export async function recoverUnfinished(
  parts: Parts,
  unfinished: readonly Utterance[],
  logger: Logger,
): Promise<void> {
  for (const record of unfinished) {
    const live = LiveUtterance.resume(parts.journal, record);
    logger.info({ utterance: record.id, state: record.state }, 'an utterance of an earlier run is taken up');
    switch (record.state) {
      case 'heard':
        parts.audio.discard(record.id);
        parts.projects.delivery(record.project).enqueue(live);
        break;
      case 'accepted':
        live.update({ state: 'interrupted', error: unanswered });
        break;
      default:
        await recoverSound(parts, live, logger);
    }
  }
}

async function recoverSound(parts: Parts, live: LiveUtterance, logger: Logger): Promise<void> {
  try {
    const sound = await parts.audio.load(live.id);
    if (sound === null) live.update({ state: 'failed', error: unheard('Say it again.') });
    else if (sound.whole) parts.hearing.resume(live, sound.samples);
    else {
      // Half a sentence can mean the opposite of the whole one: the person decides.
      const kept = `What came through is kept: codex-voice ask --audio ${parts.audio.pathOf(live.id)}`;
      live.update({ state: 'failed', error: unheard(kept) });
    }
  } catch (error) {
    logger.error({ err: error, utterance: live.id }, 'kept sound cannot be read');
    live.update({ state: 'failed', error: reportOf(error) });
  }
}

const unanswered: ErrorReport = {
  code: 'daemon-failed',
  message: 'codex-voice ended before the answer was whole.',
  hint: 'Codex has the prompt; open the conversation with codex-voice attach, or ask again.',
};

function unheard(hint: string): ErrorReport {
  return { code: 'daemon-failed', message: 'codex-voice ended while you were speaking.', hint };
}
