import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { hasNative } from '../platform/native.ts';
import type { Detector } from './detector.ts';

/**
 * Loads the detector that the config names. A driver's code is loaded only when it is chosen: ONNX Runtime alone
 * takes 40 MB. Where there is no ONNX Runtime (Intel Macs), WebRTC's stands in for Silero.
 * @throws VoiceError detector-failed
 */
export async function createDetector(name: Detector['name'], logger: Logger): Promise<Detector> {
  const started = performance.now();
  const silero = name === 'silero' && hasNative('onnxruntime');
  if (name === 'silero' && !silero)
    logger.warn('there is no Silero detector for this machine: WebRTC listens');
  const detector = silero ? await loadSilero() : await loadWebrtc();
  logger.debug(
    { detector: detector.name, ms: Math.round(performance.now() - started) },
    'speech detector loaded',
  );
  return detector;
}

async function loadSilero(): Promise<Detector> {
  const { SileroDetector } = await import('./silero.ts').catch(explainMissingRuntime);
  return SileroDetector.load();
}

/** npm leaves ONNX Runtime out when its install script fails: it wants files for graphics cards (1.24.3). */
function explainMissingRuntime(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
  throw new VoiceError(
    'detector-failed',
    'The speech detector cannot start: ONNX Runtime is not installed.',
    'Run ONNXRUNTIME_NODE_INSTALL=skip npm install --global codex-voice, or set detector = "webrtc" in config.toml.',
    { cause: error },
  );
}

async function loadWebrtc(): Promise<Detector> {
  const { WebrtcDetector } = await import('./webrtc.ts');
  return WebrtcDetector.load();
}
