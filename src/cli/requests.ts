import type { ControlClient } from '../control/client.ts';
import type { PendingRequest, Question } from '../control/shapes.ts';
import { VoiceError } from '../errors.ts';
import { exactText } from '../text/clean.ts';
import { withDaemon } from './connect.ts';
import { print } from './output.ts';
import { textOf } from './stdin-text.ts';

interface ApproveOptions {
  session?: boolean;
}
interface AnswerOptions {
  question?: string[];
}

export async function approve(id: string | undefined, { session = false }: ApproveOptions): Promise<void> {
  await withDaemon(async (daemon) => {
    const request = await shown(daemon, id);
    await daemon.request('approve', { id: request.id, hash: request.hash, session });
    print(session ? 'approved for this session' : 'approved');
  });
}

export async function deny(id: string | undefined): Promise<void> {
  await withDaemon(async (daemon) => {
    const request = await shown(daemon, id);
    await daemon.request('deny', { id: request.id, hash: request.hash });
    print('denied');
  });
}

/** The answer of the only question, or of several as `--question ID=TEXT`. */
export async function answer(id: string, words: string[], { question = [] }: AnswerOptions): Promise<void> {
  await withDaemon(async (daemon) => {
    const request = await shown(daemon, id);
    const answers = answersOf(request, (await textOf(words)).replace(/\r?\n$/, ''), question);
    await daemon.request('answer', { id: request.id, hash: request.hash, answers });
    print('answered');
  });
}

/** Prints what is decided about: the answer is bound to just that. @throws VoiceError request-gone, usage */
async function shown(daemon: ControlClient, id: string | undefined): Promise<PendingRequest> {
  const { pending } = await daemon.request('status', {}, { needs: ['pending'] });
  const found = id === undefined ? pending : pending.filter((request) => request.id === id);
  const [request] = found;
  if (!request) {
    const what = id === undefined ? 'Codex is not asking for anything.' : `No request has the id ${id}.`;
    throw new VoiceError('request-gone', what, 'Run `codex-voice status` to see what waits.');
  }
  if (found.length > 1) {
    const list = found.map((each) => `${each.id} (${each.project}: ${each.title})`).join(', ');
    throw new VoiceError('usage', 'Several requests are waiting.', `Name one: ${list}.`);
  }
  print(describe(request));
  return request;
}

function describe({ project, title, detail, folder, reason, dangers }: PendingRequest): string {
  const lines = [
    `${project}: ${title}`,
    detail,
    folder && `in ${folder}`,
    reason && `because: ${reason}`,
    dangers.length > 0 && `careful: ${dangers.join(', ')}`,
  ];
  return exactText(lines.filter(Boolean).join('\n'));
}

function answersOf(
  { questions }: PendingRequest,
  text: string,
  named: readonly string[],
): Record<string, string[]> {
  const [first] = questions;
  if (named.length === 0) return first && text !== '' ? { [first.id]: chosenIn(first, text) } : {};
  const answers: Record<string, string[]> = {};
  for (const each of named) {
    const at = each.indexOf('=');
    if (at < 1) throw new VoiceError('usage', `${each} is not an answer.`, 'Write --question ID=TEXT.');
    const id = each.slice(0, at);
    answers[id] = [...(answers[id] ?? []), each.slice(at + 1)];
  }
  return answers;
}

/** Several options are separated by commas, unless the text is one of them. */
function chosenIn({ multiple = false, options }: Question, text: string): string[] {
  if (!multiple || options.some(({ label, description }) => label === text || description === text))
    return [text];
  return text.split(',').map((each) => each.trim());
}
