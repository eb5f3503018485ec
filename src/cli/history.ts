import { existsSync } from 'node:fs';
import { pino } from 'pino';
import { connectControl } from '../control/client.ts';
import type { Utterance } from '../control/shapes.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { Journal } from '../journal/journal.ts';
import { terminalText } from '../text/clean.ts';
import { formatMs, type JsonOption, print, printJson } from './output.ts';

interface HistoryOptions extends JsonOption {
  limit: string;
  verbose?: boolean;
}

/** Utterances, newest first; works without a daemon too. */
export async function history(query: string | undefined, options: HistoryOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new VoiceError(
      'usage',
      `-n ${options.limit} is not a valid number of utterances.`,
      'Use a number from 1 to 1000.',
    );
  }
  const utterances = await find(query ?? '', limit);
  if (options.json) printJson(utterances);
  else if (utterances.length === 0) print(query ? 'no utterance has these words' : 'no utterances yet');
  else print(utterances.map((each) => describe(each, options.verbose ?? false)).join('\n\n'));
}

async function find(query: string, limit: number): Promise<readonly Utterance[]> {
  const paths = pathsOf();
  try {
    const daemon = await connectControl({ path: paths.controlSocket, client: 'codex-voice' });
    try {
      return (await daemon.request('history', { query, limit })).utterances;
    } finally {
      daemon.close();
    }
  } catch (error) {
    if (!(error instanceof VoiceError && error.code === 'daemon-missing')) throw error;
    if (!existsSync(paths.journal)) return [];
    const journal = Journal.open(paths.journal, { logger: pino({ level: 'silent' }) });
    try {
      return journal.list({ query, limit });
    } finally {
      journal.close();
    }
  }
}

function describe(utterance: Utterance, verbose: boolean): string {
  const { at, source, project, rule, state, prompt, transcript, answer, error, timings } = utterance;
  const when = new Date(at).toLocaleString();
  const wait = timings.loop === undefined ? '' : `, first word after ${formatMs(timings.loop)}`;
  const said = terminalText(prompt ?? transcript ?? '');
  const lines = [
    `${when}  ${project}${rule === null || rule === 'default' ? '' : ` (${rule})`}  ${state} (${source}${wait})`,
  ];
  if (said !== '') lines.push(`> ${said}`);
  if (verbose) lines.push(...howWritten(utterance));
  if (answer) lines.push(terminalText(answer));
  if (error) lines.push(`! ${error.message} ${error.hint} [${error.code}]`);
  return lines.join('\n');
}

/** A change may contain line breaks. */
function inOneLine(text: string): string {
  return terminalText(text).replaceAll('\n', '⏎');
}

/** The transcript, if it differs from the prompt, and each change with its reason. */
function howWritten({ transcript, prompt, changes }: Utterance): string[] {
  const heard = terminalText(transcript?.trim() ?? '');
  const lines = heard === '' || heard === prompt ? [] : [`  heard: ${heard}`];
  return [
    ...lines,
    ...(changes ?? []).map(({ from, to, why }) => `  ${inOneLine(from)} -> ${inOneLine(to)} (${why})`),
  ];
}
