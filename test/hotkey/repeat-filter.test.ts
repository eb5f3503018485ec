import { expect, it } from 'vitest';
import { RepeatFilter } from '../../src/hotkey/repeat-filter.ts';

it('takes a key that GNOME repeats while it is held for one press', () => {
  const filter = new RepeatFilter();
  const times = [0, 500, ...Array.from({ length: 34 }, (_, index) => 530 + index * 30)];
  expect(times.filter((at) => filter.accepts('toggle', at))).toEqual([0]);
  expect(filter.accepts('toggle', 1_520 + 1_001)).toBe(true);
});

it('counts each press where the desktop reports the release', () => {
  const filter = new RepeatFilter();
  const presses = [0, 100, 200].map((at) => [
    filter.accepts('press', at),
    filter.accepts('release', at + 50),
  ]);
  expect(presses).toEqual([
    [true, true],
    [true, true],
    [true, true],
  ]);
});

it('keeps the keys apart', () => {
  const filter = new RepeatFilter();
  expect(filter.accepts('toggle', 0)).toBe(true);
  expect(filter.accepts('cancel', 10)).toBe(true);
  expect(filter.accepts('press', 20)).toBe(true);
});
