import { expect, test } from 'vitest';
import { checkUpdates } from '../../src/doctor/updates.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { updateFolder } from '../../src/update/folder.ts';
import { lookForRelease } from '../../src/update/look.ts';
import { UpdateMemory } from '../../src/update/memory.ts';
import { releaseAge, staleWarning } from '../../src/update/staleness.ts';
import { checkContext } from '../support/check-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { updateStand } from '../support/update-stand.ts';

const DAY = 24 * 60 * 60_000;

test('a manifest is out of date after 90 days, and none at all is not', () => {
  const now = Date.parse('2026-07-01T00:00:00.000Z');
  const at = (days: number) => new Date(now - days * DAY).toISOString();
  const age = (stable?: string) =>
    releaseAge({ dates: stable === undefined ? {} : { stable } }, 'stable', now);
  expect(staleWarning(age(), now)).toBeNull();
  expect(staleWarning(age(at(90)), now)).toBeNull();
  expect(staleWarning(age(at(91)), now)).toMatchObject({
    code: 'update-stale',
    message: 'The newest manifest of the release host is 91 days old (2026-04-01).',
  });
  expect(releaseAge({ dates: { beta: at(91) } }, 'stable', now)).toEqual({ date: null, stale: false });
});

test('a host that serves the same manifest for ever is found out, until the makers sign it anew', async () => {
  const stand = await updateStand();
  await stand.publish('1.1.0');
  const first = await lookForRelease(stand.options());
  const later = Date.parse(first.date) + 91 * DAY;
  await lookForRelease(stand.options({ now: () => later }));
  expect(staleWarning(releaseAge(stand.memory.read(), 'stable', later), later)?.code).toBe('update-stale');
  await stand.publish('1.1.0');
  const again = await lookForRelease(stand.options());
  expect(Date.parse(again.date)).toBeGreaterThan(Date.parse(first.date));
  expect(stand.memory.read().dates.stable).toBe(again.date);
});

test('an older manifest of the same release is refused, and one from the future', async () => {
  const stand = await updateStand();
  await stand.publish('1.1.0');
  const { date } = await lookForRelease(stand.options());
  const seen = new Date(Date.parse(date) + 1).toISOString();
  stand.memory.change({ dates: { stable: seen } });
  await expect(lookForRelease(stand.options())).rejects.toMatchObject({
    code: 'update-refused',
    message: expect.stringContaining(`one of ${seen} was seen before`),
  });
  stand.memory.change({ dates: {} });
  const early = Date.parse(date) - 3 * DAY;
  await expect(lookForRelease(stand.options({ now: () => early }))).rejects.toMatchObject({
    code: 'update-refused',
    message: expect.stringContaining('still to come'),
  });
  expect(stand.memory.read().dates).toEqual({});
});

test('doctor says so', async () => {
  const context = { ...checkContext(), paths: pathsOf({ HOME: temporaryFolder() }) };
  const memory = new UpdateMemory(updateFolder(context.paths.state), context.logger);
  expect(await checkUpdates(context)).toEqual({ state: 'ok', detail: 'no check for updates yet' });
  memory.change({ dates: { stable: new Date().toISOString() } });
  expect((await checkUpdates(context)).state).toBe('ok');
  memory.change({ dates: { stable: new Date(Date.now() - 100 * DAY).toISOString() } });
  expect(await checkUpdates(context)).toMatchObject({ state: 'warning', code: 'update-stale' });
});
