import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Embedded } from '../../src/single-file/embedded.ts';
import { runScript } from '../package/build-step.ts';
import { bundle } from './bundle.ts';
import { compress } from './compress.ts';
import { assetSources, describeGroup, type GroupSource, nativeSources, seaAssets } from './contents.ts';
import { makeSingleFile } from './executable.ts';
import { licencesText, type Package, packagesInside } from './licences.ts';
import { macApp } from './mac-app.ts';
import { type Parts, partsFor } from './parts.ts';
import { writeSbom } from './sbom.ts';
import { chooseTarget, HOST, isMac, TARGETS, type Target } from './target.ts';
import { workerSources } from './workers.ts';
import { zip } from './zip.ts';

const USAGE = `Usage: npm run package -- [options]
Makes dist/codex-voice-VERSION-PLATFORM-ARCH: one executable file with Node, all packages, the native libraries and
the assets inside; beside it its compressed form, its licences and its bill of materials. For macOS it also makes
codex-voice-VERSION-darwin-ARCH.app.zip with the app.

  --target NAME   ${TARGETS.join(', ')} (this machine: ${HOST}).
                  The files for macOS can be made on Linux too, from packages that npm downloads.
  --node FILE     the Node binary that becomes the program, instead of the one of the npm package
  --notifier FILE for macOS: scripts/single-file/notifier.swift, compiled, which goes into the app
  --output DIR    instead of dist
  --only-file     the executable and nothing beside it`;

const root = join(import.meta.dirname, '..', '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      node: { type: 'string' },
      notifier: { type: 'string' },
      output: { type: 'string', default: join(root, 'dist') },
      'only-file': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const target = chooseTarget(values.target);
  await mkdir(values.output, { recursive: true });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const base = join(values.output, `codex-voice-${version}-${target}`);
  const file = process.platform === 'win32' ? `${base}.exe` : base;
  const parts = await partsFor({ root, target, folder: values.output, node: values.node });
  const licences = await build(target, parts, values.output, file);
  await report(file);
  if (values['only-file']) return;
  if (isMac(target)) {
    const picture = await readFile(join(root, 'assets', 'icons', 'codex-voice.png'));
    const notifier = values.notifier === undefined ? null : await readFile(values.notifier);
    const app = macApp(await readFile(file), picture, version, notifier);
    await writeFile(`${base}.app.zip`, zip(app));
    await report(`${base}.app.zip`);
  }
  await writeFile(`${base}.licences.txt`, licences);
  await report(`${base}.licences.txt`);
  await report(await writeSbom(root, join(values.output, `codex-voice-${version}.cdx.json`)));
  await report(await compress(file, base));
}

/** Builds in a folder beside the file, which appears when it is complete. @returns the licences in it */
async function build(target: Target, parts: Parts, folder: string, file: string): Promise<string> {
  const work = await mkdtemp(join(folder, '.build-'));
  try {
    const main = join(work, 'main.cjs');
    const sources = [...(await nativeSources(parts.root, target)), ...(await assetSources(root, target))];
    sources.push(...(await workerSources(root, target, join(work, 'workers'))));
    // Which packages are inside is known after the first time.
    const metafile = await bundle(root, main, { commit: null, packages: {}, groups: {} });
    const packages = await packagesInside(root, metafile, target, parts.root);
    const licences = await licencesText(root, packages);
    const text = join(work, 'LICENCES.txt');
    await writeFile(text, licences);
    sources.push({ name: 'licences', native: false, files: { 'LICENCES.txt': text } });
    await bundle(root, main, await describe(sources, packages));
    const { node, maker } = parts;
    await makeSingleFile({ work, target, node, maker, main, assets: seaAssets(sources), output: file });
    return licences;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function describe(sources: readonly GroupSource[], packages: readonly Package[]): Promise<Embedded> {
  const groups = await Promise.all(
    sources.map(async (source) => [source.name, await describeGroup(source)] as const),
  );
  return {
    commit: await commit(),
    packages: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    groups: Object.fromEntries(groups),
  };
}

/** null: not a git checkout, or no git. */
async function commit(): Promise<string | null> {
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: root });
  try {
    const { stdout: hash } = await git('rev-parse', 'HEAD');
    const { stdout: changes } = await git('status', '--porcelain', '--untracked-files=no');
    return `${hash.trim()}${changes === '' ? '' : '-dirty'}`;
  } catch {
    return null; // An archive of the sources is as good.
  }
}

async function report(file: string): Promise<void> {
  const { size } = await stat(file);
  process.stdout.write(`${file}  ${(size / 1e6).toFixed(1)} MB\n`);
}

await runScript(main);
