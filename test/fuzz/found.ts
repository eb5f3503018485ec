/** Inputs with which `npm run fuzz` has found a fault in a reader; it is mended, and stays so. */
export const FOUND: readonly { target: string; input: unknown }[] = [];
