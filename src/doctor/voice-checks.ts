import type { Check } from './check.ts';
import { checkDetector } from './detector.ts';
import { checkEndpoint } from './endpoint.ts';
import { checkHotkey } from './hotkey.ts';
import { checkMicrophone } from './microphone.ts';
import { checkServer } from './server.ts';
import { checkSounds } from './sounds.ts';
import { checkVoice } from './voice.ts';
import { checkWhisper } from './whisper.ts';

/** Checks of the parts from the key press to the text, and of the sounds. */
export const VOICE_CHECKS: readonly Check[] = [
  { name: 'hotkey', code: 'hotkey-unavailable', limitMs: 10_000, run: checkHotkey },
  // Each of the six recorders may be silent for a second before the next one is tried.
  { name: 'microphone', code: 'microphone-failed', limitMs: 15_000, run: checkMicrophone },
  { name: 'sounds', code: 'internal', limitMs: 5_000, run: checkSounds },
  { name: 'voice', code: 'voice-missing', limitMs: 5_000, run: checkVoice },
  { name: 'detector', code: 'detector-failed', limitMs: 20_000, run: checkDetector },
  // It starts the speech engine, which the next check finds warm.
  { name: 'endpoint', code: 'detector-failed', limitMs: 90_000, run: checkEndpoint },
  { name: 'whisper', code: 'engine-failed', limitMs: 90_000, run: checkWhisper },
  // A server may take as long as timeout_seconds allows.
  { name: 'server', code: 'engine-failed', limitMs: 130_000, run: checkServer },
];
