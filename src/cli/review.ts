import { promptChanges } from '../agent/prompt.ts';
import type { Review } from '../control/shapes.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { withDaemon } from './connect.ts';
import { type JsonOption, oneLine, print, printJson, table } from './output.ts';
import { textOf } from './stdin-text.ts';

/** Lists the prompts that are shown before they are sent. */
export async function reviewList(options: JsonOption): Promise<void> {
  show((await withDaemon((daemon) => daemon.request('review', {}))).reviews, options);
}

export async function reviewSend(id: string | undefined, options: JsonOption): Promise<void> {
  const params = id === undefined ? {} : { id };
  show((await withDaemon((daemon) => daemon.request('review/send', params))).reviews, options);
}

export async function reviewCancel(id: string | undefined, options: JsonOption): Promise<void> {
  const params = id === undefined ? {} : { id };
  show((await withDaemon((daemon) => daemon.request('review/cancel', params))).reviews, options);
}

interface EditOptions {
  popup?: boolean;
}

/** Opens the editor here or in a new window. With a text, sends that text instead. */
export async function reviewEdit(
  id: string | undefined,
  words: string[],
  { popup = false }: EditOptions,
): Promise<void> {
  if (words.length > 0) {
    const text = await textOf(words);
    for (const change of promptChanges(text)) process.stderr.write(`${change}\n`);
    await withDaemon((daemon) =>
      daemon.request('review/edit', { text, ...(id === undefined ? {} : { id }) }),
    );
    print('sent');
    return;
  }
  if (popup) {
    await withDaemon((daemon) => daemon.request('review/open', id === undefined ? {} : { id }));
    return;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const hint = 'Run it in a terminal, or give the text: `codex-voice review edit ID TEXT`.';
    throw new VoiceError('usage', 'The editor needs a terminal.', hint);
  }
  const { runReviewEditor } = await import('../ui/run.ts');
  print(await runReviewEditor({ socket: pathsOf().controlSocket, env: process.env }, id));
}

function show(reviews: readonly Review[], { json }: JsonOption): void {
  if (json) printJson(reviews);
  else if (reviews.length === 0) print('no prompts wait for review');
  else
    print(
      table(
        reviews.map(({ id, project, prompt, state, left_s }) => [
          id.slice(0, 8),
          project,
          left_s === null ? state : `sent in ${Math.ceil(left_s)} s`,
          oneLine(prompt),
        ]),
      ),
    );
}
