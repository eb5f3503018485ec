import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { VoiceError } from '../errors.ts';
import { appOf } from '../macos/app-bundle.ts';
import { findProgram } from '../processes/programs.ts';
import { run } from '../processes/run.ts';

/** How this program was installed. Everything except the single file is updated by other means. */
export type Installation =
  | { kind: 'file'; program: string }
  | {
      kind: 'checkout' | 'npm' | 'deb' | 'rpm' | 'pacman' | 'homebrew' | 'cask' | 'app' | 'winget';
      command: string;
    };

interface InstalledOptions {
  /** True for a single file with everything inside. */
  packaged: boolean;
  /** The single file; otherwise any file of the program. */
  program: string;
  env: NodeJS.ProcessEnv;
  /** Homebrew's folders of a cask, on Macs with Apple silicon and with Intel. Only tests have others. */
  casks?: readonly string[];
}

/** The page of the newest release that is not a beta. */
const NEWEST_RELEASE = 'https://github.com/codex-voice/codex-voice/releases/latest';

/** By Homebrew's documentation; not run on a Mac. */
const CASKS = ['/opt/homebrew/Caskroom/codex-voice', '/usr/local/Caskroom/codex-voice'];

/** Asks a package manager; nothing it does takes as long, ms. */
const ASK_MS = 10_000;

/** The package managers that know which files are theirs: the question, and the command for an update. */
const OWNERS = [
  { kind: 'deb', ask: ['dpkg', '-S'], command: 'sudo apt-get install --only-upgrade codex-voice' },
  { kind: 'rpm', ask: ['rpm', '-qf'], command: 'sudo dnf upgrade codex-voice' },
  { kind: 'pacman', ask: ['pacman', '-Qo'], command: 'yay -S codex-voice-bin' },
] as const;

/** Finds out who put this program here. */
export async function findInstallation(options: InstalledOptions): Promise<Installation> {
  const { packaged, program, env } = options;
  const folders = program.split(sep);
  if (!packaged) {
    return folders.includes('node_modules')
      ? { kind: 'npm', command: 'npm install --global codex-voice@latest' }
      : {
          kind: 'checkout',
          command: `git -C ${quoted(checkoutOf(program))} pull && bash scripts/install.sh`,
        };
  }
  if (folders.includes('Cellar')) return { kind: 'homebrew', command: 'brew upgrade codex-voice' };
  const app = appOf(program);
  if (app !== null) return ofApp(app, options.casks ?? CASKS);
  if (folders.includes('WinGet')) return { kind: 'winget', command: 'winget upgrade codex-voice' };
  for (const { kind, ask, command } of OWNERS) {
    if (await owns(ask, program, env)) return { kind, command };
  }
  return { kind: 'file', program };
}

/**
 * An app of macOS is replaced as a whole, because its signature covers the program. Homebrew marks each new version as
 * downloaded, and macOS starts such an app only if Apple has notarized it.
 */
function ofApp(app: string, casks: readonly string[]): Installation {
  if (!casks.some((folder) => existsSync(folder))) return { kind: 'app', command: `open ${NEWEST_RELEASE}` };
  const released = `xattr -dr com.apple.quarantine ${quoted(app)}`;
  return { kind: 'cask', command: `brew upgrade --cask codex-voice && ${released}` };
}

/** The package manager's answer is its exit status; one that is not here owns nothing. */
async function owns([name, ...args]: readonly [string, ...string[]], file: string, env: NodeJS.ProcessEnv) {
  const asked = await findProgram(name, env);
  return asked !== null && (await run(asked, [...args, file], { env, timeoutMs: ASK_MS })).status === 0;
}

function checkoutOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

const OWN_WORDS: Record<Exclude<Installation['kind'], 'file'>, string> = {
  checkout: 'This program runs from a checkout',
  npm: 'This program was installed by npm',
  deb: 'This program was installed as a .deb package',
  rpm: 'This program was installed as an .rpm package',
  pacman: 'This program was installed by pacman',
  homebrew: 'This program was installed by Homebrew',
  cask: 'This app was installed by Homebrew',
  app: 'This program is sealed by the signature of its app',
  winget: 'This program was installed by winget',
};

/** Returns the error for a program that something else has to update. */
export function updatedElsewhere({ kind, command }: Exclude<Installation, { kind: 'file' }>): VoiceError {
  const hint =
    kind === 'app'
      ? `Download the new app and replace the whole app with it: ${command}`
      : `Update it with: ${command}`;
  return new VoiceError('update-managed', `${OWN_WORDS[kind]} and does not update itself.`, hint);
}

/** May the file be replaced? @throws VoiceError update-unwritable */
export async function requireWritable(program: string): Promise<void> {
  const folder = dirname(program);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new VoiceError(
      'update-unwritable',
      `${program} cannot be replaced: you may not write to ${folder}.`,
      'Run the update as the user who installed it, or install it again into a folder that you own.',
      { cause: error },
    );
  }
}
