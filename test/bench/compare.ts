import type { Desktop } from '../support/desktop.ts';
import { type Clip, speechSet } from '../support/speech.ts';
import { Ear } from './ear.ts';
import { RECORDING_SECONDS } from './ways/spawned.ts';
import type { Passed, Way } from './ways/way.ts';

/** A clip that went one way. */
export interface Spoken extends Passed {
  clip: Clip;
  /** Last frame of speech -> request at the model, ms. */
  toRequest: number;
  /** Last frame of speech -> first words of the answer, ms. */
  toDelta: number;
  /** Last sample of the file, which may end in silence -> request, ms. */
  fromLastSample: number;
  /** Processor time of all its processes, ms. */
  cpu: number;
}

/** The shortest clips of the speech set, all of which fit into the recording of fixed length. */
export function shortestClips(count: number): Clip[] {
  const chosen = speechSet()
    .toSorted((a, b) => a.duration - b.duration)
    .slice(0, count);
  const tooLong = chosen.find(({ duration }) => duration > RECORDING_SECONDS - 0.5);
  if (tooLong) throw new Error(`${tooLong.id} does not fit into ${RECORDING_SECONDS} s: ask for fewer clips`);
  return chosen;
}

/** Speaks each clip to each way in turn, so that all meet the same machine. */
export async function compare<Name extends string>(
  desktop: Desktop,
  clips: readonly Clip[],
  ways: Record<Name, Way>,
  progress: (line: string) => void,
): Promise<Record<Name, Spoken[]>> {
  const names = Object.keys(ways) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Spoken[]])) as Record<Name, Spoken[]>;
  for (const clip of clips) {
    for (const name of names) {
      const spoken = await speakTo(ways[name], clip, desktop).catch((cause: unknown) => {
        throw new Error(`${clip.id} did not get through (${name})`, { cause });
      });
      results[name].push(spoken);
    }
    const ms = names.map((name) => `${name} ${results[name].at(-1)?.toRequest.toFixed(0)} ms`);
    progress(`${clip.id}: ${ms.join(', ')}`);
  }
  return results;
}

async function speakTo(way: Way, clip: Clip, { env, audio }: Desktop): Promise<Spoken> {
  await using ear = await Ear.open(env);
  const before = await way.spent();
  const passed = await way.utterance(() => audio.play(clip.path));
  const cpu = (await way.spent()) - before;
  const end = ear.endOf(clip);
  return {
    ...passed,
    clip,
    toRequest: passed.request - end.speech,
    toDelta: passed.delta - end.speech,
    fromLastSample: passed.request - end.file,
    cpu,
  };
}
