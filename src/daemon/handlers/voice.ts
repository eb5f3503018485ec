import { cleanPrompt } from '../../codex/paste.ts';
import type { ControlHandlers } from '../../control/server.ts';
import { readAudioFile } from '../../microphone/audio-file.ts';
import type { HandledDaemon } from '../handled-daemon.ts';
import { LiveUtterance } from '../live-utterance.ts';
import type { Parts } from '../parts.ts';

type VoiceHandlers = Pick<ControlHandlers, 'toggle' | 'press' | 'release' | 'cancel' | 'ask' | 'interrupt'>;

/** What the hotkey does, and prompts that are typed or recorded elsewhere. */
export function voiceHandlers(daemon: HandledDaemon): VoiceHandlers {
  const key = (type: 'toggle' | 'press' | 'release' | 'cancel') => async () => {
    const { loop } = daemon.parts;
    loop.dispatch({ type, at: performance.now() });
    return { stage: loop.stage.name };
  };
  return {
    toggle: key('toggle'),
    press: key('press'),
    release: key('release'),
    cancel: key('cancel'),
    ask: async ({ text, audio, source, wait }, _peer, signal) => {
      const live =
        audio === undefined
          ? askText(daemon.parts, text ?? '', source)
          : await askAudio(daemon.parts, audio, daemon.env);
      return { id: live.id, utterance: wait ? await daemon.ended(live.id, signal) : null };
    },
    interrupt: async () => {
      const { projects } = daemon.parts;
      return { interrupted: (await projects.running(projects.current.name)?.interrupt()) ?? false };
    },
  };
}

/** A typed prompt goes into the same queue as a spoken one. @throws VoiceError prompt-empty, prompt-too-long */
function askText(
  { journal, projects, announcer }: Parts,
  text: string,
  source: 'cli' | 'editor',
): LiveUtterance {
  const project = projects.current.name;
  const live = LiveUtterance.begin(journal, source, project, { state: 'heard', prompt: cleanPrompt(text) });
  live.stopwatch.mark('textAt');
  announcer.heard(live.record);
  projects.delivery(project).enqueue(live);
  return live;
}

async function askAudio({ hearing }: Parts, file: string, env: NodeJS.ProcessEnv): Promise<LiveUtterance> {
  return hearing.hearRecording(await readAudioFile(file, { env }), 'file');
}
