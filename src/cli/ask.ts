import { promptChanges } from '../agent/prompt.ts';
import { ask as asking } from '../control/ask.ts';
import type { ControlClient } from '../control/client.ts';
import type { Utterance } from '../control/shapes.ts';
import { VoiceError } from '../errors.ts';
import { terminalText } from '../text/clean.ts';
import { withDaemon } from './connect.ts';
import { EXIT, formatReport, type JsonOption, print, printJson } from './output.ts';
import { audioFile } from './piped-audio.ts';
import { textOf } from './stdin-text.ts';

interface AskOptions extends JsonOption {
  audio?: string;
  partial?: boolean;
  project?: string;
  wait: boolean;
}

/** Sends one prompt through the same path as a spoken one; the answer streams to stdout. */
export async function ask(words: string[], options: AskOptions): Promise<void> {
  const project = options.project === undefined ? {} : { project: options.project };
  if (words.length > 0 === (options.audio !== undefined)) {
    const hint = 'Run `codex-voice ask "what changed today?"`, use - for stdin, or use --audio FILE.';
    throw new VoiceError('usage', 'ask needs either a prompt or a recording.', hint);
  }
  if (options.audio === undefined) {
    const text = await textOf(words);
    for (const change of promptChanges(text)) process.stderr.write(`${change}\n`);
    return send({ text, ...project }, options);
  }
  const audio = await audioFile(options.audio);
  try {
    const question = { audio: audio.path, partial: options.partial ?? false, ...project };
    await send(question, options, audio.dispose);
  } finally {
    await audio.dispose();
  }
}

type Question = ({ text: string } | { audio: string; partial: boolean }) & { project?: string };

/** @param taken called when the daemon has read the recording */
async function send(
  question: Question,
  options: AskOptions,
  taken: () => Promise<void> = async () => undefined,
): Promise<void> {
  await withDaemon(async (daemon) => {
    if (options.wait) await follow(daemon, question, options.json ?? false, taken);
    else print((await daemon.request('ask', { ...question, wait: false })).id);
  });
}

async function follow(
  daemon: ControlClient,
  question: Question,
  json: boolean,
  taken: () => Promise<void>,
): Promise<void> {
  let streamed = '';
  for await (const { event, payload } of asking(daemon, question)) {
    await taken();
    if (json && event !== 'answer') continue;
    switch (event) {
      case 'transcript':
        if ('audio' in question) process.stderr.write(`heard: ${payload.text.trim()}\n`);
        break;
      case 'delta':
        streamed += payload.text;
        process.stdout.write(forTerminal(payload.text));
        break;
      case 'answer':
        if (json) printJson(payload.record);
        else finish(payload.record, streamed);
        if (payload.record.state !== 'answered') process.exitCode = EXIT.failed;
        break;
      default:
        break;
    }
  }
}

/** Prints the part that streaming has not shown, and how it ended. */
function finish({ answer, state, error }: Utterance, streamed: string): void {
  const whole = answer ?? '';
  if (streamed === '') process.stdout.write(forTerminal(whole));
  else if (whole !== streamed && whole.startsWith(streamed)) {
    process.stdout.write(forTerminal(whole.slice(streamed.length)));
  }
  if (whole !== '' && !whole.endsWith('\n')) process.stdout.write('\n');
  if (error) process.stderr.write(`${formatReport(error)}\n`);
  else if (state === 'empty') process.stderr.write('the recording has no speech\n');
  else if (state !== 'answered') process.stderr.write(`${state}\n`);
}

/** An answer is the model's text: its escape sequences are not for the user's terminal. */
function forTerminal(text: string): string {
  return process.stdout.isTTY ? terminalText(text) : text;
}
