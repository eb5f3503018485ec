import { homeOf } from '../files/user-paths.ts';
import { openMicrophone } from '../microphone/open-microphone.ts';
import { resolveModel } from '../models/catalogue.ts';
import { createDetector } from '../speech/create-detector.ts';
import { createEngine } from '../transcription/create-engine.ts';
import { withServer } from '../transcription/create-transcriber.ts';
import { EarHost } from '../transcription/ear/host.ts';
import type { EarMakers, EarOptions } from './ear-makers.ts';

/** Creates the real parts. The embedded engine and smart-turn share one process. */
export function realEarMakers({ env, logger, paths, give, onTrouble }: EarOptions): EarMakers {
  const host = new EarHost({
    logger,
    onReady: (pid, runs) => give?.(pid, runs === 'ear' ? 'engine' : 'turn'),
  });
  return {
    detector: ({ speech }) => createDetector(speech.detector, logger),
    turnDetector: () => host.turnDetector,
    microphone: ({ audio }) => {
      const { device, backend, keep_open: keepOpen, headset_profile: headset } = audio;
      const onStart = (pid: number): void => give?.(pid, 'recorder');
      return openMicrophone({ device, backend, keepOpen, headset, env, logger, onTrouble, onStart });
    },
    engine: (settings) => {
      const places = { home: homeOf(env), folder: paths.models };
      const model = resolveModel(settings.performance.whisper_model, places);
      const { language } = settings.transcription;
      const onReady = (pid: number): void => give?.(pid, 'engine');
      return withServer(createEngine(model, { language, logger, onReady, host }), settings, env, logger);
    },
  };
}
