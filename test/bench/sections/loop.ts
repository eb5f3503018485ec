import { availableParallelism } from 'node:os';
import { STAGES } from '../../../src/metrics/percentiles.ts';
import { endingOf } from '../../../src/speech/patience.ts';
import type { Timings } from '../../../src/utterance.ts';
import { startDaemon, type TestDaemon } from '../../support/desktop.ts';
import { type Clip, speechSet } from '../../support/speech.ts';
import { wordErrors } from '../../support/wer.ts';
import { briefly } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { Ear } from '../ear.ts';
import { figure, type SectionReport } from '../figures.ts';
import { Observer } from '../observer.ts';
import { processTree } from '../process-tree.ts';
import { RECORDING_SECONDS, SpawnedPipeline } from '../spawned-pipeline.ts';

/** What a clip took, ms. */
interface Spoken {
  /** Last sample of the clip -> request at the model. */
  request: number;
  /** Last loud frame of the clip -> request. */
  requestFromSpeech: number;
  /** The recording is over -> request. */
  requestFromRecording: number;
  /** Last sample -> first delta of the answer at a client of the daemon. */
  delta: number;
  /** Processor time of all its processes while the clip was spoken, share of all cores, %. */
  cpu: number;
  text: string;
  timings: Timings;
}

/** A daemon with its own key, so that both can wait for theirs. */
interface Listener {
  daemon: TestDaemon;
  observer: Observer;
  key: string;
}

/** The old rule, and the text made after the end. */
const FIXED = `[hotkey]
listen = "Super+F9"
[speech]
endpoint_ms = 800
adaptive_endpoint = false
[performance]
parallel_transcription = false
`;

/** The same clip through the spawned pipeline, ms. */
interface SpokenToPipeline {
  request: number;
  requestFromSpeech: number;
  /** Last sample -> end of the recording. */
  rest: number;
  whisper: number;
  codex: number;
  text: string;
}

/** Clips spoken into the virtual microphone after a real key press, until the prompt is at the model. */
export async function loop({ desktop, clips, progress }: BenchContext): Promise<SectionReport> {
  const chosen = speechSet()
    .toSorted((a, b) => a.duration - b.duration)
    .slice(0, clips);
  const tooLong = chosen.find(({ duration }) => duration > RECORDING_SECONDS - 0.5);
  if (tooLong) throw new Error(`${tooLong.id} does not fit into ${RECORDING_SECONDS} s: ask for fewer clips`);
  const options = { reply: briefly, env: { CODEX_VOICE_LOG: 'info' } };
  await using daemon = await startDaemon(desktop.env, options);
  await using fixed = await startDaemon(desktop.env, { ...options, config: FIXED });
  using observer = await Observer.of(daemon);
  using fixedObserver = await Observer.of(fixed);
  const shipped: Listener = { daemon, observer, key: 'ctrl+alt+space' };
  const old: Listener = { daemon: fixed, observer: fixedObserver, key: 'super+F9' };
  await using pipeline = await SpawnedPipeline.prepare(desktop.env, briefly);

  async function speak(clip: Clip, { daemon, observer, key }: Listener): Promise<Spoken> {
    await using ear = await Ear.open(desktop.env);
    const pressed = performance.now();
    await desktop.x.xdotool('key', key);
    await observer.next('stage', pressed, ({ stage }) => stage === 'listening');
    const before = await processorTime(daemon.process.pid);
    const began = performance.now();
    await desktop.audio.play(clip.path);
    const cpu = (await processorTime(daemon.process.pid)) - before;
    const spoken = performance.now() - began;
    const request = await observer.request(pressed);
    const recorded = await observer.next('stage', pressed, ({ stage }) => stage === 'finishing');
    const delta = await observer.next('delta', pressed);
    await observer.settled(pressed);
    const { utterances } = await observer.client.request('history', { limit: 1 });
    const [utterance] = utterances;
    if (utterance?.state !== 'answered') throw new Error(`${clip.id} ended as ${utterance?.state}`);
    const end = ear.endOf(clip);
    return {
      request: request.at - end.file,
      requestFromSpeech: request.at - end.speech,
      requestFromRecording: request.at - recorded.at,
      delta: delta.at - end.file,
      cpu: (100 * cpu) / (spoken * availableParallelism()),
      text: utterance.transcript ?? '',
      timings: utterance.timings,
    };
  }

  async function speakToPipeline(clip: Clip): Promise<SpokenToPipeline> {
    await using ear = await Ear.open(desktop.env);
    const recording = await pipeline.record();
    await desktop.audio.play(clip.path);
    await recording.process.exited;
    const recorded = performance.now();
    const text = await pipeline.transcribe(recording.file);
    const { spawned, request } = await pipeline.prompt(text);
    const end = ear.endOf(clip);
    return {
      request: request.at - end.file,
      requestFromSpeech: request.at - end.speech,
      rest: recorded - end.file,
      whisper: spawned - recorded,
      codex: request.at - spawned,
      text,
    };
  }

  const ours: Spoken[] = [];
  const fixedRule: Spoken[] = [];
  const theirs: SpokenToPipeline[] = [];
  for (const clip of chosen) {
    const spoken = await speak(clip, shipped);
    const before = await speak(clip, old);
    const compared = await speakToPipeline(clip);
    ours.push(spoken);
    fixedRule.push(before);
    theirs.push(compared);
    const ms = [spoken, before, compared].map(({ request }) => `${request.toFixed(0)} ms`);
    progress(`${clip.id}: ${ms[0]}, fixed ${ms[1]}, spawned ${ms[2]}`);
  }
  const column = <T, K extends keyof T>(rows: T[], key: K): T[K][] => rows.map((row) => row[key]);
  const pipelineFromRecording = theirs.map(({ request, rest }) => request - rest);
  const complete = (_: Spoken, index: number): boolean => endingOf(ours[index]?.text ?? '') === 'complete';
  const sentences = ours.filter(complete);
  return {
    figures: [
      figure('last sample -> request, against fixed 800 ms', 'ms', column(ours, 'request'), {
        baseline: column(fixedRule, 'request'),
      }),
      figure('  of finished sentences', 'ms', column(sentences, 'request'), {
        baseline: column(fixedRule.filter(complete), 'request'),
        aim: 600,
      }),
      figure('last sample -> request, against the pipeline', 'ms', column(ours, 'request'), {
        baseline: column(theirs, 'request'),
      }),
      figure('  counted from the last loud frame', 'ms', column(ours, 'requestFromSpeech'), {
        baseline: column(theirs, 'requestFromSpeech'),
      }),
      figure('recording over -> request at the model', 'ms', column(ours, 'requestFromRecording'), {
        baseline: pipelineFromRecording,
      }),
      figure('last sample -> first delta', 'ms', column(ours, 'delta'), {
        baseline: column(fixedRule, 'delta'),
      }),
      figure('CPU while speaking, of all cores', '%', column(ours, 'cpu'), {
        baseline: column(fixedRule, 'cpu'),
        aim: 60,
      }),
      ...stageFigures(column(ours, 'timings')),
    ],
    notes: [
      `${ours.length} clips of ${seconds(chosen.at(0))} to ${seconds(chosen.at(-1))} s, all answered; words wrong: ours ${wrongWords(chosen, column(ours, 'text'))}, fixed ${wrongWords(chosen, column(fixedRule, 'text'))}, pipeline ${wrongWords(chosen, column(theirs, 'text'))}`,
      'fixed 800 ms, clip by clip in turn: a second daemon without adaptive_endpoint and parallel_transcription',
      `the pipeline, in turn with them: arecord for ${RECORDING_SECONDS} s, a Whisper process (same engine and weights), codex exec; medians: rest of the recording ${median(column(theirs, 'rest'))} ms, Whisper ${median(column(theirs, 'whisper'))} ms, codex exec until it asks ${median(column(theirs, 'codex'))} ms`,
      'timings: as the journal has them, "last frame of speech" being the detector\'s',
    ],
  };
}

async function processorTime(pid: number): Promise<number> {
  return (await processTree(pid)).reduce((sum, { cpu }) => sum + cpu, 0);
}

function stageFigures(timings: Timings[]) {
  return STAGES.flatMap((stage) => {
    const values = timings.map((each) => each[stage]).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [figure(`timing ${stage}`, 'ms', values)];
  });
}

function wrongWords(clips: Clip[], texts: string[]): string {
  const all = clips.map(({ text }, index) => wordErrors(text, texts[index] ?? ''));
  const wrong = all.reduce((sum, each) => sum + each.substitutions + each.deletions + each.insertions, 0);
  return `${wrong} of ${all.reduce((sum, { words }) => sum + words, 0)}`;
}

function median(values: number[]): string {
  return figure('', 'ms', values).ours.median.toFixed(0);
}

function seconds(clip: Clip | undefined): string {
  return clip?.duration.toFixed(1) ?? '?';
}
