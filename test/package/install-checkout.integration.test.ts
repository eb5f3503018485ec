import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run, startProcess, temporaryFolder } from '../support/process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The files of this checkout with its packages, which are links to the same files where that can be. */
async function copyCheckout(to: string): Promise<void> {
  await mkdir(to);
  await run(
    'sh',
    [
      '-c',
      `git ls-files -coz --exclude-standard | xargs -0 cp --parents -t "$1" && { cp -al node_modules "$1" 2>/dev/null || cp -a node_modules "$1"; }`,
      'sh',
      to,
    ],
    {
      cwd: ROOT,
    },
  );
  // As after `npm ci`. Were it written otherwise there, the packages would be installed again: slower, not wrong.
  const stamp = 'rm -f "$0" && printf %s "$(cat package-lock.json package.json | cksum) " >"$0"';
  await run('sh', ['-c', stamp, 'node_modules/.codex-voice-installed'], { cwd: to });
}

test('a checkout is built into one file, which works when the checkout is gone', async () => {
  await using folder = await temporaryFolder('codex-voice-checkout-');
  const checkout = join(folder.path, 'a checkout');
  const home = join(folder.path, 'a home');
  const tools = join(folder.path, 'tools');
  await Promise.all([copyCheckout(checkout), mkdir(home), mkdir(tools)]);
  await symlink(join(ROOT, 'node_modules/.bin/codex'), join(tools, 'codex'));
  const env = { HOME: home, PATH: `${tools}:/usr/bin:/bin`, XDG_RUNTIME_DIR: '' };
  const installer = await startProcess('sh', [join(checkout, 'scripts/install.sh'), '--no-demo'], { env });
  const status = await installer.exited;
  expect(status, installer.stdout() + installer.stderr()).toBe(0);
  const program = join(home, '.local/bin/codex-voice');
  expect(installer.stdout()).toContain(`, ${program}\n`);
  expect((await stat(program)).isFile()).toBe(true);
  expect(await readdir(join(home, '.local'), { recursive: true })).toEqual(['bin', 'bin/codex-voice']);

  await run('rm', ['-rf', checkout]);
  const said = await run(program, ['version'], { env: { HOME: home, PATH: '' } });
  expect(installer.stdout()).toContain(`Installed: codex-voice ${said.trim()}`);
});
