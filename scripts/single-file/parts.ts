import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runBuilder } from '../package/build-step.ts';
import { BuildError } from './build-error.ts';
import { HOST, type Target } from './target.ts';

/** What a single file is made of that depends on the machine. */
export interface Parts {
  /** The folder whose node_modules has the native files. */
  root: string;
  /** The Node binary that becomes the program. */
  node: string;
  /** A Node binary of the same version that runs here. */
  maker: string;
}

interface PartsOptions {
  root: string;
  target: Target;
  /** Folder for what npm downloads for another machine; it is kept for the next time. */
  folder: string;
  /** The Node binary that becomes the program; undefined: the one of the npm package. */
  node: string | undefined;
}

/**
 * Finds the parts for a machine; those for another machine come from npm, with the checksums of package-lock.json.
 * @throws BuildError which part is missing, and where it is
 */
export async function partsFor({ root, target, folder, node }: PartsOptions): Promise<Parts> {
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (target === HOST) {
    const program = node ?? own;
    if (existsSync(program)) return { root, node: program, maker: program };
    throw new BuildError(`The Node for the file is missing (${program}): run \`npm ci\`, then build again.`);
  }
  const maker = existsSync(own) ? own : process.execPath;
  const version = (await runBuilder(maker, ['--version'])).trim();
  const parts = join(folder, `.parts-${target}`);
  await mkdir(parts, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(root, name), join(parts, name));
  const [os, cpu] = target.split('-');
  const machine = [
    `--os=${os}`,
    `--cpu=${cpu}`,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await runBuilder('npm', ['ci', '--omit=dev', ...machine], { cwd: parts });
  const program = node ?? (await nodeFromNpm(parts, target, version, machine));
  await checkVersion(program, version);
  return { root: parts, node: program, maker };
}

/** npm has the Node of another machine in few versions only. */
async function nodeFromNpm(
  parts: string,
  target: Target,
  version: string,
  machine: readonly string[],
): Promise<string> {
  const name = `${target === 'darwin-arm64' ? 'node-bin' : 'node'}-${target}`;
  const archive = `node-${version}-${target}.tar.gz`;
  await runBuilder('npm', ['install', '--no-save', '--force', ...machine, `${name}@${version.slice(1)}`], {
    cwd: parts,
  }).catch(() => {
    throw new BuildError(
      `npm has no package ${name} of version ${version.slice(1)}. Download https://nodejs.org/dist/${version}/${archive}, ` +
        'check it against SHASUMS256.txt there, and name its bin/node with --node.',
    );
  });
  return join(parts, 'node_modules', name, 'bin', 'node');
}

/** The format of what goes into a Node binary belongs to its version. @throws BuildError for another version */
async function checkVersion(program: string, version: string): Promise<void> {
  const content = await readFile(program).catch(() => null);
  if (content === null) throw new BuildError(`The Node for the file is missing: ${program}.`);
  if (content.includes(`\0${version}\0`)) return;
  throw new BuildError(`${program} is not Node ${version}, which makes the file here.`);
}
