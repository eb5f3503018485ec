/** Silero VAD v6, 16 kHz, ONNX opset 15 (MIT licence). */
export const SILERO = {
  version: '6',
  asset: 'detector/silero_vad_16k_op15.onnx',
  sha256: '7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49',
} as const;

/** smart-turn v3.2 by Daily, 8-bit for processors (BSD 2-Clause licence), from the Python package pipecat-ai 1.14.0. */
export const SMART_TURN = {
  version: '3.2',
  asset: 'detector/smart-turn-v3.2-cpu.onnx',
  sha256: '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f',
} as const;

/** Sound for smart-turn: the last 8 s at 16 kHz. */
export const TURN_SAMPLES = 8 * 16_000;
