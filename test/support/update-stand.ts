import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { signRelease } from '../../scripts/sign-release.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { DaemonLink } from '../../src/update/daemon-link.ts';
import { updateFolder } from '../../src/update/folder.ts';
import { UpdateMemory } from '../../src/update/memory.ts';
import type { UpdateOptions } from '../../src/update/options.ts';
import type { Channel } from '../../src/update/release.ts';
import { StepJournal } from '../../src/update/steps.ts';
import type { Manner } from './fake-program.ts';
import { startProcess, type TestProcess, waitFor } from './process.ts';
import { type ReleaseServer, serveReleases } from './release-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FAKE = join(import.meta.dirname, 'fake-program.ts');
/** Of what stands behind the script of a fake program and does not compress, bytes. */
const BALLAST = 400_000;
export const TARGET = 'linux-x64';
/** Of all test runs: a fake program starts a hundred times. */
const { NODE_COMPILE_CACHE } = process.env;

export interface KeyPair {
  privateKey: string;
  publicKey: string;
}

export function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/**
 * Writes a program that is this version and behaves in this manner. Only its daemon is a process of Node, which takes half
 * a second of processor time: an update asks the other verbs a hundred times.
 */
export function writeFakeProgram(file: string, version: string, manner: Manner = 'good'): void {
  const ballast = randomBytes(BALLAST / 2).toString('hex');
  const findings =
    manner === 'unfit' ? [{ name: 'whisper', state: 'failed', detail: 'It does not load.' }] : [];
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    `daemon) exec '${process.execPath}' '${FAKE}' '${version}' '${manner}' "$0" ;;`,
    `version) echo '${manner === 'liar' ? '6.6.6' : version}' ;;`,
    `*) printf %s '${JSON.stringify(findings)}'; exit ${findings.length} ;;`,
    'esac',
    'exit',
    `# ${ballast}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
}

/** A machine with the program 1.0.0, and a release host with whatever a test publishes. */
export interface UpdateStand {
  readonly folder: string;
  /** Its bin folder; `codex-voice` is there. */
  readonly bin: string;
  readonly program: string;
  /** What the release server serves. */
  readonly releases: string;
  readonly server: ReleaseServer;
  readonly keys: KeyPair;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: StepJournal;
  readonly memory: UpdateMemory;
  readonly link: DaemonLink;
  /** The options of an update from 1.0.0, which a test changes. */
  options(changes?: Partial<UpdateOptions>): UpdateOptions;
  /** Makes it the newest release of its channel. */
  publish(version: string, manner?: Manner, release?: { channel?: Channel; minimum?: string }): Promise<void>;
  startDaemon(): Promise<TestProcess>;
  /** What `codex-voice version` prints. */
  version(): Promise<string>;
  /** The names in the bin folder. */
  files(): string[];
}

export async function updateStand(): Promise<UpdateStand> {
  const folder = temporaryFolder();
  const [bin, releases] = [join(folder, 'prefix', 'bin'), join(folder, 'releases')];
  for (const each of [bin, releases, join(folder, 'home')]) mkdirSync(each, { recursive: true });
  const program = join(bin, 'codex-voice');
  writeFakeProgram(program, '1.0.0');
  const server = await serveReleases(releases);
  onTestFinished(() => server.close());
  const keys = keyPair();
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}),
  };
  const paths = pathsOf(env);
  const logger = pino({ level: 'silent' });
  const journal = new StepJournal(updateFolder(paths.state));
  const memory = new UpdateMemory(updateFolder(paths.state), logger);
  const link = new DaemonLink(paths.controlSocket);
  onTestFinished(() => endDaemon(link));
  return {
    folder,
    bin,
    program,
    releases,
    server,
    keys,
    env,
    journal,
    memory,
    link,
    options: (changes = {}) => ({
      program,
      version: '1.0.0',
      channel: 'stable',
      base: server.url,
      key: TARGET,
      publicKey: keys.publicKey,
      journal,
      memory,
      link,
      env,
      serviceOf: async () => null,
      signal: new AbortController().signal,
      logger,
      patience: { retryMs: 10, stallMs: 2_000 },
      ...changes,
    }),
    publish: (version, manner, release) => publish(releases, keys, version, manner, release),
    startDaemon: () => startDaemon(program, env, folder, link),
    version: async () => (await promisify(execFile)(program, ['version'], { env })).stdout.trim(),
    files: () => readdirSync(bin).sort(),
  };
}

async function publish(
  releases: string,
  keys: KeyPair,
  version: string,
  manner: Manner = 'good',
  { channel = 'stable', minimum }: { channel?: Channel; minimum?: string } = {},
): Promise<void> {
  const folder = join(releases, `v${version}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `codex-voice-${version}-${TARGET}`);
  if (!existsSync(file)) writeFakeProgram(file, version, manner);
  copyFileSync(file, `${file}.xz`); // Nobody unpacks it here.
  await signRelease({ folder, version, channel, targets: [TARGET], ...keys, level: 1, minimum });
  for (const newest of channel === 'stable' ? ['latest', 'beta'] : ['beta']) {
    mkdirSync(join(releases, newest), { recursive: true });
    for (const name of ['manifest.json', 'manifest.json.sig']) {
      cpSync(join(folder, name), join(releases, newest, name));
    }
  }
}

async function startDaemon(program: string, env: NodeJS.ProcessEnv, cwd: string, link: DaemonLink) {
  const daemon = await startProcess(program, ['daemon'], { env, cwd });
  onTestFinished(() => daemon.stop());
  await waitFor('the daemon', async () => (await link.look())?.ready, { timeout: 120_000 });
  return daemon;
}

/** One that an update has started is no child of the test. */
async function endDaemon(link: DaemonLink): Promise<void> {
  const daemon = await link.look();
  if (daemon?.pid) process.kill(daemon.pid, 'SIGKILL');
}
