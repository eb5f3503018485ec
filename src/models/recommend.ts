import { type CatalogueModel, catalogue } from './catalogue.ts';

/** What a model costs on this machine. */
export interface MeasuredModel {
  name: string;
  /** From starting its process until it takes speech, ms. */
  loadMs: number;
  /** Median time for the text of the piece of speech, ms. */
  decodeMs: number;
  /** Memory of its process, MB; null where the system does not tell. */
  rssMb: number | null;
  /** What it understood. */
  text: string;
}

/** About what a model would take here, from one that was measured: decoding grows with the parameters. */
export function estimate(model: CatalogueModel, measured: readonly MeasuredModel[]): number | null {
  for (const { name, decodeMs } of measured) {
    const known = catalogue.find((each) => each.name === name);
    if (known) return (decodeMs * model.parameters) / known.parameters;
  }
  return null;
}

/** After so much silence a decode begins at the earliest; ms. */
const BEGINS_MS = 200;

/** How long a decode may take so that nobody waits for it. @param endpointMs silence that ends an utterance, ms */
export function hiddenMs(endpointMs: number): number {
  return Math.max(0, endpointMs - BEGINS_MS);
}

/**
 * The largest of the measured models whose decode is over before the silence is that ends an utterance: nobody waits
 * for it.
 * @param hidden see hiddenMs()
 * @returns the quickest when none is quick enough; null when none was measured
 */
export function recommend(measured: readonly MeasuredModel[], hidden: number): MeasuredModel | null {
  const size = ({ name }: MeasuredModel): number => {
    const known = catalogue.find((each) => each.name === name);
    return known ? known.parameters * 1e10 + known.bytes : 0;
  };
  const quick = measured.filter(({ decodeMs }) => decodeMs <= hidden).toSorted((a, b) => size(b) - size(a));
  const quickest = measured.toSorted((a, b) => a.decodeMs - b.decodeMs);
  return quick[0] ?? quickest[0] ?? null;
}
