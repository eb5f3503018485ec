import { messageOf } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import type { AudioFrame } from '../microphone.ts';
import { type Patience, RecorderFailure, type Recording } from '../recorder.ts';
import { S16Decoder } from '../s16.ts';
import { noSourceReport, sourceTrouble } from '../source-trouble.ts';
import { Watchdog } from '../watchdog.ts';
import type { PulseConnection } from './connection.ts';
import type { PulseLink } from './link.ts';
import { type Choice, chooseSource, type Missing, type SoundSource, type SoundWorld } from './sound-world.ts';
import { SpeechChannel } from './speech-channel.ts';
import { PulseStream } from './stream.ts';

/** A stream, and what makes one channel of its sound. */
interface Input {
  stream: PulseStream;
  decoder: S16Decoder;
  channel: SpeechChannel;
  /** performance.now() of its first and of its last sound, ms; null: none has come. */
  first: number | null;
  last: number | null;
}

/**
 * How long two streams overlap, ms. The first sound of a stream may be a second old when the server was busy with the
 * change (PipeWire 0.3.65), and is already in the other stream.
 */
const SIDE_BY_SIDE_MS = 60;

interface PulseRecordingOptions {
  link: PulseLink;
  connection: PulseConnection;
  /** As in the settings; `default` follows the default of the server. */
  device: string;
  choose: (world: SoundWorld) => Choice;
  patience: Patience;
  /** The channel of each source, by its name, on which speech was heard the last time. */
  heardOn: Map<string, number>;
  /** Names the program that has the device of a source for itself; null: none is known. */
  holderOf: (source: SoundSource) => Promise<string | null>;
}

/**
 * A recording at the sound server. It follows the default source. When its source is unplugged, it continues with the
 * next one: the old stream runs until the new one has sound. It fails when no sound arrives.
 */
export class PulseRecording implements Recording {
  readonly #options: PulseRecordingOptions;
  readonly #events = new EventQueue<AudioFrame>();
  readonly #watchdog: Watchdog;
  readonly #unsubscribe: () => void;
  /** The current stream. */
  #current: Input | null = null;
  /** The stream that takes over with its first sound. */
  #next: Input | null = null;
  #opening: Promise<void> | null = null;
  /** The source that was to be recorded when the world was looked at last. */
  #target: string | null = null;
  #heard = false;
  /** The server chose a monitor for us. */
  #misled = false;
  /** Sources that were asked for all their channels: a server that does not do it is asked once. */
  readonly #corrected = new Set<string>();
  #ending: Promise<void> | null = null;

  constructor(options: PulseRecordingOptions) {
    const { link, connection, patience } = options;
    this.#options = options;
    this.#watchdog = new Watchdog(patience.first, patience.next, () => void this.#silent());
    this.#unsubscribe = link.onChange(() => this.#look());
    void connection.closed.then((reason) => this.#fail(new RecorderFailure('ended', reason.message)));
    this.#look();
  }

  /** The source that is recorded now. */
  get source(): SoundSource | null {
    return this.#sourceOf(this.#current);
  }

  frames(): AsyncIterable<AudioFrame> {
    return this.#events;
  }

  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#watchdog.stop();
    this.#unsubscribe();
    this.#events.close();
    this.#remember();
    await Promise.all([this.#current?.stream.end(), this.#next?.stream.end()]);
  }

  /** Makes another stream where the one there should not be heard, or will not be for long. */
  #look(): void {
    const { link, choose, device } = this.#options;
    const { world } = link;
    if (world === null || this.#ending !== null) return;
    this.#leaveMonitor();
    if (this.#opening !== null) return;
    const chosen = choose(world);
    // A running recording continues without the device of the settings.
    const target = chosen.source ?? (this.#target === null ? null : chooseSource(world, 'default').source);
    if (target === null) return;
    const changed = this.#target !== target.name;
    this.#target = target.name;
    const newest = this.#next ?? this.#current;
    if (newest === null) {
      // The server may prefer another source for this program: one that the user chose in a mixer.
      const free = device === 'default' && target.name === world.defaultSource && !this.#misled;
      this.#open(free ? null : target.name, target);
      return;
    }
    const source = this.#sourceOf(newest);
    if (source === null) return;
    if (changed && source.name !== target.name) this.#open(target.name, target);
    else if (source.channelMap.length !== newest.stream.channels) this.#correct(source);
  }

  /** A server without a microphone moves recordings to what a loudspeaker plays. */
  #leaveMonitor(): void {
    const { device } = this.#options;
    const unwanted = (input: Input | null): boolean => {
      const source = this.#sourceOf(input);
      return source?.monitor === true && source.name !== device && String(source.index) !== device;
    };
    if (unwanted(this.#current)) this.#current = this.#drop(this.#current);
    if (unwanted(this.#next)) this.#next = this.#drop(this.#next);
  }

  #drop(input: Input | null): null {
    this.#misled = true;
    void input?.stream.end();
    return null;
  }

  /** Records a source with all of its channels. */
  #correct(source: SoundSource): void {
    if (this.#corrected.has(source.name)) return;
    this.#corrected.add(source.name);
    this.#open(source.name, source);
  }

  #open(name: string | null, source: SoundSource): void {
    const { connection, link } = this.#options;
    const { world } = link;
    const opening = PulseStream.open(connection, {
      source: name,
      channelMap: source.channelMap,
      onSound: (bytes, from) => this.#take(bytes, from),
      onMoved: () => this.#look(),
      onKilled: (from) => this.#lost(from),
    });
    this.#opening = opening.then(
      (stream) => this.#made(stream),
      (error: unknown) => this.#refused(error, world),
    );
  }

  #made(stream: PulseStream): void {
    this.#opening = null;
    if (this.#ending !== null) return void stream.end();
    if (this.#current?.stream !== stream && this.#next?.stream !== stream) {
      void this.#next?.stream.end();
      this.#next = this.#inputOf(stream);
    }
    this.#look();
  }

  /** @param world what the server had when it was asked */
  #refused(error: unknown, world: SoundWorld | null): void {
    this.#opening = null;
    if (this.#heard) {
      // A source can go before its going is known: the next look finds another, or the watchdog ends the wait.
      if (this.#options.link.world !== world) this.#look();
      return;
    }
    this.#fail(new RecorderFailure('ended', messageOf(error)));
  }

  #take(bytes: Buffer, stream: PulseStream): void {
    const at = performance.now();
    if (this.#ending !== null) return;
    if (this.#current?.stream !== stream && !this.#takesOver(stream, at)) return;
    const input = this.#current;
    if (input === null) return;
    input.last = at;
    this.#heard = true;
    this.#watchdog.feed();
    const samples = input.channel.pick(input.decoder.decode(bytes));
    if (samples.length > 0) this.#events.push({ samples, at });
  }

  #takesOver(stream: PulseStream, at: number): boolean {
    // Sound may come together with the answer that made the stream.
    if (this.#next?.stream !== stream) this.#next = this.#inputOf(stream);
    const next = this.#next;
    next.first ??= at;
    const before = this.#current;
    const flows = before?.last != null && at - before.last < SIDE_BY_SIDE_MS;
    if (flows && at - next.first < SIDE_BY_SIDE_MS) return false;
    this.#remember();
    void before?.stream.end();
    this.#current = next;
    this.#next = null;
    return true;
  }

  #lost(stream: PulseStream): void {
    if (this.#next?.stream === stream) this.#next = null;
    if (this.#current?.stream === stream) {
      this.#remember();
      this.#current = null;
    }
    this.#look();
  }

  #inputOf(stream: PulseStream): Input {
    const { link, heardOn } = this.#options;
    const name = link.world?.sources.find(({ index }) => index === stream.source)?.name ?? '';
    const channel = new SpeechChannel(stream.channels, heardOn.get(name) ?? null);
    return { stream, decoder: new S16Decoder(), channel, first: null, last: null };
  }

  #remember(): void {
    const { source } = this;
    if (source && this.#current) this.#options.heardOn.set(source.name, this.#current.channel.chosen);
  }

  #sourceOf(input: Input | null): SoundSource | null {
    if (input === null) return null;
    return this.#options.link.world?.sources.find(({ index }) => index === input.stream.source) ?? null;
  }

  async #silent(): Promise<void> {
    const { link, choose, device, holderOf } = this.#options;
    const choice = link.world && choose(link.world);
    if (link.world && choice?.source === null) {
      return this.#fail(noSource(link.world, device, choice.why));
    }
    const input = this.#current ?? this.#next;
    const source = this.#sourceOf(input) ?? choice?.source ?? null;
    const holder = source && (await holderOf(source));
    const suspended = input?.stream.suspended ?? false;
    const report = source && sourceTrouble(source, { suspended, holder });
    this.#fail(new RecorderFailure('silent', report?.message ?? 'no sound arrived', report));
  }

  #fail(failure: RecorderFailure): void {
    if (this.#ending !== null) return;
    this.#watchdog.stop();
    this.#events.fail(failure);
  }
}

/** The failure of a recording that has nothing to record. Other recorders would take a monitor for a microphone. */
export function noSource(world: SoundWorld, device: string, why: Missing): RecorderFailure {
  const report = noSourceReport(world, device, why);
  return new RecorderFailure('ended', report.message, why === 'monitors' ? report : null);
}
