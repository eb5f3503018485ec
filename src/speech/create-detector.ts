import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { onnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import type { Detector } from './detector.ts';

/**
 * Loads the detector that the config names. A driver's code is loaded only when it is chosen: ONNX Runtime alone
 * takes 40 MB. Where none exists for the machine (Intel Macs), WebRTC's stands in for Silero.
 * @throws VoiceError detector-failed
 */
export async function createDetector(name: Detector['name'], logger: Logger): Promise<Detector> {
  const started = performance.now();
  const problem = name === 'silero' ? onnxRuntimeProblem() : null;
  if (problem?.kind === 'not-installed') throw notInstalled(problem.reason);
  if (problem !== null)
    logger.warn({ reason: problem.reason }, 'there is no Silero detector here: WebRTC listens');
  const silero = name === 'silero' && problem === null;
  const detector = silero ? await loadSilero() : await loadWebrtc();
  logger.debug(
    { detector: detector.name, ms: Math.round(performance.now() - started) },
    'speech detector loaded',
  );
  return detector;
}

async function loadSilero(): Promise<Detector> {
  const { SileroDetector } = await import('./silero.ts');
  return SileroDetector.load();
}

function notInstalled(reason: string): VoiceError {
  return new VoiceError(
    'detector-failed',
    `The speech detector cannot start: ${reason}.`,
    'Run ONNXRUNTIME_NODE_INSTALL=skip npm install --global codex-voice, or set detector = "webrtc" in config.toml.',
  );
}

async function loadWebrtc(): Promise<Detector> {
  const { WebrtcDetector } = await import('./webrtc.ts');
  return WebrtcDetector.load();
}
