import { pino } from 'pino';
import { runDemo } from '../daemon/demo.ts';
import { STAGES } from '../metrics/percentiles.ts';
import type { Timings, Utterance } from '../utterance.ts';
import { EXIT, formatMs, formatReport, type JsonOption, print, printJson, table } from './output.ts';

interface DemoVerbOptions extends JsonOption {
  loopback?: boolean;
}

/** Width of the level meter, columns. */
const METER = 30;
/** A quiet room, dBFS: the left end of the meter. */
const QUIET = -60;

/** The bundled recording through the whole loop, with what is heard, the answer and the timings. */
export async function demo(options: DemoVerbOptions): Promise<void> {
  const json = options.json ?? false;
  const say = (line: string): void => {
    if (!json) print(line);
  };
  say('Starting the speech detector, Whisper and a hidden Codex ...');
  const utterance = await runDemo({
    env: process.env,
    loopback: options.loopback ?? false,
    logger: pino({ level: 'silent' }),
    onReady: ({ ms, loopback }) => {
      say(`Ready after ${formatMs(ms)}.`);
      if (loopback) say('Nothing leaves this machine: the real Codex CLI talks to a small built-in model.');
      say('A bundled recording (LJ Speech, public domain) now plays into the microphone:');
    },
    onFact: (fact) => {
      if (json) return;
      if (fact.type === 'level') showLevel(fact.dbfs, fact.speaking);
      else if (fact.type === 'heard') {
        clearLevel();
        print(`\nYou:    ${fact.utterance.transcript?.trim() ?? ''}`);
        process.stdout.write('Codex: ');
      } else if (fact.type === 'delta') process.stdout.write(fact.text);
    },
  });
  if (json) printJson(utterance);
  else conclude(utterance);
  if (utterance.state !== 'answered') process.exitCode = EXIT.failed;
}

function conclude({ state, error, timings }: Utterance): void {
  clearLevel();
  print('');
  if (state !== 'answered') {
    print(error ? formatReport(error) : `The recording was not answered: ${state}.`);
    return;
  }
  print(`\nWhere the time went:\n${table(rows(timings))}`);
}

/** The meaning of each timing, for first-time readers. */
const MEANING: Record<keyof Timings, string> = {
  microphone: 'key press -> first sound',
  speech: 'you speak',
  endpoint: 'silence that ends it ([speech] endpoint_ms)',
  transcription: "Whisper's own time",
  transcript_wait: 'end -> text',
  review: 'text -> end of the review',
  delivery: 'text -> Codex has it',
  first_token: 'Codex has it -> first word of the answer',
  answer: 'Codex has it -> complete answer',
  notify: 'complete answer -> notification is shown',
  loop: 'your last sound -> first word of the answer',
};

function rows(timings: Timings): string[][] {
  return STAGES.flatMap((stage) => {
    const ms = timings[stage];
    return ms === undefined ? [] : [[`  ${stage}`, formatMs(ms).padStart(8), MEANING[stage]]];
  });
}

function showLevel(dbfs: number, speaking: boolean): void {
  if (!process.stdout.isTTY) return;
  const filled = Math.round(METER * Math.min(1, Math.max(0, (dbfs - QUIET) / -QUIET)));
  process.stdout.write(`\r  ${'#'.repeat(filled).padEnd(METER, '.')} ${speaking ? 'speech ' : 'silence'}`);
}

function clearLevel(): void {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
}
