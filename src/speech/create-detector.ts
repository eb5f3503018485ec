import type { Logger } from 'pino';
import type { Detector } from './detector.ts';

/**
 * Loads the detector that the config names. A driver's code is loaded only when it is chosen: ONNX Runtime alone
 * takes 40 MB.
 * @throws VoiceError detector-failed
 */
export async function createDetector(name: Detector['name'], logger: Logger): Promise<Detector> {
  const started = performance.now();
  const detector = name === 'silero' ? await loadSilero() : await loadWebrtc();
  logger.debug({ detector: name, ms: Math.round(performance.now() - started) }, 'speech detector loaded');
  return detector;
}

async function loadSilero(): Promise<Detector> {
  const { SileroDetector } = await import('./silero.ts');
  return SileroDetector.load();
}

async function loadWebrtc(): Promise<Detector> {
  const { WebrtcDetector } = await import('./webrtc.ts');
  return WebrtcDetector.load();
}
