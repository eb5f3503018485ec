import type { Performers } from '../../actions.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import { VoiceError } from '../../errors.ts';
import type { Publisher } from '../../facts.ts';
import type { Journal } from '../../journal/journal.ts';
import { LiveUtterance, type UtteranceJournal } from '../../journal/live-utterance.ts';
import type { Utterance } from '../../utterance.ts';

/** Messages and lists show this many characters of an id. */
const SHORTEST_ID = 8;
/** Utterances that ended without an answer, which may be sent again. */
const AGAIN: readonly string[] = ['interrupted', 'failed', 'cancelled'];

/** The parts for changing queues and sending prompts again. */
export interface QueueActionParts {
  journal: UtteranceJournal & Pick<Journal, 'beginningWith'>;
  bus: Publisher;
  projects: {
    readonly deliveries: readonly Queue[];
    /** @throws VoiceError project-unknown */
    delivery(project: string): Pick<Delivery, 'enqueue'>;
  };
}

/** The queue of one project. */
type Queue = Pick<Delivery, 'entries' | 'sendUncertain' | 'drop' | 'move'>;

/** Actions about prompts that are not answered yet. */
export function queuePerformers(
  parts: QueueActionParts,
): Pick<Performers, 'queue-move' | 'queue-drop' | 'queue-send'> {
  const { projects } = parts;
  return {
    'queue-move': ({ utterance, position }) =>
      deliveryOf(projects.deliveries, utterance).move(utterance, position),
    'queue-drop': ({ utterance }) => deliveryOf(projects.deliveries, utterance).drop(utterance),
    'queue-send': ({ utterance }) => sendAgain(parts, utterance),
  };
}

/**
 * Sends a prompt that is uncertain, or that has ended without a complete answer.
 * @throws VoiceError not-found, project-unknown, usage
 */
function sendAgain({ projects, journal, bus }: QueueActionParts, id: string): void {
  if (projects.deliveries.some((delivery) => delivery.sendUncertain(id))) return;
  const record = recordOf(journal, id);
  if (record.prompt === null || !AGAIN.includes(record.state)) {
    const hint =
      'Only one that was interrupted, failed or was cancelled, or is uncertain, can be sent again.';
    throw new VoiceError('usage', `The utterance ${id} is ${record.state}.`, hint);
  }
  const delivery = projects.delivery(record.project);
  // The earlier prompt keeps its place in the conversation: this is a new one.
  const live = LiveUtterance.begin(journal, record.source, record.project, {
    state: 'heard',
    transcript: record.transcript,
    prompt: record.prompt,
  });
  live.stopwatch.mark('textAt');
  bus.publish({ type: 'heard', utterance: live.record, held: false });
  delivery.enqueue(live);
}

/** Finds an utterance by its id, or by the part of it that lists show. @throws VoiceError not-found, usage */
function recordOf(journal: Pick<Journal, 'beginningWith'>, id: string): Utterance {
  const found = id.length < SHORTEST_ID ? [] : journal.beginningWith(id);
  if (found.length > 1)
    throw new VoiceError('usage', `${id} matches several utterances.`, 'Give more of the id.');
  const [record] = found;
  if (record) return record;
  const hint = 'Run `codex-voice history --json` to list the ids.';
  throw new VoiceError('not-found', `There is no utterance ${id}.`, hint);
}

/** @throws VoiceError not-found */
function deliveryOf(deliveries: readonly Queue[], id: string): Queue {
  const found = deliveries.find(({ entries }) => entries.some((entry) => entry.id === id));
  if (found) return found;
  throw new VoiceError('not-found', `No queued prompt has the id ${id}.`, 'Run `codex-voice queue`.');
}
