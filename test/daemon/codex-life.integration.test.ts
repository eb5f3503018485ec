import { chmod, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { World } from '../soak/world.ts';
import { CODEX, runCli } from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a daemon makes of the life of its Codex, the real one. */
describe('the Codex of a daemon', () => {
  let world: World;
  afterEach(async () => {
    expect(await world.stop()).toEqual([]);
  });

  const begin = async (projects: string[], codex?: string): Promise<void> => {
    const reply = ({ lastUserText }: { lastUserText: string }) =>
      ({ kind: 'text', chunks: [`You said: ${lastUserText}`] }) as const;
    world = await World.start({ reply, projects, ...(codex === undefined ? {} : { codex }) });
  };
  const state = async (): Promise<string> => (await world.status()).session.state;
  const idle = () => waitFor('Codex', async () => (await state()) === 'idle', { timeout: 120_000 });
  const ask = async (text: string) => (await world.client()).request('ask', { text, wait: true });

  it('goes on with its conversation after a restart; one that fails five times is in status and doctor', async () => {
    const folder = temporaryFolder();
    const [broken, fake] = [join(folder, 'broken'), join(folder, 'codex')];
    await writeFile(
      fake,
      `#!/bin/sh\n[ "$1" = app-server ] && [ -e '${broken}' ] && { echo 'the disk is on fire' >&2; exit 1; }\nexec '${CODEX}' "$@"\n`,
    );
    await chmod(fake, 0o755);
    await begin(['backend'], fake);
    await idle();
    await ask('the words of yesterday');
    const { thread } = (await world.status()).session;
    await world.endDaemon();
    await idle();
    expect((await world.status()).session.thread).toBe(thread);
    await ask('the words of today');
    expect(world.model.requests.at(-1)?.userTexts).toEqual(['the words of yesterday', 'the words of today']);

    await writeFile(broken, '');
    expect(await world.kill('app-server')).toBe(true);
    await waitFor('Codex to be given up', async () => (await state()) === 'down', { timeout: 120_000 });
    const reason = /Codex failed 5 times in a row\. .*the disk is on fire/;
    expect((await world.status()).session.reason).toMatchObject({
      code: 'codex-down',
      message: expect.stringMatching(reason),
      hint: expect.stringMatching(/./),
    });
    const doctor = await runCli(world.env, 'doctor');
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toMatch(
      /^failed +codex +.*failed 5 times in a row\. .*the disk is on fire.*\[codex-down\]$/m,
    );
    await rm(broken);
    await ask('repaired');
    expect(world.model.requests.at(-1)?.userTexts.at(-1)).toBe('repaired');
    expect((await world.status()).session).toMatchObject({ state: 'idle', thread });
  });

  it('asks whether a folder that nobody named is trusted; what is said meanwhile waits for that', async () => {
    await begin([]);
    await waitFor('the question', async () => (await world.status()).pending.length > 0, {
      timeout: 120_000,
    });
    const said = ask('look around');
    await waitFor('the prompt to wait', async () => (await world.status()).queue.length > 0);
    const [request] = (await world.status()).pending;
    expect(request).toMatchObject({
      title: 'Trust this folder?',
      folder: await realpath(world.home.project),
    });
    expect(world.model.requests).toHaveLength(0);
    expect(await runCli(world.env, 'approve')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Trust this folder?'),
    });
    await said;
    expect(world.model.requests.map(({ lastUserText }) => lastUserText)).toEqual(['look around']);
    expect((await world.status()).pending).toEqual([]);
  });

  it('stops at once while Codex is only starting', async () => {
    const fake = join(temporaryFolder(), 'codex');
    await writeFile(fake, `#!/bin/sh\n[ "$1" = app-server ] && exec sleep 1000\nexec '${CODEX}' "$@"\n`);
    await chmod(fake, 0o755);
    await begin(['backend'], fake);
    await waitFor('Codex to be started', async () => (await state()) === 'starting');
    // The verb waits for less time than Codex has to start.
    expect(await runCli(world.env, 'stop')).toMatchObject({ status: 0, stdout: 'stopped\n' });
    expect(world.log).not.toContain('a part did not start');
  });
});
