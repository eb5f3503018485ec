import type { Shape } from './shapes.ts';

export interface Layer {
  shape: Shape;
  /** `#rrggbb` */
  colour: string;
}

/** A square picture: bytes R, G, B, A, row by row; alpha is not multiplied in. */
export interface Picture {
  side: number;
  rgba: Uint8Array;
}

/** Samples a pixel and direction: smooth edges. */
const SAMPLES = 8;

/** Draws layers, the lowest first. @param side px */
export function draw(layers: readonly Layer[], side: number): Picture {
  const rgba = new Uint8Array(side * side * 4);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      rgba.set(pixel(layers, column, row, side), (row * side + column) * 4);
    }
  }
  return { side, rgba };
}

function pixel(layers: readonly Layer[], column: number, row: number, side: number): number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / side;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / side;
    const top = layers.findLast(({ shape }) => shape(x, y) <= 0);
    if (!top) continue;
    covered += 1;
    for (const channel of [0, 1, 2]) {
      const start = 1 + 2 * channel;
      sum[channel] = (sum[channel] ?? 0) + Number.parseInt(top.colour.slice(start, start + 2), 16);
    }
  }
  if (covered === 0) return [0, 0, 0, 0];
  return [
    ...sum.map((value) => Math.round(value / covered)),
    Math.round((255 * covered) / (SAMPLES * SAMPLES)),
  ];
}
