/** Silero VAD v6, 16 kHz, ONNX opset 15 (MIT licence). */
export const SILERO = {
  version: '6',
  asset: 'detector/silero_vad_16k_op15.onnx',
  sha256: '7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49',
} as const;
