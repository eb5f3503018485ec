import type { IBufferLine } from '@xterm/headless';
import { innerCellsOf } from './internals.ts';

interface Painted {
  columns: number;
  cells: Uint32Array;
  row: string;
}

/**
 * Caches the painting of a terminal's rows, or another result made from their cells: comparing cells is a hundred times
 * cheaper than painting them.
 */
export class PaintedRows {
  readonly #painted = new WeakMap<object, Painted>();

  /** Returns the earlier result for the same cells, or the result of `paint`. */
  row(line: IBufferLine, columns: number, paint: () => string): string {
    const inner = innerCellsOf(line);
    if (inner === null) return paint();
    const before = this.#painted.get(inner.key);
    if (before?.cells.length !== inner.cells.length) {
      const row = paint();
      this.#painted.set(inner.key, { columns, cells: inner.cells.slice(), row });
      return row;
    }
    if (before.columns === columns && same(before.cells, inner.cells)) return before.row;
    // In place: a new array for each row of a flood is memory that is collected late.
    before.cells.set(inner.cells);
    before.columns = columns;
    before.row = paint();
    return before.row;
  }
}

function same(a: Uint32Array, b: Uint32Array): boolean {
  return (
    a.length === b.length &&
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    )
  );
}
