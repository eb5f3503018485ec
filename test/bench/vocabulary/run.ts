import { parseArgs } from 'node:util';
import { percentilesOf } from '../../../src/metrics/percentiles.ts';
import { type English, loadEnglish } from '../../../src/vocabulary/english.ts';
import { TermIndex } from '../../../src/vocabulary/matching/index-terms.ts';
import { matchTerms } from '../../../src/vocabulary/matching/match.ts';
import { rankTerms } from '../../../src/vocabulary/matching/rank.ts';
import { rewrite } from '../../../src/vocabulary/matching/rewrite.ts';
import { phrasesOf } from '../../../src/vocabulary/phrases.ts';
import { speechSet } from '../../support/speech.ts';
import { totalErrors, type WordErrors, wordErrors } from '../../support/wer.ts';
import { Ear } from './ear.ts';
import { promptWith, soundingAlike } from './prompt.ts';
import { plainSentences, sentencesOf, treeOf } from './sets.ts';
import { type Manner, mannerOf, speak } from './voices.ts';

const USAGE = `Usage: npm run bench:vocabulary -- [options]
Speaks sentences about the names of real projects (test/data/vocabulary) in five synthetic voices, at two rates, without
and with noise, and has them heard with and without the words of the project. Needs flite, festival with
festvox-us-slt-hts, and espeak-ng. What was heard is kept: a second run is quick.

  --held-out        the third of the sentences that was not used for tuning
  --sentences N     only the first N
  --plain N         plain sentences that are spoken, beside the speech set (20)
  --curve           how alike sounds must be, and what that gives and costs
  --model FILE      a ggml model instead of the embedded one
  --no-help         without the passes in which the engine is told names`;

/**
 * What is compared: the engine is told names or not (the embedded one as phrases, others in Whisper's prompt), with
 * matching after decoding or without.
 */
const WAYS = ['nothing', 'told', 'matching', 'both'] as const;
type Way = (typeof WAYS)[number];

interface Tally {
  found: number;
  names: number;
  /** Of sentences without noise and in the voices that Whisper understands best. */
  clearFound: number;
  clearNames: number;
  errors: WordErrors[];
  plainErrors: WordErrors[];
  plainChanged: number;
  ms: number[];
}

/** Thresholds for the curve; see src/vocabulary/matching/find-terms.ts. */
const CURVE = [
  [0.9, 0.92, 0.85],
  [0.85, 0.88, 0.75],
  [0.8, 0.82, 0.7],
  [0.77, 0.8, 0.66],
  [0.75, 0.78, 0.65],
  [0.7, 0.74, 0.6],
] as const;

const TREES = ['hono', 'flask', 'ripgrep'];
const CLEAR_VOICES = ['slt', 'hts', 'rms'];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'held-out': { type: 'boolean', default: false },
      sentences: { type: 'string', default: '1000' },
      plain: { type: 'string', default: '20' },
      curve: { type: 'boolean', default: false },
      model: { type: 'string' },
      'no-help': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const ways = WAYS.filter((way) => !values['no-help'] || way === 'nothing' || way === 'matching');
  const english = await loadEnglish();
  const trees = new Map(TREES.map((name) => [name, vocabularyOf(name, english)]));
  const indexes = new Map([...trees].map(([name, tree]) => [name, tree.index]));
  const tallies = new Map(ways.map((way) => [way, emptyTally()]));
  await using ear = new Ear(values.model ?? null);

  const heardAll: HeardSentence[] = [];
  const sentences = sentencesOf(values['held-out'] ? 'held-out' : 'tuning').slice(
    0,
    Number(values.sentences),
  );
  for (const [at, { spoken, written, tree, names }] of sentences.entries()) {
    const manner = mannerOf(at);
    const heard = await hearings(await speak(spoken, manner), trees.get(tree), ways);
    for (const way of ways) count(tallies.get(way), heard[way], { written, names, manner });
    heardAll.push({ text: heard.nothing.text, names, index: indexes.get(tree), manner });
    process.stderr.write(`\r  ${at + 1} of ${sentences.length}`);
  }
  const plain = [
    ...speechSet().map(({ samples, text }) => ({ samples: async () => samples, text })),
    ...plainSentences()
      .slice(0, Number(values.plain))
      .map((text, at) => ({ samples: () => speak(text, mannerOf(at)), text })),
  ];
  for (const [at, { samples, text }] of plain.entries()) {
    const heard = await hearings(await samples(), trees.get(TREES[at % TREES.length] ?? ''), ways);
    for (const way of ways) countPlain(tallies.get(way), heard[way], text);
    process.stderr.write(`\r  plain ${at + 1} of ${plain.length}`);
  }
  report(tallies, values['held-out'] ? 'held-out' : 'tuning', sentences.length, plain.length);
  reportText(indexes, english);
  if (values.curve) reportCurve(heardAll, indexes, english);

  /** What is heard each way: a prompt comes from what a first pass without one has heard. */
  async function hearings(sound: Float32Array, tree: TreeVocabulary | undefined, wanted: readonly Way[]) {
    if (!tree) throw new Error('there is no such tree');
    const { index, phrases } = tree;
    const first = await ear.hear(sound);
    const prompt = promptWith(soundingAlike(first.text, index).map((term) => term.written));
    const help = ear.takesPhrases ? { phrases } : prompt === undefined ? null : { prompt };
    const second = wanted.includes('told') && help !== null ? await ear.hear(sound, help) : first;
    const matched = (text: string) => rewrite(text.trim(), { replacements: [], index, english });
    const unchanged = (text: string) => ({ text: text.trim(), changes: [] });
    return {
      nothing: { ...unchanged(first.text), ms: first.ms },
      told: { ...unchanged(second.text), ms: second.ms },
      matching: { ...matched(first.text), ms: first.ms },
      both: { ...matched(second.text), ms: second.ms },
    };
  }
}

type Hearing = { text: string; changes: readonly { from: string }[]; ms: number };

interface TreeVocabulary {
  index: TermIndex;
  phrases: readonly string[];
}

function vocabularyOf(name: string, english: English): TreeVocabulary {
  const { files, identifiers } = treeOf(name);
  const vocabulary = rankTerms({ files, identifiers: new Map(Object.entries(identifiers)) }, english);
  return { index: new TermIndex(vocabulary), phrases: phrasesOf(vocabulary, english) };
}

function emptyTally(): Tally {
  const counts = { found: 0, names: 0, clearFound: 0, clearNames: 0, plainChanged: 0 };
  return { ...counts, errors: [], plainErrors: [], ms: [] };
}

function count(
  tally: Tally | undefined,
  { text, ms }: Hearing,
  { written, names, manner }: { written: string; names: readonly string[]; manner: Manner },
): void {
  if (!tally) return;
  const found = names.filter((name) => contains(text, name)).length;
  tally.found += found;
  tally.names += names.length;
  if (CLEAR_VOICES.includes(manner.voice) && manner.snr === null) {
    tally.clearFound += found;
    tally.clearNames += names.length;
  }
  tally.errors.push(wordErrors(written, text));
  tally.ms.push(ms);
}

function countPlain(tally: Tally | undefined, { text, changes }: Hearing, spoken: string): void {
  if (!tally) return;
  tally.plainErrors.push(wordErrors(spoken, text));
  tally.plainChanged += changes.reduce((sum, { from }) => sum + from.split(' ').length, 0);
}

/** Is the name there in its own case, and not as a part of a longer one? */
function contains(text: string, name: string): boolean {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w.-])${literal}(?![\w-])`).test(text);
}

function report(tallies: ReadonlyMap<Way, Tally>, part: string, sentences: number, plain: number): void {
  const rows = [...tallies].map(([way, tally]) => [
    way,
    `${tally.found} of ${tally.names} = ${percent(tally.found, tally.names)}`,
    percent(tally.clearFound, tally.clearNames),
    `${(100 * totalErrors(tally.errors).rate).toFixed(1)} %`,
    `${(100 * totalErrors(tally.plainErrors).rate).toFixed(1)} %`,
    percent(tally.plainChanged, totalErrors(tally.plainErrors).words),
    String(Math.round(percentilesOf(tally.ms)?.median ?? 0)),
  ]);
  const head = [
    'with',
    'names written exactly',
    'clear voices',
    'WER',
    'WER plain',
    'plain changed',
    'median ms',
  ];
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  process.stdout.write(`\n${part}: ${sentences} sentences, ${plain} in plain English\n${lines.join('\n')}\n`);
}

interface HeardSentence {
  text: string;
  names: readonly string[];
  index: TermIndex | undefined;
  manner: Manner;
}

/** What other thresholds than those of the program would give, on what was heard without a prompt. */
function reportCurve(
  heard: readonly HeardSentence[],
  indexes: ReadonlyMap<string, TermIndex>,
  english: English,
): void {
  const head = ['strange, unusual, cued', 'names written exactly', 'clear voices', 'plain text changed'];
  const rows = CURVE.map(([strange, unusual, cued]) => {
    const thresholds = { strange, unusual, cued };
    const tally = emptyTally();
    for (const { text, names, index, manner } of heard) {
      if (!index) continue;
      const matched = matchTerms(text, index, english, thresholds);
      count(tally, { ...matched, ms: 0 }, { written: text, names, manner });
    }
    let words = 0;
    let changed = 0;
    for (const index of indexes.values()) {
      for (const sentence of plainSentences()) {
        words += sentence.split(' ').length;
        const { changes } = matchTerms(sentence, index, english, thresholds);
        changed += changes.reduce((sum, { from }) => sum + from.split(' ').length, 0);
      }
    }
    return [
      `${strange}, ${unusual}, ${cued}`,
      percent(tally.found, tally.names),
      percent(tally.clearFound, tally.clearNames),
      percent(changed, words),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Plain text as it is written, against each project: the rate of false names, and what it takes. */
function reportText(indexes: ReadonlyMap<string, TermIndex>, english: English): void {
  let words = 0;
  let changed = 0;
  const started = performance.now();
  for (const index of indexes.values()) {
    for (const sentence of plainSentences()) {
      words += sentence.split(' ').length;
      const { changes } = rewrite(sentence, { replacements: [], index, english });
      changed += changes.reduce((sum, { from }) => sum + from.split(' ').length, 0);
    }
  }
  const ms = performance.now() - started;
  process.stdout.write(
    `plain text, three projects: ${changed} of ${words} words changed = ${percent(changed, words)}; ` +
      `${((1_000 * ms) / words).toFixed(0)} µs a word\n`,
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(part * 50 < whole ? 2 : 1)} %`;
}

await main();
