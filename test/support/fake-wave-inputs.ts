import type { WaveInputs, WaveStream } from '../../src/win32/winmm.ts';

/** A device that was opened: the test puts its sound in. */
export class FakeWaveStream implements WaveStream {
  readonly device: number | null;
  readonly sound: Uint8Array[] = [];
  /** MMRESULT of a device that is gone. */
  gone: number | null = null;
  closed = 0;

  constructor(device: number | null) {
    this.device = device;
  }

  read(): Uint8Array[] | number {
    return this.gone ?? this.sound.splice(0);
  }

  close(): void {
    this.closed += 1;
  }

  /** 20 ms of one byte. */
  hear(byte: number): void {
    this.sound.push(new Uint8Array(640).fill(byte));
  }
}

/** The recording devices of Windows, without any. */
export class FakeWaveInputs implements WaveInputs {
  devices: string[];
  preferredDevice: number | null = 0;
  /** MMRESULT of `open`; null: it opens. */
  refused: number | null = null;
  readonly opened: FakeWaveStream[] = [];

  constructor(...devices: string[]) {
    this.devices = devices;
  }

  names(): string[] {
    return [...this.devices];
  }

  preferred(): number | null {
    return this.devices.length === 0 ? null : this.preferredDevice;
  }

  open(device: number | null): WaveStream | number {
    if (this.refused !== null) return this.refused;
    const stream = new FakeWaveStream(device);
    this.opened.push(stream);
    return stream;
  }

  /** The device that was opened last. */
  get last(): FakeWaveStream {
    const stream = this.opened.at(-1);
    if (stream === undefined) throw new Error('no device was opened');
    return stream;
  }
}
