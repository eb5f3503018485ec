import { expect, it } from 'vitest';
import { checkPriority } from '../../src/doctor/priority.ts';
import type { PriorityDriver } from '../../src/processes/priority.ts';
import { checkContext } from '../support/check-context.ts';

function driver(name: PriorityDriver['name'], reason: string | null): PriorityDriver {
  const refuse = async (): Promise<never> => Promise.reject(new Error('a check raises nothing'));
  return { name, inherited: false, unavailable: async () => reason, raise: refuse, close: () => undefined };
}

it('says what the daemon would get where none runs', async () => {
  const drivers = [driver('setpriority', 'no rights'), driver('rtkit', null)];
  expect(await checkPriority(checkContext(), drivers)).toEqual({
    state: 'ok',
    detail: 'the daemon gets high priority through rtkit',
  });
});

it('warns where nothing would grant it', async () => {
  const drivers = [driver('setpriority', 'no rights'), driver('rtkit', 'it is not installed')];
  expect(await checkPriority(checkContext(), drivers)).toMatchObject({
    state: 'warning',
    code: 'priority-refused',
    detail: expect.stringContaining('rtkit: it is not installed'),
    hint: expect.stringContaining('`rtkit`'),
  });
});
