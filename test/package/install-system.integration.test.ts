import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { findCodex, NEWEST_VERIFIED } from '../../src/codex/binary.ts';
import { install, type Machine, makeMachine, makeUser, runAsRoot } from '../support/installer.ts';
import { run, temporaryFolder } from '../support/process.ts';
import { servedRelease } from '../support/served-release.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const TRIPLE = `${arch() === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl`;

const served = servedRelease();
const { signer } = served;

/** A machine that lacks all that can be missing, with a package manager that writes down what it is told. */
async function bareMachine(manager: string): Promise<Machine> {
  const machine = await makeMachine(signer, []);
  await runAsRoot('rm', join(machine.folder, 'tools/parec'));
  await machine.fake(manager, `echo "${manager} $*" >>'${machine.folder}/told'`);
  await machine.fake('sudo', 'echo "by sudo" >&2; exec "$@"');
  await writeFile(join(machine.folder, 'told'), '');
  await chmod(join(machine.folder, 'told'), 0o666);
  return machine;
}

const told = (machine: Machine) => readFile(join(machine.folder, 'told'), 'utf8');

describe('system packages that are missing', () => {
  test.each([
    [
      'apt-get',
      'apt-get install -y --no-install-recommends curl ca-certificates openssl xz-utils pulseaudio-utils',
    ],
    ['dnf', 'dnf install -y curl ca-certificates openssl xz pulseaudio-utils'],
    ['zypper', 'zypper --non-interactive install curl ca-certificates openssl xz pulseaudio-utils'],
    ['pacman', 'pacman -S --needed --noconfirm curl ca-certificates openssl xz libpulse'],
    ['brew', 'brew install curl openssl@3 xz sox'],
  ])('%s: the exact command for an ordinary user; run with --system', async (manager, command) => {
    await using user = await makeUser();
    await using machine = await bareMachine(manager);
    await machine.belongsTo(user.name);
    const named = await install(machine, { before: user.before });
    expect(named.words).toContain(`  ${manager === 'brew' ? '' : 'sudo '}${command}\n`);
    expect(named.words).toContain('A download needs curl or wget.');
    expect(named.status).toBe(1);
    expect(await told(machine)).toBe('');
    await install(machine, { before: user.before, args: ['--system'] });
    expect((await told(machine)).trim().split('\n').at(-1)).toBe(command);
  });

  test('root has them installed', async () => {
    await using machine = await bareMachine('apt-get');
    await machine.belongsTo('root');
    const { words } = await install(machine, { before: ROOT });
    expect(words).toContain(
      'Installing system packages: curl ca-certificates openssl xz-utils pulseaudio-utils',
    );
    expect(await told(machine)).toContain('apt-get update');
    expect(await told(machine)).toContain('apt-get install -y');
  });

  test('sudo that keeps HOME leaves no files of root there', async () => {
    await using user = await makeUser();
    await using machine = await makeMachine(signer);
    await machine.belongsTo(user.name);
    const { uid } = await stat(machine.home);
    const env = { CODEX_VOICE_BASE_URL: served.server.url, SUDO_UID: String(uid) };
    const { status, words } = await install(machine, { before: ROOT, env });
    expect(words).toContain('Run this without sudo (it needs no root), or with sudo -H for root.');
    expect(status).toBe(1);
    expect(await readdir(machine.home)).toEqual([]);
  });

  test('an archive is for machines without a network: nothing is fetched unasked', async () => {
    await using machine = await bareMachine('apt-get');
    await machine.belongsTo('root');
    const args = ['--from', '/etc/hostname'];
    const { words } = await install(machine, { before: ROOT, args });
    expect(words).toContain('Missing on this system: openssl xz-utils pulseaudio-utils.');
    expect(await told(machine)).toBe('');
  });

  test('without a recorder it goes on, and says what that means', async () => {
    await using user = await makeUser();
    await using machine = await makeMachine(signer);
    await runAsRoot('rm', join(machine.folder, 'tools/parec'));
    await machine.belongsTo(user.name);
    const { status, words } = await install(machine, {
      before: user.before,
      env: { CODEX_VOICE_BASE_URL: served.server.url },
    });
    expect(words).toContain('Without a recorder the microphone does not work');
    expect(status).toBe(0);
  });
});

describe('no Codex CLI', () => {
  /** Codex's own release, on the release server. @param program instead of the real one */
  async function publishCodex(program: string | null = null): Promise<void> {
    await using folder = await temporaryFolder();
    const release = join(served.folder, `rust-v${NEWEST_VERIFIED}`);
    await mkdir(release, { recursive: true });
    if (program === null) {
      const command = join(REPOSITORY, 'node_modules', '.bin', 'codex');
      const real = (await findCodex(command, process.env, pino({ level: 'silent' }))).path;
      await symlink(real, join(folder.path, `codex-${TRIPLE}`));
    } else await writeFile(join(folder.path, `codex-${TRIPLE}`), program, { mode: 0o755 });
    await run('tar', [
      '-I',
      'gzip -1',
      '-chf',
      join(release, `codex-${TRIPLE}.tar.gz`),
      '-C',
      folder.path,
      `codex-${TRIPLE}`,
    ]);
  }
  const env = () => ({ CODEX_VOICE_BASE_URL: served.server.url, CODEX_VOICE_CODEX_URL: served.server.url });

  test('a person at a terminal is asked, although the script comes through a pipe', async () => {
    await publishCodex();
    await using machine = await makeMachine(signer);
    const words = await atTerminal(machine, env(), '2\r');
    expect(words).toContain('Your choice [3]: ');
    expect(words).toContain(`codex-cli ${NEWEST_VERIFIED}`);
    expect(words).toContain('The demo of 1.2.3 ran.');
    expect(await run(join(machine.home, '.local/bin/codex'), ['--version'])).toContain('codex-cli');
  });

  test('no is the answer when one only presses Enter', async () => {
    await using machine = await makeMachine(signer);
    const words = await atTerminal(machine, env(), '\r');
    expect(words).toContain('run this installer again with --codex release');
    expect(words).not.toContain('The demo of');
  });

  test('--codex npm asks npm, into the same prefix', async () => {
    await using machine = await makeMachine(signer);
    await machine.fake('npm', `echo "npm $*" >'${machine.folder}/told'`);
    const { status } = await install(machine, { args: ['--codex=npm'], env: env() });
    expect(status).toBe(0);
    expect(await told(machine)).toMatch(/^npm ci --ignore-scripts /);
    const cli = join(machine.home, '.local/lib/codex-cli');
    expect(await readlink(join(machine.home, '.local/bin/codex'))).toBe(
      '../lib/codex-cli/node_modules/.bin/codex',
    );
    // What npm would install is pinned, and the same as this repository tests with.
    const lock = JSON.parse(await readFile(join(cli, 'package-lock.json'), 'utf8'));
    const ours = JSON.parse(await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8'));
    const names = Object.keys(ours.packages).filter((name) => name.startsWith('node_modules/@openai/'));
    expect(Object.keys(lock.packages).toSorted()).toEqual(['', ...names].toSorted());
    for (const name of names) {
      const { version, integrity } = ours.packages[name];
      expect(lock.packages[name]).toMatchObject({ version, integrity });
    }
    expect(lock.packages['node_modules/@openai/codex'].optionalDependencies).toEqual(
      ours.packages['node_modules/@openai/codex'].optionalDependencies,
    );
  });

  test('another program in the place of Codex is never made executable', async () => {
    await using machine = await makeMachine(signer);
    await publishCodex(`#!/bin/sh\ntouch '${machine.folder}/was-run'\necho codex-cli ${NEWEST_VERIFIED}\n`);
    const { status, words } = await install(machine, { args: ['--codex', 'release'], env: env() });
    expect(words).toContain(`is not the verified Codex ${NEWEST_VERIFIED} (its SHA-256 differs)`);
    expect(words).toContain('The Codex CLI could not be installed');
    expect(status).toBe(0);
    expect(await readdir(machine.folder)).not.toContain('was-run');
    expect(
      (await readdir(join(machine.home, '.local/bin'))).filter((name) => name.includes('codex')),
    ).toEqual(['codex-voice']);
  });

  test('a release of Codex that cannot be had is said, and the program is installed all the same', async () => {
    await using machine = await makeMachine(signer);
    const nowhere = { ...env(), CODEX_VOICE_CODEX_URL: `${served.server.url}/nowhere` };
    const { status, words } = await install(machine, { args: ['--codex', 'release'], env: nowhere });
    expect(words).toContain('The Codex CLI could not be installed');
    expect(status).toBe(0);
  });
});

test('in a desktop it installs the service, unless told not to', async () => {
  await using machine = await makeMachine(signer);
  const env = { CODEX_VOICE_BASE_URL: served.server.url, DISPLAY: ':77' };
  const asked = () => readFile(join(machine.home, 'asked'), 'utf8');
  await install(machine, { env, args: ['--no-service'] });
  expect(await asked()).not.toContain('service install');
  await install(machine, { env });
  expect(await asked()).toContain('service install');
});

const ROOT = process.getuid?.() === 0 ? [] : ['sudo', '-n', '--preserve-env', '--'];

/** The installer through a pipe, at a terminal where a person types once asked. @returns what the terminal shows */
async function atTerminal(machine: Machine, env: NodeJS.ProcessEnv, typed: string): Promise<string> {
  const command = `cat '${machine.script}' | sh`;
  const pty = spawn('/bin/sh', ['-c', command], { cwd: '/', env: { ...machine.env, ...env } });
  let words = '';
  let answered = false;
  pty.onData((data) => {
    words += data;
    if (answered || !words.includes('Your choice')) return;
    answered = true;
    pty.write(typed);
  });
  await new Promise<void>((resolve) => {
    pty.onExit(() => resolve());
  });
  return words;
}
