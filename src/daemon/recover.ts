import type { Logger } from 'pino';
import type { Delivery } from '../delivery/delivery.ts';
import { reportOf } from '../errors.ts';
import type { Publisher } from '../facts.ts';
import type { AudioStore } from '../journal/audio.ts';
import type { Journal } from '../journal/journal.ts';
import { LiveUtterance, type UtteranceJournal, type UtterancePatch } from '../journal/live-utterance.ts';
import type { Hearing } from '../listening/hearing.ts';
import type { Reviews } from '../review/reviews.ts';
import type { Utterance } from '../utterance.ts';
import { fate } from '../wording/notices.ts';

/** What takes up the utterances of an earlier run. */
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
 * Takes up the prompts that an earlier run left without an end: what was heard is sent, what may have been sent is
 * looked up. To be called before anybody can speak or ask: what was said earlier is sent earlier.
 * @param unfinished as the journal had it before this run heard anything
 */
export function recoverPrompts(parts: RecoveryParts, unfinished: readonly Utterance[], logger: Logger): void {
  for (const record of inOrder(parts, unfinished.filter(hasPrompt))) {
    logger.info({ utterance: record.id, state: record.state }, 'a prompt of an earlier run is taken up');
    parts.audio.discard(record.id);
    takeUp(parts, LiveUtterance.resume(parts.journal, record));
  }
}

/**
 * Takes up what an earlier run did not hear to its end: sound whose text is not known is transcribed, and what
 * cannot go on is said to have failed.
 * @param unfinished as the journal had it before this run heard anything
 */
export async function recoverSounds(
  parts: RecoveryParts,
  unfinished: readonly Utterance[],
  logger: Logger,
): Promise<void> {
  for (const record of unfinished) {
    if (hasPrompt(record)) continue;
    logger.info({ utterance: record.id }, 'the sound of an earlier run is taken up');
    try {
      await recoverSound(parts, LiveUtterance.resume(parts.journal, record), logger);
    } catch (error) {
      // Only the journal throws here; the daemon is of use without what an earlier run has heard.
      logger.error({ err: error, utterance: record.id }, 'the end of an utterance cannot be journalled');
    }
  }
}

function hasPrompt({ state }: Utterance): boolean {
  return state === 'heard' || state === 'accepted';
}

/** Those that were put into an order come first, in that order. */
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
    // Half a sentence can mean the opposite of the whole one: the user decides.
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
