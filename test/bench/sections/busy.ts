import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { resolveModel } from '../../../src/models/catalogue.ts';
import { createEngine } from '../../../src/transcription/create-engine.ts';
import { TRADE_PHRASES } from '../../../src/vocabulary/phrases.ts';
import { type Clip, speechSet } from '../../support/speech.ts';
import { normaliseWords, totalErrors, wordErrors } from '../../support/wer.ts';
import { BusyProcesses } from '../busy-processes.ts';
import type { BenchContext } from '../context.ts';
import { Ear, endOfSpeech, startOfSpeech } from '../ear.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { Keyboard, Mouth, raiseInstruments } from '../instruments.ts';
import { CodexVoice } from '../ways/codex-voice.ts';

/** Longer sentences say nothing more about a beginning or an end, s. */
const LONGEST_SECONDS = 4;
/** From the key to the sound on its way to the sound server, ms: each sentence has another one of these. */
const SPEAKS_AFTER_MS = [30, 70, 50, 90] as const;
/** Speech that begins later says nothing about first words, ms. */
const AT_ONCE_MS = 100;
/** What was just started or ended comes to rest, ms. */
const REST_MS = 1_500;

/** A sentence that begins with the key. */
interface Begun {
  /** The key -> the first samples are in the daemon, ms. */
  microphone: number;
  /** The key -> the first sound of speech is at the microphone, ms. */
  spoke: number;
  /** The last sample of speech -> the request is at the model, ms. */
  request: number;
  /** The first word is the one that was said, or what the engine takes it for in the whole clip. */
  firstWord: boolean;
  clip: Clip;
  text: string;
}

/** The whole loop beside other programs that compute, with sentences that begin with the key. */
export async function busy({ desktop, clips, loads, progress }: BenchContext): Promise<SectionReport> {
  const sentences = sentencesOf(clips);
  const firstWords = await firstWordsOf(sentences);
  await using voice = await CodexVoice.asShipped(desktop);
  await using keyboard = new Keyboard(desktop);
  const raised = await raiseInstruments();
  const results = new Map<number, Begun[]>();
  const lost: string[] = [];
  // Once before anything counts: the first sentence after a start finds everything cold.
  await once(sentences[0] as Clip, 0);
  for (const load of loads) {
    await using _ = await BusyProcesses.start(load);
    await delay(REST_MS);
    const begun: Begun[] = [];
    for (const [index, clip] of sentences.entries()) {
      try {
        begun.push(await once(clip, index));
      } catch (error) {
        lost.push(`${clip.id} beside ${load}: ${error instanceof Error ? error.message : error}`);
        progress(`${lost.at(-1)}`);
        continue;
      }
      const { microphone, spoke, request, firstWord, text } = begun.at(-1) as Begun;
      const times = `key -> samples ${microphone} ms, speech after ${spoke.toFixed(0)} ms, request ${request.toFixed(0)} ms`;
      progress(`${load} busy, ${clip.id}: ${times}${firstWord ? '' : `, first word not in "${text}"`}`);
    }
    results.set(load, begun);
  }
  async function once(clip: Clip, index: number): Promise<Begun> {
    await using ear = await Ear.open(desktop.env);
    await using mouth = new Mouth(desktop);
    await raiseInstruments();
    await delay(REST_MS);
    const pressed = performance.now();
    keyboard.press('ctrl+alt+space');
    await delay(SPEAKS_AFTER_MS[index % SPEAKS_AFTER_MS.length]);
    mouth.speak(clip);
    const { request, text, timings } = await voice.answered(pressed);
    const { file } = ear.endOf(clip);
    return {
      clip,
      text,
      microphone: timings?.microphone ?? Number.NaN,
      spoke: file - clip.duration * 1_000 - pressed,
      request: request - file,
      firstWord: firstWords.get(clip.id)?.has(normaliseWords(text)[0] ?? '') ?? false,
    };
  }
  const quiet = results.get(0) ?? [];
  return {
    figures: loads.flatMap((load) => figuresOf(load, results.get(load) ?? [], quiet)),
    notes: [
      'busy: shell loops, each a session of its own; baseline: none of them, in the same run',
      'a first word is whole when it is the one that was said, or what the engine hears in the whole clip; the speech begins 0 to 100 ms after the key',
      'key -> first samples: timing microphone of the journal; the clips end with their last sample of speech',
      raised
        ? 'the sound server, the player and the model have the priority of a sound server (nice -11), as on a desktop; X server and Codex are ordinary'
        : 'this user may not raise the sound server and the model, as rtkit does on a desktop: the figures have their waiting in them',
      ...loads.map((load) => wordsOf(load, results.get(load) ?? [])),
      ...(lost.length > 0 ? [`without an answer: ${lost.join('; ')}`] : []),
    ],
  };
}

/** So many sentences, cut so that the speech begins and ends with the file. */
function sentencesOf(count: number): Clip[] {
  const short = speechSet()
    .filter(({ duration }) => duration <= LONGEST_SECONDS)
    .map((clip) => {
      const samples = clip.samples.slice(startOfSpeech(clip.samples), endOfSpeech(clip.samples));
      return { ...clip, samples, duration: samples.length / 16_000 };
    });
  return Array.from({ length: count }, (_, index) => short[index % short.length] as Clip);
}

/** The first words that count as whole: the one that was said, and the one that the engine hears in the whole clip. */
async function firstWordsOf(sentences: readonly Clip[]): Promise<Map<string, ReadonlySet<string>>> {
  const model = resolveModel('tiny.en', { home: '/', folder: '/' });
  const engine = createEngine(model, { language: 'en', logger: pino({ level: 'silent' }) });
  const words = new Map<string, ReadonlySet<string>>();
  for (const { id, text, samples } of sentences) {
    if (words.has(id)) continue;
    const heard = await engine.transcribe(samples, { phrases: TRADE_PHRASES });
    words.set(id, new Set([text, heard.text].flatMap((each) => normaliseWords(each)[0] ?? [])));
  }
  await engine.close();
  return words;
}

function figuresOf(load: number, begun: Begun[], quiet: Begun[]): Figure[] {
  const of = (what: string, value: (each: Begun) => number): Figure =>
    figure(
      `${what}, ${load} busy`,
      'ms',
      begun.map(value),
      quiet.length === 0 || load === 0 ? {} : { baseline: quiet.map(value) },
    );
  return [
    of('key -> first samples', ({ microphone }) => microphone),
    of('last sample -> request at the model', ({ request }) => request),
  ];
}

function wordsOf(load: number, begun: Begun[]): string {
  const counted = begun.filter(({ spoke }) => spoke <= AT_ONCE_MS);
  const whole = counted.filter(({ firstWord }) => firstWord).length;
  const errors = totalErrors(begun.map(({ clip, text }) => wordErrors(clip.text, text)));
  const wrong = errors.substitutions + errors.deletions + errors.insertions;
  return `${load} busy: the first word is whole in ${whole} of ${counted.length} sentences that begin within ${AT_ONCE_MS} ms of the key; wrong words ${wrong} of ${errors.words} in all ${begun.length}`;
}
