import { SAMPLE_RATE } from '../microphone.ts';

/** The band in which speech has most of its energy, Hz (the one of the telephone, ITU-T G.712). */
const BAND = { low: 300, high: 3_400 };
/** Time constant of a channel's speech, s. */
const MEMORY_S = 1.5;
/** How fast the estimate of a channel's noise rises, s; it falls at once. */
const NOISE_RISE_S = 4;
/** Weight of a channel's plain energy: it decides while no channel stands out of the noise. */
const PLAIN = 0.05;
/** Necessary advantage of another channel, as a ratio of energies: 6 dB. */
const CLEARLY = 4;
/** Energies below this are nothing: -90 dBFS, the noise of 16 bits. */
const NOTHING = 1e-9;
/** Length of the fade from one channel to another, samples: 5 ms. */
const FADE = SAMPLE_RATE / 200;

interface Channel {
  filter: BandPass;
  /** Energy of the noise. */
  noise: number;
  /** Energy of the last seconds above the noise. */
  speech: number;
  /** Energy of the last seconds. */
  plain: number;
}

/**
 * Makes one channel of many: the one with the most energy of speech above its noise. Averaging would lose speech that
 * is on one channel of eight, or inverted on the second of two. Each piece is judged before it is handed on, so the
 * first word comes from the right channel too.
 */
export class SpeechChannel {
  readonly #channels: Channel[];
  readonly #plain: number;
  #chosen: number;
  /** The channel that is faded out, and how many samples of the fade are done. */
  #fading: { from: number; done: number } | null = null;

  /** @param known the channel that was right the last time; loud noise on another channel is then ignored */
  constructor(channels: number, known: number | null = null) {
    this.#channels = Array.from({ length: channels }, () => ({
      filter: new BandPass(),
      noise: Number.POSITIVE_INFINITY,
      speech: 0,
      plain: 0,
    }));
    const first = known !== null && known < channels ? known : null;
    this.#chosen = first ?? 0;
    this.#plain = first === null ? PLAIN : 0;
  }

  /** The channel that is handed on now, from 0. */
  get chosen(): number {
    return this.#chosen;
  }

  /** @param interleaved whole frames at 16 kHz */
  pick(interleaved: Float32Array): Float32Array {
    const count = this.#channels.length;
    if (count === 1) return interleaved;
    const frames = Math.floor(interleaved.length / count);
    if (frames === 0) return new Float32Array(0);
    this.#measure(interleaved, frames);
    this.#choose();
    const samples = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame++) samples[frame] = this.#sample(interleaved, frame * count);
    return samples;
  }

  #sample(interleaved: Float32Array, at: number): number {
    const sample = interleaved[at + this.#chosen] ?? 0;
    if (this.#fading === null) return sample;
    const { from, done } = this.#fading;
    const before = interleaved[at + from] ?? 0;
    this.#fading = done + 1 < FADE ? { from, done: done + 1 } : null;
    return before + ((sample - before) * (done + 1)) / FADE;
  }

  #measure(interleaved: Float32Array, frames: number): void {
    const seconds = frames / SAMPLE_RATE;
    const keep = Math.exp(-seconds / MEMORY_S);
    const rise = Math.exp(seconds / NOISE_RISE_S);
    const count = this.#channels.length;
    for (const [index, channel] of this.#channels.entries()) {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) {
        sum += channel.filter.next(interleaved[frame * count + index] ?? 0) ** 2;
      }
      const energy = sum / frames;
      channel.noise = Math.min(energy, Math.max(channel.noise, NOTHING) * rise);
      channel.speech = channel.speech * keep + (energy - channel.noise) * seconds;
      channel.plain = channel.plain * keep + energy * seconds;
    }
  }

  #choose(): void {
    const scores = this.#channels.map(({ speech, plain }) => speech + this.#plain * plain);
    const best = scores.indexOf(Math.max(...scores));
    const rival = scores[best] ?? 0;
    const current = scores[this.#chosen] ?? 0;
    if (best === this.#chosen || rival < NOTHING || rival < CLEARLY * current) return;
    // A fade under way is cut short: both channels were wrong.
    this.#fading = { from: this.#chosen, done: 0 };
    this.#chosen = best;
  }
}

/** Passes the band of speech: one pole at each end is enough to keep hum and rumble from deciding. */
class BandPass {
  readonly #low = Math.exp((-2 * Math.PI * BAND.low) / SAMPLE_RATE);
  readonly #high = 1 - Math.exp((-2 * Math.PI * BAND.high) / SAMPLE_RATE);
  #before = 0;
  #passed = 0;
  #smooth = 0;

  next(sample: number): number {
    this.#passed = this.#low * (this.#passed + sample - this.#before);
    this.#before = sample;
    this.#smooth += this.#high * (this.#passed - this.#smooth);
    return this.#smooth;
  }
}
