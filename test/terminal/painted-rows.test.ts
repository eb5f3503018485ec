import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/terminal/frame.ts';
import { NO_HIDDEN_MODES } from '../../src/terminal/hidden-modes.ts';
import { PaintedRows } from '../../src/terminal/painted-rows.ts';

/** Lines between two frames when 2,000 come in a second. */
const LINES_A_FRAME = 33;
/** What may be kept more after four times as many lines, bytes: far less than one row of cells each. */
const NOISE = 1_000_000;

describe('rows that were painted before', () => {
  it('are those that a terminal shows now, in a flood too', async () => {
    const { terminal, rows, flood } = setup();
    for (let frames = 0; frames < 100; frames += 1) {
      await flood(1);
      expect(frameOf(terminal, 0, NO_HIDDEN_MODES, rows).rows).toEqual(frameOf(terminal).rows);
      const scrolled = Math.min(500, terminal.buffer.active.baseY);
      expect(frameOf(terminal, scrolled, NO_HIDDEN_MODES, rows).rows).toEqual(
        frameOf(terminal, scrolled).rows,
      );
    }
  });

  it('are forgotten with the lines that leave the scroll-back', async () => {
    const { flood } = setup();
    await flood(200);
    const before = used();
    await flood(800);
    expect(used() - before).toBeLessThan(NOISE);
  });
});

function setup() {
  const terminal = new headless.Terminal({ cols: 120, rows: 40, scrollback: 1_000, allowProposedApi: true });
  const rows = new PaintedRows();
  let count = 0;
  const flood = async (frames: number): Promise<void> => {
    for (let frame = 0; frame < frames; frame += 1) {
      const lines = Array.from({ length: LINES_A_FRAME }, () => {
        count += 1;
        return `\x1b[3${count % 8}mcolour \x1b[38;2;${count % 256};100;200m${`line ${count} `.repeat(5)}\x1b[0m\r\n`;
      });
      await new Promise<void>((resolve) => terminal.write(lines.join(''), resolve));
      frameOf(terminal, 0, NO_HIDDEN_MODES, rows);
    }
  };
  return { terminal, rows, flood };
}

/** Bytes that are held, garbage collected before; outside the heap too, where the cells are. */
function used(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
