import { EventQueue } from '../event-queue.ts';
import type { ControlClient } from './client.ts';
import type { ControlEvent } from './events.ts';
import type { Params } from './params.ts';

/**
 * Sends a prompt and yields its events, up to and including `answer`. Replaces the client's subscription. Leaving the
 * loop early does not cancel the prompt.
 * @throws VoiceError reported by the daemon, e.g. prompt-empty; daemon-failed when it has ended
 */
export async function* ask(
  client: ControlClient,
  question: Omit<Params<'ask'>, 'wait'>,
): AsyncGenerator<ControlEvent, void, undefined> {
  const events = new EventQueue<ControlEvent>();
  // Before the request, because an answer may come before the response with its id.
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
    // Fails if the daemon has ended.
    await client.request('queue', {});
  } finally {
    stop();
  }
}
