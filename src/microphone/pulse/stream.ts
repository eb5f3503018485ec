import { CreateRecordStream, PA_COMMAND, SelectByIndex } from 'pulseaudio.js/dist/command.js';
import { SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS } from '../recorder.ts';
import type { PulseConnection } from './connection.ts';

/** PA_SAMPLE_S16LE of pulse/sample.h. */
const S16LE = 3;
/** Time limit for the server to end a stream, ms. */
const END_MS = 500;
/** PA_CHANNELS_MAX of pulse/sample.h is 32; `pulseaudio.js` 1.3.4 refuses to ask for that many. */
const MOST_CHANNELS = 31;

interface StreamOptions {
  /** Name of the source; null: the one that the server prefers for this program. */
  source: string | null;
  /** The channels that the source probably has (PA_CHANNEL_POSITION_* of pulse/channelmap.h). */
  channelMap: readonly number[];
  /** Is given whole frames of s16le at 16 kHz, and the stream that they belong to. */
  onSound: (bytes: Buffer, stream: PulseStream) => void;
  onMoved: (stream: PulseStream) => void;
  onKilled: (stream: PulseStream) => void;
}

/**
 * A record stream with all channels of its source; the server converts the rate. The channels are requested by number,
 * because with `fixChannels` PipeWire 0.3.65 always returns two.
 */
export class PulseStream {
  /** Channels of each frame. */
  readonly channels: number;
  readonly #connection: PulseConnection;
  readonly #index: number;
  #source: number;
  #suspended: boolean;
  #ending: Promise<void> | null = null;

  /** @throws PulseRefusal, or the reason why the connection ended */
  static open(connection: PulseConnection, options: StreamOptions): Promise<PulseStream> {
    const channelMap = options.channelMap.slice(0, MOST_CHANNELS);
    const channels = channelMap.length;
    const command = new CreateRecordStream({
      name: options.source,
      sampleSpec: { format: S16LE, rate: SAMPLE_RATE, channels },
      channelMap,
      fragmentSize: (LATENCY_MS * SAMPLE_RATE * channels * 2) / 1_000,
      adjustLatency: true,
      properties: { media: { name: 'speech', role: 'phone' } },
    });
    return connection.request(command, (reply) => {
      const index = reply.getUInt32();
      reply.getUInt32(); // its number among all recordings
      reply.getUInt32(); // the longest the server keeps, bytes
      reply.getUInt32(); // bytes in a fragment
      const spec = reply.getSampleSpec();
      reply.getChannelMap();
      const source = reply.getUInt32();
      reply.getString();
      const suspended = reply.getBool();
      return new PulseStream(connection, options, { index, channels: spec.channels, source, suspended });
    });
  }

  private constructor(
    connection: PulseConnection,
    { onSound, onMoved, onKilled }: StreamOptions,
    made: { index: number; channels: number; source: number; suspended: boolean },
  ) {
    this.#connection = connection;
    this.#index = made.index;
    this.channels = made.channels;
    this.#source = made.source;
    this.#suspended = made.suspended;
    connection.attach(made.index, {
      onSound: (bytes) => onSound(bytes, this),
      onMoved: (source) => {
        this.#source = source;
        onMoved(this);
      },
      onSuspended: (suspended) => {
        this.#suspended = suspended;
      },
      onKilled: () => {
        connection.detach(made.index);
        this.#ending ??= Promise.resolve();
        onKilled(this);
      },
    });
  }

  /** Index of the source that it records. */
  get source(): number {
    return this.#source;
  }

  /** The source gives no sound, although it is recorded. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** Ends it; resolves when the server has let go of the source, or does not answer. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#connection.detach(this.#index);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, END_MS);
    const command = new SelectByIndex(PA_COMMAND.DELETE_RECORD_STREAM, this.#index);
    // Refused or cut off: it is gone already.
    const ended = this.#connection.request(command, () => undefined).catch(() => undefined);
    await Promise.race([ended, late.promise]);
    clearTimeout(timer);
  }
}
