import { describe, expect, it } from 'vitest';
import { bar, duration, percentileRows, sparkline, timingBars } from '../../src/ui/painting/bars.ts';
import { textOf } from '../../src/ui/painting/cells.ts';

describe('bars', () => {
  it('are as long as their part, to half a cell, and never nothing for something', () => {
    expect(bar(1, 4)).toBe('━━━━');
    expect(bar(0.5, 4)).toBe('━━');
    expect(bar(0.4, 4)).toBe('━╸');
    expect(bar(0.0001, 4)).toBe('╸');
    expect(bar(0, 4)).toBe('');
    expect(bar(7, 4)).toBe('━━━━');
  });

  it('show the stages in their order, those that happened', () => {
    const timings = { loop: 1500, microphone: 12, transcription: 300, answer: 3000 };
    expect(timingBars(timings, 50).map(textOf).join('\n')).toMatchInlineSnapshot(`
      "microphone        12 ms  ╸
      transcription    300 ms  ━━╸
      answer           3.00 s  ━━━━━━━━━━━━━━━━━━━━━━━━
      loop             1.50 s  ━━━━━━━━━━━━"
    `);
  });

  it('show percentiles as a table, with bars where there is room', () => {
    const spread = { count: 9, min: 1, median: 80, p95: 160, p99: 170, max: 1_700 };
    const stages = { delivery: spread, loop: { ...spread, median: 160 } };
    expect(percentileRows(stages, 80).map(textOf).join('\n')).toMatchInlineSnapshot(`
      "                  median      p95      max  count
      delivery           80 ms   160 ms   1.70 s      9   ━━━━━━━━━━━━━━──────────────
      loop              160 ms   160 ms   1.70 s      9   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━"
    `);
    expect(percentileRows(stages, 46).map(textOf).join('\n')).toMatchInlineSnapshot(`
      "                  median      p95      max
      delivery           80 ms   160 ms   1.70 s
      loop              160 ms   160 ms   1.70 s"
    `);
  });

  it('tell times as people do', () => {
    expect([3.6, 999, 1_840, 125_000].map(duration)).toEqual(['4 ms', '999 ms', '1.84 s', '2 m 05 s']);
  });

  it('make a line of the newest levels, in which speech stands out', () => {
    const levels = [-80, -60, -40, -25, -10, 0].map((dbfs) => ({ dbfs, speaking: dbfs > -30 }));
    expect(sparkline(levels, 10)).toEqual([
      { text: '▁▁▄', look: 'dim' },
      { text: '▆██', look: 'good' },
    ]);
    expect(textOf(sparkline(levels, 2))).toBe('██');
  });
});
