import { messageOf } from './errors.ts';

/** One of several ways to do something. Which of them works depends on the system. */
export interface Driver<Name extends string = string> {
  readonly name: Name;
  /** Returns why it cannot be used here; null when it can. Leaves nothing changed. */
  unavailable(): Promise<string | null>;
}

/** A driver that is not used, and why. */
export interface PassedOver<Name extends string = string> {
  name: Name;
  reason: string;
}

/** Returns the drivers that a setting allows, in their order: the one that it names, or all of them for "auto". */
export function allowed<D extends Driver>(drivers: readonly D[], setting: string): readonly D[] {
  return drivers.filter(({ name }) => setting === 'auto' || setting === name);
}

/**
 * Opens the first driver that works here.
 * @param open may throw, then the next driver is tried
 * @returns what was opened, or null; and why each driver before it was passed over
 */
export async function openFirst<D extends Driver, T>(
  drivers: readonly D[],
  open: (driver: D) => T | Promise<T>,
): Promise<{ opened: T | null; passedOver: PassedOver<D['name']>[] }> {
  const passedOver: PassedOver<D['name']>[] = [];
  for (const driver of drivers) {
    try {
      const reason = await driver.unavailable();
      if (reason === null) return { opened: await open(driver), passedOver };
      passedOver.push({ name: driver.name, reason });
    } catch (error) {
      passedOver.push({ name: driver.name, reason: messageOf(error) });
    }
  }
  return { opened: null, passedOver };
}

/** Lists why drivers were passed over. */
export function reasonsOf(passedOver: readonly PassedOver[]): string {
  return passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}
