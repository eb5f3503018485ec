import type { Logger } from 'pino';
import type { VoiceError } from '../errors.ts';
import { RecorderChain } from './chain.ts';
import { KeptOpen } from './kept-open.ts';
import type { AudioFrame, Microphone, MicrophoneState, RecorderName } from './microphone.ts';
import type { Patience } from './recorder.ts';
import { createRecorders } from './recorders.ts';
import type { HeadsetProfile } from './source-trouble.ts';

/** No bytes for a second: the recorder hangs, the next one is tried. */
const PATIENCE: Patience = { first: 1_000, next: 1_000 };

export interface MicrophoneOptions {
  /** `default`, or a name that the recorder knows. */
  device: string;
  backend: 'auto' | RecorderName;
  /** The recorder runs all the time; the last half second is kept in memory and comes first in a recording. */
  keepOpen: boolean;
  /** What to do with a Bluetooth headset in its music profile. */
  headset?: HeadsetProfile;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Reports to the user that a recorder failed or is silent and the next one is tried. */
  onTrouble: (error: VoiceError) => void;
  /** Called with the process id of each recorder that was started. */
  onStart?: ((pid: number) => void) | undefined;
}

/** The microphone through the first recorder that works; with `keepOpen` it opens now, else when it records. */
export function openMicrophone(options: MicrophoneOptions): Microphone {
  const { keepOpen, logger } = options;
  const chain = new RecorderChain({ ...options, recorders: createRecorders(options) });
  const kept = keepOpen ? new KeptOpen(chain, logger) : null;
  return new RecorderMicrophone(options.device, chain, kept);
}

class RecorderMicrophone implements Microphone {
  readonly #device: string;
  readonly #chain: RecorderChain;
  readonly #kept: KeptOpen | null;
  #recording = 0;
  #failed = false;
  #closed = false;

  constructor(device: string, chain: RecorderChain, kept: KeptOpen | null) {
    this.#device = device;
    this.#chain = chain;
    this.#kept = kept;
  }

  get state(): MicrophoneState {
    return {
      backend: this.#chain.backend,
      device: this.#device,
      state: this.#state(),
      source: this.#chain.source?.description ?? null,
      trouble: this.#chain.source?.trouble ?? null,
      refused: this.#chain.refused.map(({ backend, reason }) => ({ backend, reason })),
    };
  }

  async *record(signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined> {
    if (this.#closed) return;
    this.#recording += 1;
    try {
      yield* this.#kept?.record(signal) ?? this.#chain.record(signal, PATIENCE);
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#recording -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#kept?.close();
    await this.#chain.close();
  }

  #state(): MicrophoneState['state'] {
    if (this.#closed) return 'closed';
    if (this.#kept) return this.#kept.failed ? 'failed' : 'open';
    if (this.#recording > 0) return 'open';
    return this.#failed ? 'failed' : 'closed';
  }
}
