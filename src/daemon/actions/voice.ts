import type { Performers } from '../../actions.ts';
import type { Publisher } from '../../facts.ts';
import type { VoiceLoop } from '../../listening/voice-loop.ts';
import type { StateFile } from '../../settings/state.ts';

interface VoiceParts {
  bus: Publisher;
  loop: VoiceLoop;
  state: StateFile;
}

/** Actions of the hotkey. */
export function voicePerformers({
  bus,
  loop,
  state,
}: VoiceParts): Pick<Performers, 'key' | 'speak-to' | 'pause'> {
  return {
    key: ({ key, at = performance.now() }) => {
      if (key !== 'release') bus.publish({ type: 'key-used' });
      loop.dispatch({ type: key, at });
      return loop.stage.name;
    },
    'speak-to': ({ project }) =>
      loop.dispatch({ type: 'speak', at: performance.now(), to: { project, rule: 'asked' } }),
    pause: ({ paused }) => {
      state.pause(paused);
      loop.dispatch({ type: paused ? 'pause' : 'unpause' });
      return loop.stage.name;
    },
  };
}
