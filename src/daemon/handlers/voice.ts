import type { ControlHandlers } from '../../control/server.ts';
import { type ReadOptions, readAudioFile } from '../../microphone/audio-file.ts';
import type { HandledDaemon } from '../handled-daemon.ts';
import type { LiveUtterance } from '../live-utterance.ts';
import type { Parts } from '../parts.ts';
import { type Destination, destinationOf } from '../routing.ts';
import { typedPrompt } from '../typed-prompt.ts';

type VoiceHandlers = Pick<
  ControlHandlers,
  'toggle' | 'press' | 'release' | 'cancel' | 'pause' | 'unpause' | 'ask' | 'interrupt'
>;

/** What the hotkey does, and prompts that are typed or recorded elsewhere. */
export function voiceHandlers(daemon: HandledDaemon): VoiceHandlers {
  const key = (type: 'toggle' | 'press' | 'release' | 'cancel') => async () => {
    const { loop, bus } = daemon.parts;
    bus.publish({ type: 'key-used' });
    loop.dispatch({ type, at: performance.now() });
    return { stage: loop.stage.name };
  };
  const pause = (paused: boolean) => async () => {
    daemon.parts.pause(paused);
    return { stage: daemon.parts.loop.stage.name };
  };
  return {
    toggle: key('toggle'),
    press: key('press'),
    release: key('release'),
    cancel: key('cancel'),
    pause: pause(true),
    unpause: pause(false),
    ask: async ({ text, audio, partial, source, wait, project }, _peer, signal) => {
      const to = destination(daemon.parts, project);
      const live =
        audio === undefined
          ? typedPrompt(daemon.parts, text ?? '', source, to)
          : await askAudio(
              daemon.parts,
              audio,
              { env: daemon.env, partial },
              project === undefined ? null : to,
            );
      return { id: live.id, utterance: wait ? await daemon.ended(live.id, signal) : null };
    },
    interrupt: async () => {
      const { projects } = daemon.parts;
      return { interrupted: (await projects.running(projects.current.name)?.interrupt()) ?? false };
    },
  };
}

/** @throws VoiceError project-unknown */
function destination({ projects }: Parts, project: string | undefined): Destination {
  if (project === undefined) return destinationOf(projects);
  return { project: projects.called(project).name, rule: 'asked' };
}

/** @param to null: what is said in it, or else the chosen project, decides */
async function askAudio(
  { hearing }: Parts,
  file: string,
  options: ReadOptions,
  to: Destination | null,
): Promise<LiveUtterance> {
  return hearing.hearRecording(await readAudioFile(file, options), 'file', to);
}
