import type { Logger } from 'pino';
import { reportOf } from '../errors.ts';
import { fate } from '../messages/notices.ts';
import type { Utterance } from '../utterance.ts';
import { LiveUtterance } from './live-utterance.ts';
import type { Parts } from './parts.ts';

/**
 * Takes up the prompts that an earlier run left without an end: what was heard is sent, what may have been sent is
 * looked up. To be called before anybody can speak or ask: what was said earlier is sent earlier.
 * @param unfinished as the journal had it before this run heard anything
 */
export function recoverPrompts(parts: Parts, unfinished: readonly Utterance[], logger: Logger): void {
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
  parts: Parts,
  unfinished: readonly Utterance[],
  logger: Logger,
): Promise<void> {
  for (const record of unfinished) {
    if (hasPrompt(record)) continue;
    logger.info({ utterance: record.id }, 'the sound of an earlier run is taken up');
    await recoverSound(parts, LiveUtterance.resume(parts.journal, record), logger);
  }
}

function hasPrompt({ state }: Utterance): boolean {
  return state === 'heard' || state === 'accepted';
}

/** Those that were put into an order come first, in that order. */
function inOrder({ journal }: Parts, unfinished: readonly Utterance[]): Utterance[] {
  const place = (id: string): number =>
    journal.queue((queue) => queue.position(id)) ?? Number.MAX_SAFE_INTEGER;
  const places = new Map(unfinished.map(({ id }) => [id, place(id)]));
  return unfinished.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

function takeUp({ projects, announcer, reviews }: Parts, live: LiveUtterance): void {
  try {
    if (reviews.takeUp(live)) return;
    projects.delivery(live.record.project).takeUp(live);
  } catch (error) {
    // Its project is not in the settings any more.
    live.update({ state: 'failed', error: reportOf(error) });
    void announcer.ended(live.record);
  }
}

async function recoverSound(parts: Parts, live: LiveUtterance, logger: Logger): Promise<void> {
  try {
    const sound = await parts.audio.load(live.id);
    if (sound === null) live.update({ state: 'failed', error: fate.unheard(null) });
    else if (sound.whole) parts.hearing.resume(live, sound.samples);
    else {
      // Half a sentence can mean the opposite of the whole one: the person decides.
      live.update({ state: 'failed', error: fate.unheard(parts.audio.pathOf(live.id)) });
    }
  } catch (error) {
    logger.error({ err: error, utterance: live.id }, 'kept sound cannot be read');
    live.update({ state: 'failed', error: reportOf(error) });
  }
}
