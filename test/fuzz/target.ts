import type fc from 'fast-check';

/** A reader that must stand whatever comes in. */
export interface Target {
  name: string;
  /** Its part of all cases; the quick ones have more. */
  weight: number;
  /** Makes inputs, the same ones for the same seed. */
  inputs: fc.Arbitrary<unknown>;
  /** Reads one input. @throws when a rule is broken; what the reader throws by design is caught here */
  run(input: unknown): void | Promise<void>;
}

/** A target whose inputs have a type. */
export function target<T>(
  name: string,
  weight: number,
  inputs: fc.Arbitrary<T>,
  run: (input: T) => void | Promise<void>,
): Target {
  // Only its own inputs come back to it.
  return { name, weight, inputs, run: (input) => run(input as T) };
}

/** Lets errors of the kinds that a reader throws by design pass. @returns null when it threw */
export function attempt<T>(
  read: () => T,
  ...designed: (abstract new (
    ...args: never[]
  ) => Error)[]
): T | null {
  try {
    return read();
  } catch (error) {
    if (designed.some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

export function check(rule: boolean, what: string): void {
  if (!rule) throw new Error(`broken rule: ${what}`);
}
