import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { raiseSession, schedulingGroup } from '../../src/processes/scheduling-group.ts';
import { temporaryFolder } from '../support/process.ts';

interface Machine {
  cgroup: string;
  weights?: Record<string, string>;
  autogroup?: string;
  enabled?: string;
}

async function machine({ cgroup, weights = {}, autogroup, enabled = '1' }: Machine) {
  const folder = await temporaryFolder();
  const places = { proc: join(folder.path, 'proc'), cgroup: join(folder.path, 'cgroup') };
  await mkdir(join(places.proc, '7'), { recursive: true });
  await mkdir(join(places.proc, 'sys/kernel'), { recursive: true });
  await writeFile(join(places.proc, '7/cgroup'), cgroup);
  await writeFile(join(places.proc, 'sys/kernel/sched_autogroup_enabled'), `${enabled}\n`);
  if (autogroup) await writeFile(join(places.proc, '7/autogroup'), autogroup);
  for (const [path, weight] of Object.entries(weights)) {
    await mkdir(join(places.cgroup, path), { recursive: true });
    await writeFile(join(places.cgroup, path, 'cpu.weight'), `${weight}\n`);
  }
  return { places, [Symbol.asyncDispose]: folder.remove };
}

describe('what is compared before nice values', () => {
  it('is the innermost control group with a weight', async () => {
    const slice = 'user.slice/app.slice';
    const weights = { [slice]: '100', [`${slice}/codex-voice.service`]: '200' };
    const autogroup = '/autogroup-3 nice 0\n';
    await using own = await machine({ cgroup: `0::/${slice}/codex-voice.service\n`, weights, autogroup });
    expect(schedulingGroup(7, own.places)).toEqual({ kind: 'cgroup', weight: 200 });
    await using without = await machine({ cgroup: `1:cpu:/\n0::/${slice}/x.scope\n`, weights, autogroup });
    expect(schedulingGroup(7, without.places)).toEqual({ kind: 'cgroup', weight: 100 });
  });

  it('is the session where no group has a weight, and nothing where the kernel does not group', async () => {
    const autogroup = '/autogroup-12 nice -3\n';
    await using session = await machine({ cgroup: '0::/\n', autogroup });
    expect(schedulingGroup(7, session.places)).toEqual({ kind: 'session', nice: -3 });
    await using off = await machine({ cgroup: '0::/\n', autogroup, enabled: '0' });
    expect(schedulingGroup(7, off.places)).toEqual({ kind: 'none' });
    await using old = await machine({ cgroup: '' });
    expect(schedulingGroup(7, old.places)).toEqual({ kind: 'none' });
  });

  it('is raised where it is the session, and never lowered', async () => {
    await using session = await machine({ cgroup: '0::/\n', autogroup: '/autogroup-12 nice 0\n' });
    const file = join(session.places.proc, '7/autogroup');
    raiseSession(7, -11, session.places);
    expect(await readFile(file, 'utf8')).toBe('-11');
    await writeFile(file, '/autogroup-12 nice -11\n');
    raiseSession(7, -7, session.places);
    expect(await readFile(file, 'utf8')).toBe('/autogroup-12 nice -11\n');
  });
});
