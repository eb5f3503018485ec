/** One of several ways to do the same thing. */
export interface Driver {
  readonly name: string;
  /** Why it cannot be used here; null: it can. */
  unavailable(): Promise<string | null>;
}

/** A driver that is not used, and why. */
export interface PassedOver {
  readonly name: string;
  readonly reason: string;
}

/** What a list of drivers comes to. */
export interface Choice<D extends Driver> {
  /** null: not one can be used here. */
  readonly driver: D | null;
  /** Those before it, in their order. */
  readonly passedOver: readonly PassedOver[];
}

/** Chooses the first driver of a list that can be used here. */
export async function firstAvailable<D extends Driver>(drivers: readonly D[]): Promise<Choice<D>> {
  const passedOver: PassedOver[] = [];
  for (const driver of drivers) {
    const reason = await driver.unavailable();
    if (reason === null) return { driver, passedOver };
    passedOver.push({ name: driver.name, reason });
  }
  return { driver: null, passedOver };
}
