import type { WaveInputs, WaveStream } from '../../win32/winmm.ts';
import type { Refused } from './trouble.ts';

/** What a recording reports. */
export type CaptureReport =
  | { type: 'sound'; bytes: Uint8Array }
  /** The device that is recorded; null: there is none. */
  | { type: 'source'; description: string | null; denied: boolean }
  /** The recording could not begin. */
  | { type: 'refused'; refused: Refused }
  /** Only zeros come, because the privacy settings keep the sound from this program. */
  | { type: 'denied' };

interface CaptureOptions {
  inputs: WaveInputs;
  /** `default`, or a device by its name or number. */
  device: string;
  /** True while the privacy settings keep the microphone from desktop apps. */
  isDenied: () => boolean;
  report: (report: CaptureReport) => void;
  /** Clock in ms. */
  now: () => number;
}

/** A device to record: its number, null for the default one, and its name. */
interface Target {
  device: number | null;
  name: string;
}

interface Input {
  target: Target;
  stream: WaveStream;
  /** When it was opened, and when the last sound came; ms. */
  since: number;
  last: number | null;
}

/** Buffers come every 20 ms. A device without one for this long is gone; ms. */
const STALL_MS = 400;
/** How often the devices of Windows are looked at, ms. */
const LOOK_MS = 500;
/** Pause between attempts to open another device after the one in use has gone, ms. */
const RETRY_MS = 200;
/** With nothing but zeros for this long, the privacy settings are read, ms. */
const ZEROS_MS = 1_000;
/** Length of a name at which Windows may have cut it (MAXPNAMELEN is 32 with the zero at the end). */
const CUT = 31;

/**
 * One recording in the thread with the devices: it follows the default device, and continues with the next one when its
 * device is gone. `tick` must be called every few ms.
 */
export class Capture {
  readonly #options: CaptureOptions;
  #current: Input | null = null;
  /** Takes over with its first sound. */
  #next: Input | null = null;
  #lookAt = 0;
  #retryAt = 0;
  /** Since when only zeros come; null: something was heard, or the settings were read. */
  #zerosSince: number | null;
  #ended = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#zerosSince = options.now();
    this.#begin();
  }

  tick(): void {
    const now = this.#options.now();
    if (this.#ended) return;
    this.#take(this.#current, now);
    if (this.#next !== null && this.#takesOver(this.#next, now)) {
      this.#current?.stream.close();
      this.#current = this.#next;
      this.#next = null;
      this.#name(this.#current.target);
    }
    if (isGone(this.#current, now)) this.#lose();
    if (isGone(this.#next, now)) this.#next = drop(this.#next);
    if (now >= this.#lookAt) this.#follow(now);
    if (this.#current === null && this.#next === null && now >= this.#retryAt) this.#replace(now);
  }

  /** Frees the device; may be called twice. */
  end(): void {
    this.#ended = true;
    this.#current = drop(this.#current);
    this.#next = drop(this.#next);
  }

  #begin(): void {
    const { inputs, device, isDenied, report, now } = this.#options;
    const names = inputs.names();
    const target = targetOf(device, names, inputs.preferred());
    const stream = target === null ? ('unknown-device' as const) : this.#open(target);
    const denied = isDenied();
    if (target === null || typeof stream !== 'object') {
      this.#ended = true;
      const why = typeof stream === 'object' ? 'unknown-device' : stream;
      report({ type: 'refused', refused: { why, denied, device, names } });
      return;
    }
    this.#current = { target, stream, since: now(), last: null };
    this.#lookAt = now() + LOOK_MS;
    report({ type: 'source', description: target.name, denied });
  }

  #open({ device }: Target): WaveStream | number {
    return this.#options.inputs.open(device);
  }

  /** Hands on what has arrived. */
  #take(input: Input | null, now: number): void {
    if (input === null) return;
    const sound = input.stream.read();
    if (typeof sound === 'number') {
      if (input === this.#current) this.#lose();
      return;
    }
    for (const bytes of sound) {
      input.last = now;
      this.#watchZeros(bytes, now);
      this.#options.report({ type: 'sound', bytes });
    }
  }

  #takesOver(next: Input, now: number): boolean {
    const sound = next.stream.read();
    if (typeof sound === 'number') {
      this.#next = drop(next);
      return false;
    }
    if (sound.length === 0) return false;
    next.last = now;
    for (const bytes of sound) this.#options.report({ type: 'sound', bytes });
    return true;
  }

  /** Opens the device that should be recorded now, if it has changed. */
  #follow(now: number): void {
    this.#lookAt = now + LOOK_MS;
    const newest = this.#next ?? this.#current;
    if (newest === null) return;
    const target = this.#wanted();
    if (target !== null && target.name !== newest.target.name) this.#try(target, now);
  }

  #lose(): void {
    this.#current = drop(this.#current);
    this.#retryAt = 0;
  }

  #replace(now: number): void {
    this.#retryAt = now + RETRY_MS;
    const target = this.#wanted();
    if (target !== null) this.#try(target, now);
  }

  #try(target: Target, now: number): void {
    const stream = this.#open(target);
    if (typeof stream === 'number') return;
    drop(this.#next);
    this.#next = { target, stream, since: now, last: null };
  }

  /** A running recording continues without the device of the settings. */
  #wanted(): Target | null {
    const { inputs, device } = this.#options;
    const names = inputs.names();
    const preferred = inputs.preferred();
    return names.length === 0
      ? null
      : (targetOf(device, names, preferred) ?? targetOf('default', names, preferred));
  }

  #name({ name }: Target): void {
    this.#options.report({ type: 'source', description: name, denied: false });
  }

  #watchZeros(bytes: Uint8Array, now: number): void {
    if (this.#zerosSince === null) return;
    if (bytes.some((byte) => byte !== 0)) this.#zerosSince = null;
    else if (now - this.#zerosSince >= ZEROS_MS) {
      this.#zerosSince = null;
      if (this.#options.isDenied()) this.#options.report({ type: 'denied' });
    }
  }
}

/** Finds a device by its name or number; null: there is none. */
function targetOf(device: string, names: readonly string[], preferred: number | null): Target | null {
  if (device === 'default') return { device: null, name: names[preferred ?? 0] ?? '' };
  const same = names.indexOf(device);
  const cut = names.findIndex((name) => name.length >= CUT && device.startsWith(name));
  const number = /^\d+$/.test(device) ? Number(device) : -1;
  const found = [same, cut, number].find((index) => index >= 0 && index < names.length);
  return found === undefined ? null : { device: found, name: names[found] ?? '' };
}

/** Nothing has come from it for too long. A device may need a while for its first sound. */
function isGone(input: Input | null, now: number): boolean {
  return input !== null && input.last !== null && now - input.last >= STALL_MS;
}

function drop(input: Input | null): null {
  input?.stream.close();
  return null;
}
