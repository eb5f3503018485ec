import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startPipeWire } from '../../support/audio.ts';
import { type Desktop, startDaemon, startDesktop } from '../../support/desktop.ts';
import { clip } from '../../support/speech.ts';
import { briefly } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { firstSamples } from '../first-samples.ts';
import { Observer } from '../observer.ts';

/** One short sentence: an utterance without speech leaves no timings. */
const SPOKEN = clip('ar-axb_a0005');

/** From the request, and from the key, to the first sound: on PulseAudio, and on PipeWire. */
export async function microphone({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  const figures = [
    ...(await firstSamples('PulseAudio', desktop.env, repeat, progress)),
    ...(await pressed('PulseAudio', desktop, repeat, progress)),
  ];
  await using other = await startDesktop(startPipeWire);
  figures.push(...(await firstSamples('PipeWire', other.env, repeat, progress)));
  figures.push(...(await pressed('PipeWire', other, repeat, progress)));
  return {
    figures,
    notes: [
      'first samples: the driver of the sound server in this process; baseline: parec --latency-msec=20, started',
      'timing microphone: the X server reports the key -> the first frame is in the daemon',
      'its baseline, press by press in turn: parec with its defaults, spawned -> first byte',
    ],
  };
}

async function pressed(
  server: string,
  desktop: Desktop,
  repeat: number,
  progress: (line: string) => void,
): Promise<Figure[]> {
  await using daemon = await startDaemon(desktop.env, { reply: briefly, env: { CODEX_VOICE_LOG: 'info' } });
  using observer = await Observer.of(daemon);
  const ours: number[] = [];
  const plain: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    const since = performance.now();
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await observer.next('stage', since, ({ stage }) => stage === 'listening');
    await desktop.audio.play(SPOKEN.path);
    // The second press ends it: nobody needs to wait for the silence here.
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await observer.settled(since);
    const { payload } = await observer.next('timings', since);
    if (payload.timings.microphone === undefined) throw new Error('the sentence was not heard');
    ours.push(payload.timings.microphone);
    plain.push(await firstByte('parec', [], desktop.env));
    progress(`${server} ${round}: ${ours.at(-1)} ms, plain parec ${plain.at(-1)?.toFixed(0)} ms`);
    // A sound server that nobody records from for a moment is what a person's next press finds.
    await delay(300);
  }
  return [
    figure(`hotkey -> first frame, ${server}`, 'ms', ours, {
      baseline: plain,
      ...(server === 'PulseAudio' && { aim: 60 }),
    }),
  ];
}

/** From the start of a recorder to the first byte it prints, ms. */
async function firstByte(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now();
  const recorder = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(recorder.stdout, 'data');
  const ms = performance.now() - started;
  recorder.kill('SIGTERM');
  await once(recorder, 'close');
  return ms;
}
