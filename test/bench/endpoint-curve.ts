import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { table } from '../../src/cli/output.ts';
import { percentilesOf } from '../../src/metrics/percentiles.ts';
import { resolveModel } from '../../src/models/catalogue.ts';
import { ASK_MS } from '../../src/speech/adaptive-endpoint.ts';
import {
  endingOf,
  type PauseText,
  patienceOf,
  THRESHOLDS,
  type Thresholds,
  tierOf,
  UNFINISHED_MS,
} from '../../src/speech/patience.ts';
import { SileroDetector } from '../../src/speech/silero.ts';
import { SmartTurn } from '../../src/speech/smart-turn.ts';
import { createEngine } from '../../src/transcription/create-engine.ts';
import { SPECULATE_MS } from '../../src/transcription/live-transcript.ts';
import { TRADE_PHRASES } from '../../src/vocabulary/phrases.ts';
import { concatenate, silence } from '../support/noise.ts';
import { speechSet } from '../support/speech.ts';
import { deepestDips, type Silence, silencesIn } from '../support/stops.ts';

const USAGE = `Usage: npm run bench:endpoint -- [options]
Prints how each rule for the end of an utterance does on the clips of test/data/speech: real ends, the pauses inside
the clips, and stops in the middle of a sentence, made at the deepest dips between 35 and 70 % of each clip.

  --stops N   stops a clip (1)
  --stop MS   how long a stop is (1500)
  --text MS   how long a text takes (default: as measured, which on a busy machine is long)
  --turn MS   how long an answer of smart-turn takes (50)
  --json      the pauses with what is known about them, as JSON on stdout
  --from FILE pauses that were printed with --json, instead of listening to the clips again`;

/** A detector's frame, ms: the end is declared at one of them. */
const FRAME_MS = 32;

/** A pause with all that the program would know about it. */
interface Pause {
  clip: string;
  kind: 'end' | 'inside' | 'stop';
  /** Silence, ms. */
  ms: number;
  turn: number;
  text: PauseText;
  /** Time of the engine for the text, ms. */
  engineMs: number;
  /** Time of smart-turn for its answer, ms. */
  turnMs: number;
}

/** Silence that ends an utterance in this pause, ms. */
type Rule = (pause: Pause) => number;

const fixed =
  (ms: number): Rule =>
  () =>
    ms;

const textAt = (pause: Pause): number => SPECULATE_MS + pause.engineMs;

/** When both witnesses have answered, ms of silence. The two take turns where they are asked at the same time. */
const knownAt = (pause: Pause): number =>
  Math.ceil(Math.max(textAt(pause), ASK_MS + pause.turnMs) / FRAME_MS) * FRAME_MS;

/** What is known only after the time for "finished" has passed ends it then. */
const tiers =
  (thresholds: Thresholds, endpointMs = 800): Rule =>
  (pause) => {
    const patience = patienceOf(tierOf(pause, thresholds), endpointMs);
    return patience < endpointMs ? Math.min(endpointMs, Math.max(patience, knownAt(pause))) : patience;
  };

/** A rule with other thresholds, named after them. */
function variant(change: Partial<Thresholds>): [string, Rule] {
  const thresholds = { ...THRESHOLDS, ...change };
  const { finished, likelyMark, sureMark } = thresholds;
  const chosen = Object.entries(THRESHOLDS).every(([name, value]) => Reflect.get(thresholds, name) === value);
  const name = `tiers: finished ${finished}, likely mark ${likelyMark}, sure mark ${sureMark}`;
  return [`${name}${chosen ? ' (chosen)' : ''}`, tiers(thresholds)];
}

const RULES: [name: string, rule: Rule][] = [
  ...[400, 500, 600, 800, 1_200, 2_000].map((ms): [string, Rule] => [`fixed ${ms} ms`, fixed(ms)]),
  ...[0.5, 0.8, 0.9].map((least): [string, Rule] => [
    `smart-turn alone: 400 ms from ${least} on, else 800`,
    ({ turn }) => (turn >= least ? 400 : 800),
  ]),
  [
    'text alone: 250 ms after . ? !, else 800',
    (pause) => (isSentence(pause) ? Math.min(800, Math.max(250, textAt(pause))) : 800),
  ],
  ...[0.3, 0.5, 0.7, 0.9].flatMap((finished) =>
    [0, 0.45, 0.55, 0.65, 2].map((sureMark) => variant({ finished, sureMark })),
  ),
  ...[0.65, 0.8, 0.9, 2].map((likelyMark) => variant({ likelyMark })),
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stops: { type: 'string', default: '1' },
      stop: { type: 'string', default: '1500' },
      text: { type: 'string' },
      turn: { type: 'string', default: '50' },
      from: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const gathered: Pause[] = values.from
    ? JSON.parse(await readFile(values.from, 'utf8'))
    : await gather(Number(values.stops), Number(values.stop));
  const pauses = gathered.map((pause) => ({
    ...pause,
    engineMs: values.text === undefined ? pause.engineMs : Number(values.text),
    turnMs: Number(values.turn),
  }));
  if (values.json) return void process.stdout.write(`${JSON.stringify(pauses, null, 1)}\n`);
  const clips = speechSet().length;
  const rows = RULES.map(([name, rule]) => row(name, rule, pauses, clips));
  const stops = pauses.filter(({ kind }) => kind === 'stop').length;
  const sentences = pauses.filter((pause) => pause.kind === 'end' && isSentence(pause)).length;
  process.stdout.write(
    `${clips} clips, ${sentences} of them sentences to Whisper, ${stops} stops of ${values.stop} ms; endpoint_ms 800\n` +
      `${table([HEADER, ...rows])}\n`,
  );
}

const HEADER = [
  'rule',
  'stops survived',
  'stops cut early',
  'clips cut',
  'ends early',
  'delay median',
  'p95',
];

/** "Early": before the 800 ms of the fixed rule. */
function row(name: string, rule: Rule, pauses: Pause[], clips: number): string[] {
  const of = (kind: Pause['kind']): Pause[] => pauses.filter((pause) => pause.kind === kind);
  const stops = of('stop');
  const survived = stops.filter((pause) => rule(pause) > pause.ms).length;
  const cut = new Set(of('inside').flatMap((pause) => (rule(pause) <= pause.ms ? pause.clip : [])));
  const ends = of('end').filter(isSentence);
  const early = (all: Pause[]): string => share(all.filter((pause) => rule(pause) < 800).length, all.length);
  const delays = percentilesOf(ends.map(rule));
  const share = (count: number, all: number): string =>
    `${count} of ${all} (${Math.round((100 * count) / all)} %)`;
  const ms = (value = Number.NaN): string => `${Math.round(value)} ms`;
  return [
    name,
    share(survived, stops.length),
    early(stops),
    share(cut.size, clips),
    early(ends),
    ms(delays?.median),
    ms(delays?.p95),
  ];
}

/** Some clips are pieces of a sentence that end in a comma. */
function isSentence({ text }: Pause): boolean {
  return endingOf(text.text) === 'complete';
}

async function gather(stops: number, stopMs: number): Promise<Pause[]> {
  const model = resolveModel('tiny.en', { home: '/', folder: '/' });
  const logger = pino({ level: 'silent' });
  const engine = createEngine(model, { language: 'en', logger });
  const [detector, turn] = await Promise.all([SileroDetector.load(), SmartTurn.load(), engine.ready()]);
  const pauses: Pause[] = [];
  const add = async (
    clip: string,
    kind: Pause['kind'],
    sound: Float32Array,
    pause: Silence,
  ): Promise<void> => {
    const { start, from, to } = pause;
    const ms = (Math.min(to, sound.length) - from) / 16;
    if (kind === 'inside' && ms < ASK_MS) return;
    const {
      text,
      endMark,
      ms: engineMs,
    } = await engine.transcribe(sound.slice(start, from + SPECULATE_MS * 16), { phrases: TRADE_PHRASES });
    const finished = await turn.finished(sound.slice(start, from + ASK_MS * 16));
    pauses.push({
      clip,
      kind,
      ms: kind === 'stop' ? stopMs : ms,
      turn: finished,
      text: { text, endMark },
      engineMs,
      turnMs: 50,
    });
  };
  for (const { id, samples } of speechSet()) {
    const whole = concatenate(silence(0.5), samples, silence(UNFINISHED_MS / 1_000));
    for (const each of await silencesIn(whole, detector)) {
      await add(id, Number.isFinite(each.to) ? 'inside' : 'end', whole, each);
    }
    for (const at of deepestDips(samples, stops)) {
      const stopped = concatenate(silence(0.5), samples.subarray(0, at), silence(stopMs / 1_000));
      const last = (await silencesIn(stopped, detector)).at(-1);
      if (last) await add(id, 'stop', stopped, last);
    }
    process.stderr.write(`  ${id}\n`);
  }
  await Promise.all([engine.close(), detector.close(), turn.close()]);
  return pauses;
}

await main();
