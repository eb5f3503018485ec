import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { STAGES } from '../../../src/metrics/percentiles.ts';
import { endingOf } from '../../../src/speech/patience.ts';
import { totalErrors, wordErrors } from '../../support/wer.ts';
import { compare, type Spoken, shortestClips } from '../compare.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport, type Unit } from '../figures.ts';
import { ownMemory, spentBy } from '../process-tree.ts';
import { CodexVoice } from '../ways/codex-voice.ts';
import { Resident } from '../ways/resident.ts';
import { RECORDING_SECONDS, Spawned } from '../ways/spawned.ts';
import type { Way } from '../ways/way.ts';

/** What just worked comes to rest, ms. */
const REST_MS = 5_000;
/** How much quicker than the old pipeline the program should be at the model. */
const AIM = 8;

/** What people do today, what can be made of it, and the program: one clip after the other, each all four ways. */
export async function comparison({
  desktop,
  clips,
  idleSeconds,
  progress,
}: BenchContext): Promise<SectionReport> {
  await using spawned = await Spawned.prepare(desktop);
  await using resident = await Resident.prepare(desktop);
  await using fixed = await CodexVoice.fixed(desktop);
  await using shipped = await CodexVoice.asShipped(desktop);
  const ways = { a: spawned, b: resident, c: fixed, d: shipped };
  const { a, b, c, d } = await compare(desktop, shortestClips(clips), ways, progress);
  await delay(REST_MS);
  const memory = async (way: Way) => (await way.residents()).reduce((sum, { rss }) => sum + rss, 0);
  const rss = { b: await memory(resident), c: await memory(fixed), d: await memory(shipped) };
  const own = { c: ownMemory(await fixed.residents()), d: ownMemory(await shipped.residents()) };
  progress(`watching for ${idleSeconds} s`);
  const idle = await idleShares({ b: resident, c: fixed, d: shipped }, idleSeconds);

  const against = (what: string, unit: Unit, of: (spoken: Spoken) => number): Figure[] => {
    const ours = d.map(of);
    return [
      figure(`${what}: d, against a`, unit, ours, { baseline: a.map(of) }),
      figure('  against b', unit, ours, { baseline: b.map(of) }),
      figure('  against c', unit, ours, { baseline: c.map(of) }),
    ];
  };
  const complete = d.map(({ text }) => endingOf(text) === 'complete');
  const finished = (rows: Spoken[]) =>
    rows.filter((_, index) => complete[index]).map(({ fromLastSample }) => fromLastSample);
  const requests = against('last speech frame -> request', 'ms', ({ toRequest }) => toRequest);
  return {
    figures: [
      ...requests,
      figure('last sample -> request, finished sentences, against c', 'ms', finished(d), {
        baseline: finished(c),
        aim: 350,
      }),
      ...against('last speech frame -> first delta', 'ms', ({ toDelta }) => toDelta),
      ...against('CPU of an utterance', 'ms', ({ cpu }) => cpu),
      figure('  while speaking, of all cores, against c', '%', d.map(whileSpeaking), {
        baseline: c.map(whileSpeaking),
        aim: 60,
      }),
      figure('RSS between utterances: d, against b', 'MB', [rss.d], { baseline: [rss.b] }),
      figure('  against c', 'MB', [rss.d], { baseline: [rss.c] }),
      figure('PSS without Codex: d, against c', 'MB', [own.d], { baseline: [own.c] }),
      figure('CPU when idle, share of a core: d, against b', '%', [idle.d], { baseline: [idle.b] }),
      figure('  against c', '%', [idle.d], { baseline: [idle.c] }),
      ...stageFigures(d),
    ],
    notes: [
      `a: arecord for ${RECORDING_SECONDS} s, whisper-cli by nodejs-whisper, codex exec; nothing stays between utterances: no memory, nothing idle`,
      'b: parec until Silero has heard 1 s of silence, a resident whisper-server, codex exec resume --last',
      'c: codex-voice with adaptive_endpoint and parallel_transcription off, endpoint_ms 800, the engine of the first version (whisper_model: the ggml file); d: as shipped',
      `request: a / d = ${ratio(requests[0])} (aim >= ${AIM}: ${(requests[0]?.ratio?.median ?? 0) >= AIM ? 'met' : 'MISSED'}), b / d = ${ratio(requests[1])}, c / d = ${ratio(requests[2])}, of the medians`,
      `${d.length} clips of ${seconds(d.at(0))} to ${seconds(d.at(-1))} s, each spoken to a, b, c and d in turn, a, b and c with tiny.en q8_0, d with the embedded model; words wrong: a ${wrongWords(a)}, b ${wrongWords(b)}, c ${wrongWords(c)}, d ${wrongWords(d)}`,
      'first delta: a and b print the answer when it is whole, which is at once here; c and d at a client of the daemon',
      `CPU: all processes of each; not counted of a and b: the program that starts them, and Silero. Idle: over ${idleSeconds} s. RSS counts shared pages in full`,
      'timings: of d, as the journal has them, "last frame of speech" being the detector\'s',
    ],
  };
}

/** Processor time while nobody speaks, share of a core, %; all at the same time. */
async function idleShares<Name extends string>(
  ways: Record<Name, Way>,
  seconds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const spent = () => Promise.all(names.map(async (name) => spentBy(await ways[name].residents())));
  const [before, from] = [await spent(), performance.now()];
  await delay(seconds * 1_000);
  const [after, to] = [await spent(), performance.now()];
  const share = (index: number) => (100 * ((after[index] ?? 0) - (before[index] ?? 0))) / (to - from);
  return Object.fromEntries(names.map((name, index) => [name, share(index)])) as Record<Name, number>;
}

function whileSpeaking({ whileSpeaking = 0, clip }: Spoken): number {
  return (100 * whileSpeaking) / (clip.duration * 1_000 * availableParallelism());
}

function stageFigures(rows: Spoken[]): Figure[] {
  return STAGES.flatMap((stage) => {
    const values = rows.map(({ timings }) => timings?.[stage]).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [figure(`timing ${stage}`, 'ms', values)];
  });
}

function wrongWords(rows: Spoken[]): string {
  const total = totalErrors(rows.map(({ clip, text }) => wordErrors(clip.text, text)));
  return `${total.substitutions + total.deletions + total.insertions} of ${total.words}`;
}

function ratio(row: Figure | undefined): string {
  return row?.ratio?.median.toFixed(1) ?? '?';
}

function seconds(row: Spoken | undefined): string {
  return row?.clip.duration.toFixed(1) ?? '?';
}
