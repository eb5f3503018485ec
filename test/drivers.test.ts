import { expect, it } from 'vitest';
import { allowed, type Driver, openFirst, reasonsOf } from '../src/drivers.ts';

const driver = (name: string, reason: string | null = null): Driver => ({
  name,
  unavailable: async () => reason,
});

it('opens the first driver that works, and keeps why each before it was passed over', async () => {
  const broken: Driver = {
    name: 'broken',
    unavailable: async () => {
      throw new Error('cannot tell');
    },
  };
  const drivers = [driver('a', 'not here'), broken, driver('b'), driver('c'), driver('d')];
  const tried: string[] = [];
  const { opened, passedOver } = await openFirst(drivers, ({ name }) => {
    tried.push(name);
    if (name === 'b') throw new Error('no sound');
    return name.toUpperCase();
  });
  expect(opened).toBe('C');
  expect(tried).toEqual(['b', 'c']);
  expect(reasonsOf(passedOver)).toBe('a: not here; broken: cannot tell; b: no sound');
});

it('opens none where none works', async () => {
  const drivers = [driver('a', 'not here')];
  expect(await openFirst(drivers, ({ name }) => name)).toEqual({
    opened: null,
    passedOver: [{ name: 'a', reason: 'not here' }],
  });
  expect(await openFirst([], () => 1)).toEqual({ opened: null, passedOver: [] });
});

it('allows the driver that a setting names, or all', () => {
  const drivers = [driver('a'), driver('b')];
  const names = (setting: string) => allowed(drivers, setting).map(({ name }) => name);
  expect([names('auto'), names('b'), names('none')]).toEqual([['a', 'b'], ['b'], []]);
});
