import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { percentilesOf } from '../../src/metrics/percentiles.ts';
import { resolveModel } from '../../src/models/catalogue.ts';
import { checkedEar } from '../../src/models/verify.ts';
import { EarEngine, type HearOptions } from '../../src/transcription/ear/engine.ts';
import { EarNetwork } from '../../src/transcription/ear/network.ts';
import { Tokenizer } from '../../src/transcription/ear/tokenizer.ts';
import { createWhisper } from '../../src/transcription/whisper/whisper.ts';
import { loadEnglish } from '../../src/vocabulary/english.ts';
import { rankTerms } from '../../src/vocabulary/matching/rank.ts';
import { partsOf } from '../../src/vocabulary/parts.ts';
import { phrasesOf } from '../../src/vocabulary/phrases.ts';
import { ggmlModel } from '../support/ggml-model.ts';
import { hardSounds, repeatsItself } from '../support/hard-sounds.ts';
import { speechSet } from '../support/speech.ts';
import { normaliseWords, totalErrors, type WordErrors, wordErrors } from '../support/wer.ts';
import { sentencesOf, treeOf } from './vocabulary/sets.ts';
import { mannerOf, speak } from './vocabulary/voices.ts';

const USAGE = `Usage: npm run bench:ear -- [options]
Measures the embedded speech engine beside transcribe-cpp with the original tiny.en (ggml, q8_0), clip by clip in turn on
test/data/speech. Prints, asserts nothing.

  --rounds N    how often each clip is heard each way (1); times are of all rounds
  --spoken N    also N sentences full of names (test/data/vocabulary), spoken by synthetic voices; needs flite, festival
                with festvox-us-slt-hts, and espeak-ng (0)
  --guards      also some 400 sounds that mislead an engine: how often a text repeats itself or is rejected`;

/** The share of a clip of which the text is the draft. */
const DRAFT_SHARE = 0.85;

/** What one way of hearing has shown. */
interface Tally {
  errors: WordErrors[];
  ms: number[];
  /** Processor time of all threads, ms: other programs change it less than the time that passes. */
  cpuMs: number[];
  calls: number[];
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { rounds: text, spoken: text, guards: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const engine = await loadEngine();
  await compare(engine, Number(values.rounds ?? 1));
  if (values.spoken) await hearNames(engine, Number(values.spoken));
  if (values.guards) await mislead(engine);
}

async function loadEngine(): Promise<EarEngine> {
  const model = resolveModel('tiny.en', { home: homedir(), folder: '/' });
  if (model.kind !== 'ear') throw new Error('tiny.en is not the embedded model');
  const { encoder, decoder, tokens } = await checkedEar(model.folder);
  const network = await EarNetwork.load({ encoder: encoder.path, decoder: decoder.path });
  return new EarEngine(network, await Tokenizer.load(tokens.path));
}

/** The phrases of a project, as the daemon gives them to the engine. */
async function phrasesFor(tree: string): Promise<readonly string[]> {
  const { files, identifiers } = treeOf(tree);
  const english = await loadEnglish();
  return phrasesOf(rankTerms({ files, identifiers: new Map(Object.entries(identifiers)) }, english), english);
}

/** Speed and word errors on the speech set. */
async function compare(engine: EarEngine, rounds: number): Promise<void> {
  const list = await phrasesFor('hono');
  const phrases = engine.phrases(list);
  const whisper = createWhisper({
    modelPath: ggmlModel.path,
    sha256: ggmlModel.sha256,
    language: 'en',
    logger: pino({ level: 'silent' }),
  });
  await whisper.ready();
  const tallies = new Map<string, Tally>();
  const clips = speechSet();
  for (let round = 0; round < rounds; round += 1) {
    for (const { text, samples } of clips) {
      const start = samples.subarray(0, Math.floor(samples.length * DRAFT_SHARE));
      const draft = (await engine.hear(start, { phrases })).text;
      const ways: Record<string, HearOptions> = {
        greedy: { beams: 1 },
        '4 beams': {},
        [`4 beams, ${list.length} phrases`]: { phrases },
        'the same with a draft': { phrases, draft },
      };
      for (const [way, options] of Object.entries(ways)) {
        const [began, cpuMs] = [performance.now(), ownCpuMs()];
        const { text: heard, calls } = await engine.hear(samples, options);
        const times = { ms: performance.now() - began, cpuMs: ownCpuMs() - cpuMs };
        note(tallies, way, wordErrors(text, heard), times, calls);
      }
      const cpuMs = cpuMsOf(whisper.state.pid);
      const { text: heard, ms } = await whisper.transcribe(samples);
      const times = { ms, cpuMs: cpuMsOf(whisper.state.pid) - cpuMs };
      note(tallies, 'transcribe-cpp', wordErrors(text, heard), times);
    }
  }
  await whisper.close();
  const baseline = percentilesOf(tallies.get('transcribe-cpp')?.ms ?? []);
  process.stdout.write(`${clips.length} clips, ${rounds} times each\n`);
  for (const [way, { errors, ms, cpuMs, calls }] of tallies) {
    const [spread, steps] = [percentilesOf(ms), percentilesOf(calls)];
    const ratio = (baseline?.median ?? Number.NaN) / (spread?.median ?? Number.NaN);
    const { rate } = totalErrors(errors);
    process.stdout.write(
      `  ${way.padEnd(28)} ${number(spread?.median)} ms median, ${number(spread?.p95)} p95, ` +
        `${ratio.toFixed(1).padStart(4)} times as quick, ${number(percentilesOf(cpuMs)?.median)} ms of processor time, WER ${(100 * rate).toFixed(1)} %` +
        `${steps ? `, ${steps.median} calls of the decoder` : ''}\n`,
    );
  }
}

function note(
  tallies: Map<string, Tally>,
  way: string,
  errors: WordErrors,
  { ms, cpuMs }: { ms: number; cpuMs: number },
  calls?: number,
): void {
  const tally = tallies.get(way) ?? { errors: [], ms: [], cpuMs: [], calls: [] };
  tallies.set(way, tally);
  tally.errors.push(errors);
  tally.ms.push(ms);
  tally.cpuMs.push(cpuMs);
  if (calls !== undefined) tally.calls.push(calls);
}

/** Names of projects with and without their phrases. */
async function hearNames(engine: EarEngine, count: number): Promise<void> {
  const phrases = new Map<string, HearOptions>();
  for (const tree of ['hono', 'flask', 'ripgrep']) {
    phrases.set(tree, { phrases: engine.phrases(await phrasesFor(tree)) });
  }
  for (const how of ['without', 'with'] as const) {
    const errors: WordErrors[] = [];
    let [right, all, unclear] = [0, 0, 0];
    for (const [at, { spoken, tree, names }] of sentencesOf('tuning').slice(0, count).entries()) {
      const sound = await speak(spoken, mannerOf(at));
      const heard = await engine.hear(sound, how === 'with' ? phrases.get(tree) : {}).catch(() => null);
      if (heard === null) unclear += 1;
      const words = normaliseWords(heard?.text ?? '').join('');
      errors.push(wordErrors(spoken, heard?.text ?? ''));
      all += names.length;
      right += names.filter((name) =>
        words.includes(normaliseWords(partsOf(name).join(' ')).join('')),
      ).length;
    }
    process.stdout.write(
      `  ${how} phrases: WER ${(100 * totalErrors(errors).rate).toFixed(1)} %, ${right} of ${all} names, ` +
        `${unclear} rejected of ${errors.length} sentences\n`,
    );
  }
}

/** Sounds that mislead an engine. */
async function mislead(engine: EarEngine): Promise<void> {
  const sounds = hardSounds(speechSet());
  const found: string[] = [];
  const errors: WordErrors[] = [];
  let rejected = 0;
  for (const { name, samples, text } of sounds) {
    try {
      const heard = await engine.hear(samples);
      if (repeatsItself(heard.text)) found.push(`${name}: ${heard.text}`);
      if (text !== null) errors.push(wordErrors(text, heard.text));
    } catch {
      rejected += 1;
    }
  }
  const { rate } = totalErrors(errors);
  process.stdout.write(
    `  ${sounds.length} hard sounds: ${rejected} rejected, WER ${(100 * rate).toFixed(1)} % of what is known, ` +
      `${found.length} that repeat themselves\n`,
  );
  for (const each of found) process.stdout.write(`    ${each}\n`);
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Linux counts it in ticks of 10 ms. */
function cpuMsOf(pid: number | null): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function number(value: number | undefined): string {
  return (value ?? Number.NaN).toFixed(0).padStart(4);
}

await main();
process.exit();
