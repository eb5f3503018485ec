import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PUBLIC_KEY } from '../../src/update/public-key.ts';
import { compareVersions } from '../../src/update/version-order.ts';
import { EVERY_CASE } from '../support/gate.ts';
import {
  fakeProgram,
  INSTALLER,
  type Installation,
  type InstallerOptions,
  install,
  type Machine,
  makeMachine,
  publicKeyOf,
  publish,
} from '../support/installer.ts';
import { run, temporaryFolder } from '../support/process.ts';
import { serveReleases } from '../support/release-server.ts';
import { servedRelease } from '../support/served-release.ts';

const served = servedRelease();
const { signer, program, xz: XZ } = served;

describe.each(EVERY_CASE ? ['dash', 'bash'] : ['dash'])('a release, under %s', (shell) => {
  const release = (machine: Machine, options: InstallerOptions = {}): Promise<Installation> =>
    install(machine, { shell, ...options, env: { CODEX_VOICE_BASE_URL: served.server.url, ...options.env } });

  test('one line installs the program and leaves nothing else behind', async () => {
    await using machine = await makeMachine(signer);
    const { status, words } = await release(machine);
    expect(words).toContain(`Installed: codex-voice 1.2.3, ${machine.program}`);
    expect(words).toContain(`Add ${machine.home}/.local/bin to your PATH.`);
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
    const file = await stat(machine.program);
    expect(file.isFile() && file.mode & 0o777).toBe(0o755);
    expect(await filesIn(machine.home)).toEqual(['.local/bin/codex-voice', 'asked']);
  });

  test('without Codex it names the commands, and leaves the demo out', async () => {
    await using machine = await makeMachine(signer);
    const { words } = await release(machine);
    expect(words).toContain('npm install --global @openai/codex@');
    expect(words).toContain('run this installer again with --codex release');
    expect(words).not.toContain('The demo of');
  });

  test('with Codex it ends with the demo', async () => {
    await using machine = await makeMachine(signer);
    await machine.fake('codex', 'exit 0');
    expect((await release(machine)).words).toContain('The demo of 1.2.3 ran.');
    expect((await release(machine, { args: ['--no-demo'] })).words).not.toContain('The demo of');
  });

  test('wget will do, and node instead of openssl, and the plain file instead of xz', async () => {
    await using machine = await makeMachine(signer, ['wget', 'node']);
    const { status, words } = await release(machine);
    expect(words).toContain('Missing on this system: xz.');
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
  });

  test.each(['curl', 'wget'])('%s goes through a proxy', async (tool) => {
    await using machine = await makeMachine(signer, [tool, 'openssl', 'xz']);
    await using proxy = await serveReleases(served.folder);
    const env = { CODEX_VOICE_BASE_URL: 'http://releases.invalid/', http_proxy: proxy.url };
    const { status, words } = await release(machine, { env });
    expect(words).toContain('Installed: codex-voice 1.2.3');
    expect(status).toBe(0);
    expect(new Set(proxy.requests.map(({ host }) => host))).toEqual(new Set(['releases.invalid']));
  });

  test.each(['curl', 'wget'])('%s goes on where the connection broke', async (tool) => {
    await using machine = await makeMachine(signer, [tool, 'openssl', 'xz']);
    await using server = await serveReleases(served.folder);
    server.fault(XZ, { kind: 'cut', at: 50_000 });
    const env = { CODEX_VOICE_BASE_URL: server.url };
    const broken = await release(machine, { env });
    expect(broken.words).toContain('The part is kept: run this again.');
    expect(broken.status).toBe(1);
    expect(await filesIn(join(machine.home, '.local'))).toEqual([]);
    server.heal();
    const { status, words } = await release(machine, { env });
    expect(words).toContain('Resuming at byte 50000 of');
    expect(server.requests.at(-1)?.range).toBe('bytes=50000-');
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
  });

  test.each(['curl', 'wget'])('%s begins again where a server cannot go on', async (tool) => {
    await using machine = await makeMachine(signer, [tool, 'openssl', 'xz']);
    await using server = await serveReleases(served.folder);
    server.fault(XZ, { kind: 'cut', at: 50_000 }, 1);
    server.fault(XZ, { kind: 'no-range' });
    const { status } = await release(machine, { env: { CODEX_VOICE_BASE_URL: server.url } });
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
  });

  test('an upgrade keeps settings and journal, and restarts the daemon that runs', async () => {
    await using machine = await makeMachine(signer);
    await using next = await temporaryFolder();
    await release(machine);
    const kept = await makeFiles(machine);
    await writeFile(join(machine.home, 'daemon'), '1.2.3');
    await mkdir(join(machine.home, '.local/lib/codex-voice/bin'), { recursive: true });
    await writeFile(
      join(machine.home, '.local/lib/codex-voice/bin/codex-voice.js'),
      'of a version before the file',
    );
    await publish(next.path, signer, { version: '1.3.0', program: fakeProgram('1.3.0') });
    await using server = await serveReleases(next.path);
    const { status, words } = await release(machine, { env: { CODEX_VOICE_BASE_URL: server.url } });
    expect(words).toContain('Installed: codex-voice 1.3.0');
    expect(status).toBe(0);
    expect((await readFile(join(machine.home, 'daemon'), 'utf8')).trim()).toBe('1.3.0');
    expect(await filesIn(machine.home)).toEqual(expect.arrayContaining(kept));
    expect(await filesIn(join(machine.home, '.local/lib'))).toEqual([]);
  });

  test('an older release only takes the place of a newer one when it is named', async () => {
    await using machine = await makeMachine(signer);
    await mkdir(join(machine.home, '.local/bin'), { recursive: true });
    await writeFile(machine.program, fakeProgram('1.10.0'), { mode: 0o755 });
    const refused = await release(machine);
    expect(refused.words).toContain('1.10.0 is installed, and newer than 1.2.3');
    expect(refused.status).toBe(1);
    const { status, words } = await release(machine, { args: ['--version', '1.2.3'] });
    expect(words).toContain('Installed: codex-voice 1.2.3');
    expect(status).toBe(0);
  });

  test('a second run downloads nothing, and restarts a daemon that an interrupted run left behind', async () => {
    await using machine = await makeMachine(signer);
    await using server = await serveReleases(served.folder);
    const env = { CODEX_VOICE_BASE_URL: server.url };
    await release(machine, { env });
    await writeFile(join(machine.home, 'daemon'), '1.0.0');
    const { status, words } = await release(machine, { env });
    expect(words).toContain('codex-voice 1.2.3 is already installed.');
    expect(status).toBe(0);
    expect(server.requests.filter(({ path }) => path.endsWith('.xz'))).toHaveLength(1);
    expect((await readFile(join(machine.home, 'daemon'), 'utf8')).trim()).toBe('1.2.3');
  });

  test('from an archive, without a network', async () => {
    await using machine = await makeMachine(signer, ['openssl', 'xz']);
    const archive = join(machine.folder, 'an archive.tar');
    const folder = join(served.folder, 'v1.2.3');
    await run('tar', ['-cf', archive, '-C', folder, 'manifest.json', 'manifest.json.sig', XZ]);
    const { status, words } = await release(machine, { args: ['--from', archive] });
    expect(words).toContain('Installed: codex-voice 1.2.3');
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
  });

  test('--uninstall keeps settings and journal, and nothing else', async () => {
    await using machine = await makeMachine(signer);
    await release(machine);
    const kept = await makeFiles(machine);
    await writeFile(join(machine.home, 'daemon'), '1.2.3');
    const { status, words } = await release(machine, { args: ['--uninstall'] });
    expect(words).toContain('Removed codex-voice');
    expect(status).toBe(0);
    expect(await readFile(join(machine.home, 'asked'), 'utf8')).toMatch(
      /service uninstall\nkeys remove\nstop\n$/,
    );
    expect(await filesIn(machine.home)).toEqual(['asked', ...kept].sort());
    expect((await release(machine, { args: ['--uninstall'] })).status).toBe(0);
  });

  test('half a script that came through a pipe does nothing', async () => {
    await using machine = await makeMachine(signer);
    const whole = await readFile(machine.script, 'utf8');
    const body = whole.lastIndexOf('main "$@"');
    for (const part of [0.2, 0.5, 0.8, 0.99]) {
      await writeFile(machine.script, whole.slice(0, Math.floor(body * part)));
      await release(machine);
    }
    expect(await filesIn(machine.home)).toEqual([]);
  });

  test('versions are ordered as the program orders them', async () => {
    const script = await readFile(INSTALLER, 'utf8');
    const older = /^older\(\) \{\n.*?^\}\n/ms.exec(script)?.[0] ?? '';
    const versions = [
      '0.9.0',
      '0.10.0',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
    ].concat([
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.0+build',
      '1.0.1',
      '2.0.0-1',
      '2.0.0-x',
    ]);
    const pairs = versions.flatMap((a) => versions.map((b) => [a, b] as const));
    const loop = `${older}while read -r a b; do if older "$a" "$b"; then echo yes; else echo no; fi; done`;
    const input = pairs.map((pair) => pair.join(' ')).join('\n');
    const said = await run(shell, ['-c', `printf '%s\n' "$1" | { ${loop}; }`, 'sh', input]);
    const expected = pairs.map(([a, b]) => (compareVersions(a, b) < 0 ? 'yes' : 'no'));
    expect(said.trim().split('\n')).toEqual(expected);
  });
});

test('the installer trusts the key of the program', async () => {
  expect(publicKeyOf(await readFile(INSTALLER, 'utf8'))).toBe(PUBLIC_KEY.trim());
});

/** All files below a folder, sorted; empty folders do not count. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort();
}

/** Files a person's machine has after some use. @returns those that are the person's own */
async function makeFiles({ home }: Machine): Promise<string[]> {
  const own = ['.config/codex-voice/config.toml', '.local/state/codex-voice/journal.sqlite'];
  own.push('.local/state/codex-voice/journal.sqlite-wal');
  const others = ['.cache/codex-voice/part/lib.so', '.local/share/codex-voice/models/base.bin'];
  others.push('.local/state/codex-voice/codex-voice.log', '.local/state/codex-voice/run/control.sock');
  others.push('.local/share/applications/io.github.codex_voice.CodexVoice.desktop');
  for (const file of [...own, ...others]) {
    await mkdir(join(home, file, '..'), { recursive: true });
    await writeFile(join(home, file), 'something');
  }
  return own.sort();
}
