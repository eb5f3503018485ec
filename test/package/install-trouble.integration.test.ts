import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  asRoot,
  BROKEN_PROGRAM,
  type InstallerOptions,
  install,
  type Machine,
  makeMachine,
  makeSigner,
  makeUser,
  publish,
  signManifest,
  startInstaller,
  TARGET,
} from '../support/installer.ts';
import { startProcess, temporaryFolder, waitFor } from '../support/process.ts';
import { serveReleases } from '../support/release-server.ts';
import { servedRelease } from '../support/served-release.ts';

const served = servedRelease();
const { signer, program, xz: XZ } = served;

/** An installation that must fail, with nothing installed. @returns the words */
async function refused(machine: Machine, options: InstallerOptions = {}): Promise<string> {
  const env = { CODEX_VOICE_BASE_URL: served.server.url, ...options.env };
  const { status, words } = await install(machine, { ...options, env });
  expect(status, words).toBe(1);
  expect(await readdir(join(machine.home, '.local/bin')).catch(() => [])).toEqual([]);
  return words;
}

test.each([
  ['a byte of the compressed file', XZ],
  ['a byte of the plain file', `codex-voice-1.2.3-${TARGET}`],
])('%s is another one', async (_what, name) => {
  const tools = name === XZ ? ['xz'] : [];
  await using machine = await makeMachine(signer, ['curl', 'openssl', ...tools]);
  await using server = await serveReleases(served.folder);
  server.fault(name, { kind: 'wrong', at: 60_000 });
  const words = await refused(machine, { env: { CODEX_VOICE_BASE_URL: server.url } });
  expect(words).toContain(`${name} is not the file that was signed`);
});

test('a part that came of another file is thrown away', async () => {
  await using machine = await makeMachine(signer);
  await mkdir(join(machine.home, '.cache/codex-voice/download'), { recursive: true });
  await writeFile(join(machine.home, `.cache/codex-voice/download/${XZ}.part`), 'of another file');
  const { status, words } = await install(machine, { env: { CODEX_VOICE_BASE_URL: served.server.url } });
  expect(words).toContain('Resuming at byte 15 of');
  expect(words).toContain('The earlier part belongs to another file');
  expect(status).toBe(0);
});

test.each(['openssl', 'node'])('%s finds a signature that somebody else made', async (verifier) => {
  await using machine = await makeMachine(makeSigner(), ['curl', 'xz', verifier]);
  expect(await refused(machine)).toContain('The signature of the release is wrong');
});

test.each(['openssl', 'node'])('%s finds a manifest that was changed', async (verifier) => {
  await using machine = await makeMachine(signer, ['curl', 'xz', verifier]);
  await using server = await serveReleases(served.folder);
  server.fault('manifest.json', { kind: 'wrong', at: 20 });
  const words = await refused(machine, { env: { CODEX_VOICE_BASE_URL: server.url } });
  expect(words).toContain('The signature of the release is wrong');
});

test('a release without a signature is refused', async () => {
  await using machine = await makeMachine(signer);
  await using server = await serveReleases(served.folder);
  server.fault('manifest.json.sig', { kind: 'status', status: 404 });
  const words = await refused(machine, { env: { CODEX_VOICE_BASE_URL: server.url } });
  expect(words).toContain('manifest.json.sig could not be downloaded');
});

test('what cannot check a signature installs only when told to', async () => {
  await using machine = await makeMachine(signer, ['curl', 'xz']);
  const words = await refused(machine);
  expect(words).toContain('Missing on this system: openssl.');
  expect(words).toContain('that needs OpenSSL 3 or Node.js');
  // As old as OpenSSL 1.1.1, and as macOS's LibreSSL: no -rawin.
  await machine.fake('openssl', 'echo "usage: pkeyutl [-verify]" >&2; exit 1');
  expect(await refused(machine)).toContain('that needs OpenSSL 3 or Node.js');
  const env = { CODEX_VOICE_BASE_URL: served.server.url };
  expect((await install(machine, { env, args: ['--no-signature'] })).status).toBe(0);
});

test.each([
  ['no version', { files: {} }, 'is not valid (version'],
  ['no file for this system', { version: '1.2.3', files: {} }, `Version 1.2.3 has no program for ${TARGET}`],
  ['a name that leads elsewhere', manifestNaming('../../evil'), 'is not valid (name'],
  ['a hidden name', manifestNaming('.profile'), 'is not valid (name'],
  ['a name with a command', manifestNaming('$(touch evil)'), 'is not valid (name'],
])('a signed manifest with %s is refused', async (_what, manifest, words) => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'latest'));
  await signManifest(join(folder.path, 'latest'), signer, JSON.stringify(manifest));
  await using server = await serveReleases(folder.path);
  await using machine = await makeMachine(signer);
  expect(await refused(machine, { env: { CODEX_VOICE_BASE_URL: server.url } })).toContain(words);
});

function manifestNaming(name: string): object {
  const piece = { name, size: 1, sha256: '0'.repeat(64) };
  return { version: '1.2.3', files: { [TARGET]: { ...piece, compressed: { ...piece, name: 'fine.xz' } } } };
}

test('a release that says it is another version is refused', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'v9.9.9'));
  const manifest = await readFile(join(served.folder, 'v1.2.3/manifest.json'), 'utf8');
  await signManifest(join(folder.path, 'v9.9.9'), signer, manifest);
  await using server = await serveReleases(folder.path);
  await using machine = await makeMachine(signer);
  const env = { CODEX_VOICE_BASE_URL: server.url };
  expect(await refused(machine, { env, args: ['--version=9.9.9'] })).toContain(
    'The release for 9.9.9 contains version 1.2.3',
  );
});

test('a new version that does not run leaves the old one in place', async () => {
  await using machine = await makeMachine(signer);
  await using broken = await temporaryFolder();
  await install(machine, { env: { CODEX_VOICE_BASE_URL: served.server.url } });
  await publish(broken.path, signer, { version: '1.3.0', program: BROKEN_PROGRAM });
  await using other = await serveReleases(broken.path);
  const { status, words } = await install(machine, { env: { CODEX_VOICE_BASE_URL: other.url } });
  expect(words).toContain('libmissing.so.1: cannot open');
  expect(words).toContain('The new program does not run here');
  expect(status).toBe(1);
  expect(await readFile(machine.program)).toEqual(program);
  expect(await readdir(join(machine.home, '.local/bin'))).toEqual(['codex-voice']);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s in a download: run again',
  async (signal) => {
    await using machine = await makeMachine(signer);
    await using server = await serveReleases(served.folder);
    server.fault(XZ, { kind: 'stall', at: 150_000 });
    const env = { CODEX_VOICE_BASE_URL: server.url };
    const installer = await startInstaller(machine, { env });
    const part = join(machine.home, `.cache/codex-voice/download/${XZ}.part`);
    const partSize = async () => (await stat(part).catch(() => null))?.size ?? 0;
    await waitFor('a part', async () => (await partSize()) > 60_000);
    installer.kill(signal);
    await installer.exited;
    expect(await readdir(join(machine.home, '.local/bin'))).toEqual([]);
    server.heal();
    const { status, words } = await install(machine, { env });
    expect(words).toMatch(/Resuming at byte [1-9]\d+ of/);
    expect(status).toBe(0);
    expect(await readFile(machine.program)).toEqual(program);
  },
);

test('what a killed installer left is no obstacle', async () => {
  await using machine = await makeMachine(signer);
  const cache = join(machine.home, '.cache/codex-voice/download');
  const bin = join(machine.home, '.local/bin');
  await Promise.all([cache, bin].map((folder) => mkdir(folder, { recursive: true })));
  await writeFile(join(bin, '.codex-voice.new'), 'half of a program');
  const ended = await startProcess('true', []);
  await ended.exited;
  await writeFile(join(cache, 'lock'), `${ended.pid}\n`);
  const { status } = await install(machine, { env: { CODEX_VOICE_BASE_URL: served.server.url } });
  expect(status).toBe(0);
  expect(await readdir(bin)).toEqual(['codex-voice']);
  expect(await readdir(join(cache, '..'))).toEqual([]);
});

test('two installers at once: the second says so', async () => {
  await using machine = await makeMachine(signer);
  await using server = await serveReleases(served.folder);
  server.fault(XZ, { kind: 'stall', at: 1_000 });
  const env = { CODEX_VOICE_BASE_URL: server.url };
  const first = await startInstaller(machine, { env });
  await waitFor('the first', () => server.requests.some(({ path }) => path.endsWith(XZ)));
  expect((await install(machine, { env })).words).toContain('Another installer is running (process ');
  await first.stop();
});

test('a folder that cannot be written, as an ordinary user', async () => {
  await using user = await makeUser();
  await using machine = await makeMachine(signer);
  await machine.belongsTo(user.name);
  const args = ['--prefix', '/usr'];
  const words = await refused(machine, { args, before: user.before });
  expect(words).toContain('/usr/bin cannot be written. Choose another folder with --prefix DIR.');
  const env = { CODEX_VOICE_BASE_URL: served.server.url };
  const { status } = await install(machine, { env, before: user.before });
  expect(status).toBe(0);
  const nowhere = { XDG_CACHE_HOME: '/usr', CODEX_VOICE_BASE_URL: served.server.url };
  const noCache = await install(machine, { env: nowhere, before: user.before });
  expect(noCache.words).toContain('Set XDG_CACHE_HOME to a folder that you own');
});

/** Runs what follows in mounts of its own, after these commands. */
function mounted(commands: string): string[] {
  return asRoot(
    '/usr/bin/unshare',
    '--mount',
    '/bin/sh',
    '-c',
    `PATH=$PATH:/usr/bin:/bin; ${commands}; exec "$@"`,
    'sh',
  );
}

test('a full disk', async () => {
  await using machine = await makeMachine(signer);
  await machine.belongsTo('root');
  const small = (folder: string) =>
    mounted(`mkdir -p '${folder}' && mount -t tmpfs -o size=64k none '${folder}'`);
  const bin = await refused(machine, { before: small(join(machine.home, '.local')) });
  expect(bin).toMatch(/bin has 0 MB free|bin has 1 MB free/);
  const cache = await refused(machine, { before: small(join(machine.home, '.cache')) });
  expect(cache).toContain('Free some space, or choose another folder');
});

test('a read-only /tmp, and a home that is the only place to write', async () => {
  await using machine = await makeMachine(signer);
  await machine.belongsTo('root');
  const readOnly = `mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp && mount --bind '${machine.home}' '${machine.home}' && mount -o remount,rw,bind '${machine.home}'`;
  const before = mounted(`${readOnly} && ! touch /tmp/codex-voice-no 2>/dev/null`);
  const { status, words } = await install(machine, {
    before,
    env: { CODEX_VOICE_BASE_URL: served.server.url },
  });
  expect(words).toContain('Installed: codex-voice 1.2.3');
  expect(status).toBe(0);
});

test('wrong usage ends with 2', async () => {
  await using machine = await makeMachine(signer);
  for (const args of [['--frobnicate'], ['--prefix'], ['--version', '1/../2'], ['--codex', 'pigeon']]) {
    expect((await install(machine, { args })).status).toBe(2);
  }
  const help = await install(machine, { args: ['--help'] });
  expect(help.words).toContain('--uninstall');
  expect(help.status).toBe(0);
});
