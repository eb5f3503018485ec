import { type CatalogueModel, catalogue } from './catalogue.ts';

/** Cost of a model on this machine. */
export interface MeasuredModel {
  name: string;
  /** From starting its process until it takes speech, ms. */
  loadMs: number;
  /** Median time for the text of the piece of speech, ms. */
  decodeMs: number;
  /** Memory of its process, MB; null if the system does not report it. */
  rssMb: number | null;
  /** The transcript. */
  text: string;
}

/**
 * How many times as long transcribe-cpp takes as the embedded engine for a model of the same size, with 5 s of speech:
 * its encoder always works through 30 s. Measured 4.2 to 6.8 (docs/models.md).
 */
const GGML_FACTOR = 5;

/**
 * Estimates the decode time of a model on this machine in ms, from one that was measured: it grows with the parameters.
 * One that runs on the same engine says most. Null when no model of the catalogue was measured.
 */
export function estimate(model: CatalogueModel, measured: readonly MeasuredModel[]): number | null {
  const known = measured.flatMap(({ name, decodeMs }) => {
    const found = catalogue.find((each) => each.name === name);
    return found ? [{ ...found, decodeMs }] : [];
  });
  const nearest = known.find(({ kind }) => kind === model.kind) ?? known[0];
  if (nearest === undefined) return null;
  const factor = nearest.kind === model.kind ? 1 : model.kind === 'ggml' ? GGML_FACTOR : 1 / GGML_FACTOR;
  return (nearest.decodeMs * factor * model.parameters) / nearest.parameters;
}

/** Silence before the earliest decode, ms. */
const BEGINS_MS = 200;

/**
 * Returns how long a decode may take without a noticeable wait. @param endpointMs silence that ends an utterance, ms
 */
export function hiddenMs(endpointMs: number): number {
  return Math.max(0, endpointMs - BEGINS_MS);
}

/**
 * The largest of the measured models whose decode is over before the silence is that ends an utterance: it causes no wait
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
