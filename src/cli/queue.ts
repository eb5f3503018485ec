import type { QueueEntry } from '../control/shapes.ts';
import { VoiceError } from '../errors.ts';
import { withDaemon } from './connect.ts';
import { type JsonOption, oneLine, print, printJson, table } from './output.ts';

/** Lists what is not answered yet. */
export async function queueList(options: JsonOption): Promise<void> {
  show((await withDaemon((daemon) => daemon.request('queue', {}))).queue, options);
}

export async function queueMove(id: string, position: string, options: JsonOption): Promise<void> {
  const place = Number(position);
  if (!Number.isInteger(place) || place < 1) {
    throw new VoiceError('usage', `${position} is not a position in the queue.`, 'Use 1 for the first.');
  }
  await change((entry) => ({ method: 'queue/move', params: { id: entry, position: place } }), id, options);
}

export async function queueDrop(id: string, options: JsonOption): Promise<void> {
  await change((entry) => ({ method: 'queue/drop', params: { id: entry } }), id, options);
}

/** Sends a prompt that is uncertain or has no complete answer. Its id may be shortened as in the list. */
export async function queueSend(id: string, options: JsonOption): Promise<void> {
  await change((entry) => ({ method: 'queue/send', params: { id: entry } }), id, options);
}

type Change =
  | { method: 'queue/move'; params: { id: string; position: number } }
  | { method: 'queue/drop' | 'queue/send'; params: { id: string } };

async function change(of: (id: string) => Change, id: string, options: JsonOption): Promise<void> {
  await withDaemon(async (daemon) => {
    const { queue } = await daemon.request('queue', {});
    const { method, params } = of(wholeId(queue, id));
    const after =
      method === 'queue/move' ? await daemon.request(method, params) : await daemon.request(method, params);
    show(after.queue, options);
  });
}

/** The list shows the beginning of an id, and the beginning is enough. @throws VoiceError usage */
function wholeId(queue: readonly QueueEntry[], id: string): string {
  const matches = queue.filter((entry) => entry.id.startsWith(id));
  if (matches.length > 1)
    throw new VoiceError('usage', `${id} matches several prompts.`, 'Give more of the id.');
  return matches[0]?.id ?? id;
}

function show(queue: readonly QueueEntry[], { json }: JsonOption): void {
  if (json) printJson(queue);
  else if (queue.length === 0) print('the queue is empty');
  else
    print(
      table(queue.map(({ id, project, prompt, state }) => [id.slice(0, 8), project, state, oneLine(prompt)])),
    );
}
