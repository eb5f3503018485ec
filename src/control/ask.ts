import { EventQueue } from '../event-queue.ts';
import type { ControlClient } from './client.ts';
import type { ControlEvent } from './events.ts';
import type { Params } from './params.ts';

/**
 * Asks and yields what becomes of it, up to and including its `answer` event. The client's subscription is
 * replaced; leaving the loop early does not take the question back.
 * @throws VoiceError what the daemon reported, e.g. prompt-empty; daemon-failed when it is gone
 */
export async function* ask(
  client: ControlClient,
  question: Omit<Params<'ask'>, 'wait'>,
): AsyncGenerator<ControlEvent, void, undefined> {
  const events = new EventQueue<ControlEvent>();
  // Before the question: an answer may come sooner than the response that tells its id.
  const stop = client.onEvent((event) => events.push(event));
  void client.closed.then(() => events.close());
  try {
    await client.request('subscribe', {
      events: ['partial', 'transcript', 'accepted', 'delta', 'answer', 'error'],
    });
    const { id } = await client.request('ask', { ...question, wait: false });
    for await (const event of events) {
      if (!('utterance' in event.payload) || event.payload.utterance !== id) continue;
      yield event;
      if (event.event === 'answer') return;
    }
    // Says that the daemon is gone.
    await client.request('queue', {});
  } finally {
    stop();
  }
}
