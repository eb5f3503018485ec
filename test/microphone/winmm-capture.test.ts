import { describe, expect, it } from 'vitest';
import { Capture, type CaptureReport } from '../../src/microphone/winmm/capture.ts';
import { FakeWaveInputs } from '../support/fake-wave-inputs.ts';

/** A recording whose clock the test moves. */
class Stand {
  readonly inputs: FakeWaveInputs;
  readonly reports: CaptureReport[] = [];
  readonly capture: Capture;
  denied = false;
  at = 1_000;

  constructor(inputs: FakeWaveInputs, device = 'default', denied = false) {
    this.inputs = inputs;
    this.denied = denied;
    this.capture = new Capture({
      inputs,
      device,
      isDenied: () => this.denied,
      report: (report) => this.reports.push(report),
      now: () => this.at,
    });
  }

  /** Time passes. @param byte what the newest device hears; null: nothing comes */
  pass(milliseconds: number, byte: number | null): void {
    for (const end = this.at + milliseconds; this.at < end; this.at += 20) {
      if (byte !== null) this.inputs.last.hear(byte);
      this.capture.tick();
    }
  }

  /** The bytes that were heard, each once in a row. */
  heard(): number[] {
    const bytes = this.reports.flatMap((report) => (report.type === 'sound' ? [report.bytes[0] ?? -1] : []));
    return bytes.filter((byte, index) => byte !== bytes[index - 1]);
  }

  sources(): (string | null)[] {
    return this.reports.flatMap((report) => (report.type === 'source' ? [report.description] : []));
  }
}

describe('the device', () => {
  it('is the default one, by its name', () => {
    const inputs = new FakeWaveInputs('Headset', 'Array');
    inputs.preferredDevice = 1;
    const stand = new Stand(inputs);
    expect(stand.inputs.last.device).toBeNull();
    expect(stand.sources()).toEqual(['Array']);
  });

  it.each([
    ['Array', 1],
    ['1', 1],
    ['Microphone (Realtek High Definition Audio)', 2],
    ['Microphone (Realtek High Defini', 2],
  ])('is found by %s', (device, number) => {
    const inputs = new FakeWaveInputs('Headset', 'Array', 'Microphone (Realtek High Defini');
    expect(new Stand(inputs, device).inputs.last.device).toBe(number);
  });

  it('is refused with all names when it is unknown', () => {
    const stand = new Stand(new FakeWaveInputs('Headset', 'Array'), 'USB');
    const refused = { why: 'unknown-device', denied: false, device: 'USB', names: ['Headset', 'Array'] };
    expect(stand.reports).toEqual([{ type: 'refused', refused }]);
    stand.capture.tick();
    expect(stand.inputs.opened).toEqual([]);
  });

  it('is refused with what Windows says, and with the privacy settings', () => {
    const inputs = new FakeWaveInputs('Headset');
    inputs.refused = 1;
    const stand = new Stand(inputs, 'default', true);
    expect(stand.reports).toMatchObject([{ type: 'refused', refused: { why: 1, denied: true } }]);
  });
});

describe('a recording', () => {
  it('hands on all sound in its order, and frees the device', () => {
    const stand = new Stand(new FakeWaveInputs('Headset'));
    stand.inputs.last.hear(1);
    stand.inputs.last.hear(2);
    stand.capture.tick();
    expect(stand.heard()).toEqual([1, 2]);
    stand.capture.end();
    stand.capture.end();
    expect(stand.inputs.last.closed).toBe(1);
    stand.inputs.last.hear(3);
    stand.capture.tick();
    expect(stand.heard()).toEqual([1, 2]);
  });

  it('waits for a device that opens slowly', () => {
    const stand = new Stand(new FakeWaveInputs('Headset'));
    stand.pass(3_000, null);
    stand.pass(100, 1);
    expect(stand.inputs.opened).toHaveLength(1);
    expect(stand.heard()).toEqual([1]);
  });

  it('follows the default device without losing what comes meanwhile', () => {
    const stand = new Stand(new FakeWaveInputs('Headset', 'Array'));
    const [first] = stand.inputs.opened;
    stand.pass(600, 1);
    stand.inputs.preferredDevice = 1;
    stand.pass(400, 1);
    stand.capture.tick();
    // The new device is open now, and silent: the old one goes on.
    expect(stand.inputs.opened).toHaveLength(2);
    first?.hear(2);
    stand.capture.tick();
    stand.pass(100, 3);
    expect(stand.heard()).toEqual([1, 2, 3]);
    expect(first?.closed).toBe(1);
    expect(stand.sources()).toEqual(['Headset', 'Array']);
  });

  it.each([
    ['reports it', (stand: Stand) => (stand.inputs.last.gone = 6)],
    ['falls silent', (stand: Stand) => stand.pass(420, null)],
  ])('continues with the next device when its own %s', (_, unplug) => {
    const stand = new Stand(new FakeWaveInputs('Headset', 'Array'), 'Headset');
    stand.pass(200, 1);
    stand.inputs.devices = ['Array'];
    unplug(stand);
    stand.capture.tick();
    expect(stand.inputs.opened).toHaveLength(2);
    expect(stand.inputs.opened[0]?.closed).toBe(1);
    stand.pass(100, 2);
    expect(stand.heard()).toEqual([1, 2]);
    expect(stand.sources()).toEqual(['Headset', 'Array']);
  });

  it('tries again until there is another device', () => {
    const stand = new Stand(new FakeWaveInputs('Headset'));
    stand.pass(200, 1);
    stand.inputs.last.gone = 6;
    stand.inputs.devices = [];
    stand.pass(600, null);
    expect(stand.inputs.opened).toHaveLength(1);
    stand.inputs.devices = ['Array'];
    stand.pass(220, null);
    expect(stand.inputs.opened).toHaveLength(2);
    stand.pass(100, 2);
    expect(stand.heard()).toEqual([1, 2]);
  });

  it('reads the privacy settings when only zeros come, once', () => {
    const stand = new Stand(new FakeWaveInputs('Headset'));
    stand.denied = true;
    stand.pass(900, 0);
    expect(stand.reports.some(({ type }) => type === 'denied')).toBe(false);
    stand.pass(2_000, 0);
    expect(stand.reports.filter(({ type }) => type === 'denied')).toHaveLength(1);
  });

  it('does not take silence after a sound for the privacy settings', () => {
    const stand = new Stand(new FakeWaveInputs('Headset'));
    stand.denied = true;
    stand.pass(100, 1);
    stand.pass(3_000, 0);
    expect(stand.reports.some(({ type }) => type === 'denied')).toBe(false);
  });
});
