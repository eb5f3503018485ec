import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, startProcess, type TemporaryFolder, type TestProcess, temporaryFolder } from './process.ts';

export const INSTALLER = fileURLToPath(new URL('../../scripts/install.sh', import.meta.url));
export const TARGET = `${platform()}-${arch()}`;

/** Who signs the releases of a test; the installer gets its public half in the place of the real one. */
export interface Signer {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(), privateKey };
}

const PUBLIC_KEY = /-----BEGIN PUBLIC KEY-----[^']*-----END PUBLIC KEY-----/;

/** The public key that the installer trusts, PEM. */
export function publicKeyOf(script: string): string {
  return PUBLIC_KEY.exec(script)?.[0] ?? '';
}

/** The installer's text, trusting another key. */
export async function installerTrusting({ publicKey }: Signer): Promise<string> {
  return (await readFile(INSTALLER, 'utf8')).replace(PUBLIC_KEY, publicKey);
}

/**
 * A program that answers the verbs the installer uses, as a script: its "daemon" is the file `daemon` in HOME, and
 * what it was asked stands in the file `asked`. Random comments make it 400 kB, 200 kB as xz, so that a download can break off.
 */
export function fakeProgram(version: string): Buffer {
  const script = `#!/bin/sh
echo "$*" >>"$HOME/asked"
case $1 in
  version) echo ${version} ;;
  status)
    [ -f "$HOME/daemon" ] || exit 3
    echo "{ \\"version\\": \\"$(cat "$HOME/daemon")\\", \\"session\\": { \\"model\\": \\"a b\\" }, \\"queue\\": [] }" ;;
  restart) echo ${version} >"$HOME/daemon" ;;
  stop) rm -f "$HOME/daemon" ;;
  demo) echo "The demo of ${version} ran." ;;
esac
exit
`;
  return Buffer.from(
    script +
      randomBytes(200_000)
        .toString('hex')
        .replaceAll(/.{100}/g, '# $&\n'),
  );
}

/** A program that does not start. */
export const BROKEN_PROGRAM = Buffer.from('#!/bin/sh\necho "libmissing.so.1: cannot open" >&2\nexit 127\n');

export interface ReleaseOptions {
  version: string;
  program: Buffer;
  /** xz's level; 0 is quick. */
  level?: number;
}

/** Puts a signed release into `<folder>/v<version>` and names it in `<folder>/latest`. */
export async function publish(
  folder: string,
  signer: Signer,
  { version, program, level = 0 }: ReleaseOptions,
): Promise<string> {
  const release = join(folder, `v${version}`);
  await mkdir(release, { recursive: true });
  const name = `codex-voice-${version}-${TARGET}`;
  await writeFile(join(release, name), program);
  await run('xz', ['--keep', '--force', `-${level}`, '-T0', join(release, name)]);
  const compressed = facts(`${name}.xz`, await readFile(join(release, `${name}.xz`)));
  const files = {
    'plan9-mips': facts('other', Buffer.alloc(1)),
    [TARGET]: { ...facts(name, program), compressed },
  };
  const manifest = JSON.stringify(
    { version, channel: 'stable', date: '2026-01-02T03:04:05Z', files },
    null,
    2,
  );
  for (const place of [release, join(folder, 'latest')]) {
    await mkdir(place, { recursive: true });
    await signManifest(place, signer, manifest);
  }
  return release;
}

export async function signManifest(folder: string, { privateKey }: Signer, manifest: string): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), manifest);
  const signature = sign(null, Buffer.from(manifest), privateKey).toString('base64');
  await writeFile(join(folder, 'manifest.json.sig'), `${signature}\n`);
}

function facts(name: string, bytes: Buffer): { name: string; size: number; sha256: string } {
  return { name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What a bare system has: POSIX's tools and tar; the tests say what else is there. */
const BASE = [
  'sh',
  'dash',
  'bash',
  'env',
  'cat',
  'chmod',
  'cp',
  'cut',
  'df',
  'dirname',
  'find',
  'getconf',
  'grep',
]
  .concat([
    'gzip',
    'id',
    'ln',
    'mkdir',
    'mv',
    'printf',
    'rm',
    'sed',
    'sha256sum',
    'sleep',
    'tail',
    'tar',
    'tr',
  ])
  .concat(['uname', 'wc', 'awk']);
export const USUAL = ['curl', 'openssl', 'xz'];

/** A person's machine as the installer sees it: a home with spaces in its name, and the programs of its PATH. */
export interface Machine extends AsyncDisposable {
  /** The folder of all; everyone may read it. */
  readonly folder: string;
  readonly home: string;
  /** Where the installer puts the program by default. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** The installer as a file that lies alone. */
  readonly script: string;
  /** Gives the home to somebody. */
  belongsTo(user: string): Promise<void>;
  /** Adds a script to the PATH. */
  fake(name: string, script: string): Promise<void>;
}

/** @param tools what is there beside the base system; a recorder always is */
export async function makeMachine(signer: Signer, tools: readonly string[] = USUAL): Promise<Machine> {
  const folder: TemporaryFolder = await temporaryFolder('codex-voice-installer-');
  const { path } = folder;
  await chmod(path, 0o755);
  const bin = join(path, 'tools');
  const home = join(path, 'home of a person');
  await Promise.all([mkdir(bin), mkdir(home)]);
  const found = await run('sh', ['-c', 'for name; do command -v "$name"; done', 'sh', ...BASE, ...tools]);
  for (const tool of found.trim().split('\n')) {
    // A builtin of the shell is found without a folder.
    if (tool.startsWith('/')) await symlink(tool, join(bin, basename(tool)));
  }
  const fake = async (name: string, script: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  };
  await fake('parec', 'exit 0');
  const script = join(path, 'install.sh');
  await writeFile(script, await installerTrusting(signer));
  return {
    folder: path,
    home,
    program: join(home, '.local/bin/codex-voice'),
    env: { HOME: home, PATH: bin, TMPDIR: '/nowhere' },
    script,
    fake,
    belongsTo: (user) => runAsRoot('chown', '-R', user, home),
    [Symbol.asyncDispose]: () => runAsRoot('rm', '-rf', path),
  };
}

export interface Installation {
  status: number | null;
  /** stdout and stderr. */
  words: string;
}

/** Starts the installer as `curl ... | sh -s -- ARGS` does: the script through a pipe, no terminal. */
export function startInstaller(
  machine: Machine,
  { shell = 'sh', args = [], env = {}, before = [] }: InstallerOptions = {},
): Promise<TestProcess> {
  const pipe = `cat "$1" | { shift; exec "$@"; }`;
  const command = [...before, shell, '-s', '--', ...args];
  return startProcess('/bin/sh', ['-c', pipe, 'sh', machine.script, ...command], {
    env: { ...machine.env, ...env },
    cwd: '/',
  });
}

export interface InstallerOptions {
  shell?: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** What stands before the shell on the command line: another user, another mount namespace. */
  before?: readonly string[];
}

export async function install(machine: Machine, options?: InstallerOptions): Promise<Installation> {
  const installer = await startInstaller(machine, options);
  const status = await installer.exited;
  return { status, words: installer.stdout() + installer.stderr() };
}

/** The command that does this as root: the command itself, or with sudo, which must not ask. */
export function asRoot(...command: string[]): string[] {
  return process.getuid?.() === 0 ? command : ['sudo', '-n', '--preserve-env', ...command];
}

/** An ordinary user made for a test; removed with `userdel`. */
export interface TestUser extends AsyncDisposable {
  readonly name: string;
  /** Stands before a command to run it as this user. */
  readonly before: string[];
}

export async function makeUser(): Promise<TestUser> {
  const name = `codex-voice-${process.pid}`;
  await runAsRoot('useradd', '--no-create-home', '--shell', '/bin/sh', name);
  return {
    name,
    before: asRoot('/usr/bin/setpriv', `--reuid=${name}`, `--regid=${name}`, '--clear-groups', '--'),
    [Symbol.asyncDispose]: () => runAsRoot('userdel', name),
  };
}

export async function runAsRoot(...command: string[]): Promise<void> {
  const [program = '', ...args] = asRoot(...command);
  await run(program, args, { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
}
