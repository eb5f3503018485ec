import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../src/processes/programs.ts';
import { NODE_OPTIONS } from '../../src/single-file/child.ts';
import { relabelLargeNote } from './elf-notes.ts';
import { signedProgram } from './mac-app.ts';
import { HOST, isMac, type Target } from './target.ts';

const run = promisify(execFile);

/** Node looks for this in its own binary (Node 24.21). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface SingleFile {
  /** Folder for what is made on the way. */
  work: string;
  target: Target;
  /** The Node binary that becomes the program, and the one of the same version that runs here. */
  node: string;
  maker: string;
  main: string;
  assets: Readonly<Record<string, string>>;
  /** Where the program goes, in one step. */
  output: string;
}

/** Makes one executable file of Node, the bundle and the assets. */
export async function makeSingleFile(file: SingleFile): Promise<void> {
  const { work, target, node, maker, main, assets, output } = file;
  const blob = join(work, 'program.blob');
  const config = join(work, 'sea-config.json');
  const settings = {
    main,
    output: blob,
    assets,
    disableExperimentalSEAWarning: true,
    // V8 accepts only code that was compiled for the same processor and system.
    useCodeCache: target === HOST,
    useSnapshot: false,
    execArgv: NODE_OPTIONS,
    // NODE_OPTIONS is meant for other programs, and an unknown option would end this one.
    execArgvExtension: 'none',
  };
  await writeFile(config, JSON.stringify(settings));
  // V8 accepts a code cache only with the options with which it was made.
  await run(maker, [...NODE_OPTIONS, '--experimental-sea-config', config]);
  const program = join(work, 'program');
  await copyFile(node, program);
  await chmod(program, 0o755);
  if (target.startsWith('linux-')) await strip(program);
  const mac = isMac(target);
  // In a separate process, because on Linux it prints a harmless warning a dozen times (1.0.0-alpha.6).
  const postject = createRequire(import.meta.url).resolve('postject/dist/cli.js');
  const segment = mac ? ['--macho-segment-name', 'NODE_SEA'] : [];
  await run(maker, [postject, program, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment]);
  // postject has taken Node's signature away, and Apple's processors run nothing without a valid one.
  if (mac) await writeFile(program, signedProgram(await readFile(program)));
  if (target.startsWith('linux-')) await relabelLargeNote(program);
  await rm(blob);
  await rename(program, output);
}

/** Before the assets are added, because strip would move them. Only Linux's Node has symbols (18 MB). */
async function strip(program: string): Promise<void> {
  if ((await findProgram('strip')) === null) {
    process.stderr.write('strip (package binutils) is missing: the file becomes 18 MB larger.\n');
    return;
  }
  await run('strip', ['--strip-all', program]);
}
