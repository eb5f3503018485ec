import type { Logger } from 'pino';
import { type ErrorReport, reportOf } from '../errors.ts';
import { LiveUtterance } from './live-utterance.ts';
import type { Parts } from './parts.ts';

/**
 * Takes up what an earlier run left without an end: what was heard is sent, sound whose text is not known is
 * transcribed, and what cannot go on is said to have failed.
 */
export async function recoverUnfinished(parts: Parts, logger: Logger): Promise<void> {
  for (const record of parts.journal.unfinished()) {
    const live = LiveUtterance.resume(parts.journal, record);
    logger.info({ utterance: record.id, state: record.state }, 'an utterance of an earlier run is taken up');
    switch (record.state) {
      case 'heard':
        parts.audio.discard(record.id);
        parts.delivery.enqueue(live);
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
    const samples = await parts.audio.load(live.id);
    if (samples === null) live.update({ state: 'failed', error: unheard });
    else parts.hearing.resume(live, samples);
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

const unheard: ErrorReport = {
  code: 'daemon-failed',
  message: 'codex-voice ended while you were speaking.',
  hint: 'Say it again.',
};
