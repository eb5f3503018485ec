import type { Logger } from 'pino';
import type { Delivery } from '../delivery/delivery.ts';
import { reportOf } from '../errors.ts';
import type { Publisher } from '../facts.ts';
import type { AudioStore } from '../journal/audio.ts';
import type { Journal } from '../journal/journal.ts';
import { LiveUtterance, type UtteranceJournal, type UtterancePatch } from '../journal/live-utterance.ts';
import type { Reviews } from '../review/reviews.ts';
import type { Utterance } from '../utterance.ts';
import { fate } from '../wording/notices.ts';
import type { Hearing } from './hearing.ts';

/** Parts that continue the utterances of an earlier run. */
export interface RecoveryParts {
  journal: UtteranceJournal & Pick<Journal, 'queue'>;
  audio: Pick<AudioStore, 'load' | 'pathOf' | 'discard'>;
  bus: Publisher;
  reviews: Pick<Reviews, 'takeUp'>;
  hearing: Pick<Hearing, 'resume'>;
  projects: {
    /** @throws VoiceError project-unknown */
    delivery(project: string): Pick<Delivery, 'takeUp'>;
  };
}

/**
 * Continues the unfinished prompts of an earlier run: sends those that were heard, and looks up those that may have
 * been sent. Call it before any prompt can arrive, so that the order is kept.
 * @param unfinished as the journal had it before this run heard anything
 */
export function recoverPrompts(parts: RecoveryParts, unfinished: readonly Utterance[], logger: Logger): void {
  for (const record of inOrder(parts, unfinished.filter(hasPrompt))) {
    logger.info({ utterance: record.id, state: record.state }, 'a prompt of an earlier run continues');
    parts.audio.discard(record.id);
    takeUp(parts, LiveUtterance.resume(parts.journal, record));
  }
}

/**
 * Continues the unheard utterances of an earlier run: transcribes kept sound, and marks the others as failed.
 * @param unfinished as the journal had it before this run heard anything
 */
export async function recoverSounds(
  parts: RecoveryParts,
  unfinished: readonly Utterance[],
  logger: Logger,
): Promise<void> {
  for (const record of unfinished) {
    if (hasPrompt(record)) continue;
    logger.info({ utterance: record.id }, 'a recording of an earlier run is transcribed');
    try {
      await recoverSound(parts, LiveUtterance.resume(parts.journal, record), logger);
    } catch (error) {
      // Only the journal throws here. The daemon is useful without the earlier utterances.
      logger.error({ err: error, utterance: record.id }, 'the end of an utterance cannot be journalled');
    }
  }
}

function hasPrompt({ state }: Utterance): boolean {
  return state === 'heard' || state === 'accepted';
}

/** First those with a position, in that order. */
function inOrder({ journal }: RecoveryParts, unfinished: readonly Utterance[]): Utterance[] {
  const place = (id: string): number =>
    journal.queue((queue) => queue.position(id)) ?? Number.MAX_SAFE_INTEGER;
  const places = new Map(unfinished.map(({ id }) => [id, place(id)]));
  return unfinished.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

function takeUp(parts: RecoveryParts, live: LiveUtterance): void {
  try {
    if (parts.reviews.takeUp(live)) return;
    parts.projects.delivery(live.record.project).takeUp(live);
  } catch (error) {
    // Its project is not in the settings any more.
    end(parts, live, { state: 'failed', error: reportOf(error) });
  }
}

async function recoverSound(parts: RecoveryParts, live: LiveUtterance, logger: Logger): Promise<void> {
  try {
    const sound = await parts.audio.load(live.id);
    if (sound?.whole) return parts.hearing.resume(live, sound.samples);
    // Half a sentence may mean the opposite of the whole one, so the user decides.
    const file = sound === null ? null : parts.audio.pathOf(live.id);
    end(parts, live, { state: 'failed', error: fate.unheard(file) });
  } catch (error) {
    logger.error({ err: error, utterance: live.id }, 'kept sound cannot be read');
    end(parts, live, { state: 'failed', error: reportOf(error) });
  }
}

function end({ bus }: RecoveryParts, live: LiveUtterance, patch: UtterancePatch): void {
  live.update(patch);
  bus.publish({ type: 'ended', utterance: live.record });
}
