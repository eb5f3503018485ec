import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EAR_GROUP } from '../../src/models/ear-files.ts';
import { type EmbeddedGroup, embeddedKey } from '../../src/single-file/embedded.ts';
import { BuildError } from './build-error.ts';
import { koffiPackage, ptyPackage, type Target, transcribePackage, trayProgram } from './target.ts';

/** Files that go into the single file together. */
export interface GroupSource {
  name: string;
  native: boolean;
  /** Path within the group -> path on this disk. */
  files: Readonly<Record<string, string>>;
}

/** 53 MB that only downloaded models on the few machines with a Vulkan driver could use: left out. */
const LEFT_OUT = /vulkan/;
const LIBRARY = /\.(node|so|dylib|dll|exe|metal|metallib)(\.\d+)*$/;

/**
 * All native groups of a machine that are installed here.
 * @throws BuildError which package is missing
 */
export async function nativeSources(root: string, target: Target): Promise<GroupSource[]> {
  const modules = join(root, 'node_modules');
  const pty = await filesOf(join(modules, ptyPackage(target)), ptyPackage(target));
  const engine = await filesOf(join(modules, transcribePackage(target)), transcribePackage(target));
  const [platform, arch] = target.split('-');
  const koffi = join(modules, koffiPackage(target), `${platform}_${arch}`);
  const sources: GroupSource[] = [
    {
      name: 'node-pty',
      native: true,
      files: pick(pty, (name) => LIBRARY.test(name) || name === 'spawn-helper'),
    },
    {
      name: 'transcribe',
      native: true,
      files: {
        ...pick(engine, (name) => LIBRARY.test(name) && !LEFT_OUT.test(name)),
        ...pick(await filesOf(koffi, koffiPackage(target)), (name) => name === 'koffi.node'),
      },
    },
  ];
  if (hasOnnxRuntime(target)) {
    const runtime = join(modules, 'onnxruntime-node', 'bin', 'napi-v6', String(platform), String(arch));
    const files = pick(await filesOf(runtime, 'onnxruntime-node'), (name) => LIBRARY.test(name));
    sources.push({ name: 'onnxruntime', native: true, files });
  }
  sources.push(...(await traySources(root, target)));
  sources.push(...(await notifierSource(root, target)));
  const empty = sources.find(({ files }) => Object.keys(files).length === 0);
  if (empty)
    throw new BuildError(`There are no native files for ${empty.name}: run \`npm ci\` on this machine.`);
  return sources;
}

/** onnxruntime-node 1.24.3 has nothing for Intel Macs: there the other detector and a downloaded model are used. */
function hasOnnxRuntime(target: Target): boolean {
  return target !== 'darwin-x64';
}

/** The program that draws the tray, where the desktop has no bus for that. @throws BuildError it is not installed */
export async function traySources(root: string, target: Target): Promise<GroupSource[]> {
  const program = trayProgram(target);
  if (program === null) return [];
  const programs = await filesOf(join(root, 'node_modules', 'systray2', 'traybin'), 'systray2');
  return [{ name: 'systray', native: true, files: pick(programs, (name) => name === program) }];
}

/** What shows notifications there; other machines carry nothing of it. */
export async function notifierSource(root: string, target: Target): Promise<GroupSource[]> {
  const vendor = join(root, 'node_modules', 'node-notifier', 'vendor');
  const source = (files: Record<string, string>): GroupSource[] => [
    { name: 'node-notifier', native: true, files },
  ];
  // An application is its whole folder; its icon belongs to Apple, and it does without.
  if (target.startsWith('darwin-')) {
    const app = await filesOf(join(vendor, 'mac.noindex'), 'node-notifier');
    return source(pick(app, (name) => !name.endsWith('.icns')));
  }
  if (!target.startsWith('win32-')) return [];
  const programs = await filesOf(join(vendor, 'snoreToast'), 'node-notifier');
  return source(pick(programs, (name) => name.endsWith('-x64.exe')));
}

/** Collects every folder of assets/ as a group; the embedded model only for machines that can run it. */
export async function assetSources(root: string, target: Target): Promise<GroupSource[]> {
  const assets = join(root, 'assets');
  const usable = (name: string): boolean => name !== EAR_GROUP || hasOnnxRuntime(target);
  const entries = await readdir(assets, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && usable(entry.name));
  return Promise.all(
    folders.map(async ({ name }) => ({
      name,
      native: false,
      files: await filesOf(join(assets, name), name),
    })),
  );
}

/** What the program has to know about a group to extract and check it. */
export async function describeGroup({ native, files }: GroupSource): Promise<EmbeddedGroup> {
  const described = await Promise.all(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([name, path]) => {
        const content = await readFile(path);
        return { name, bytes: content.length, sha256: sha256(content) };
      }),
  );
  return { hash: sha256(JSON.stringify(described)), native, files: described };
}

/** As Node's single executable format wants them: name -> path. */
export function seaAssets(sources: readonly GroupSource[]): Record<string, string> {
  return Object.fromEntries(
    sources.flatMap(({ name, files }) =>
      Object.entries(files).map(([file, path]) => [embeddedKey(name, file), path]),
    ),
  );
}

function pick(
  files: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => wanted(name)));
}

/** All files below the folder, by their path with `/`. */
async function filesOf(folder: string, what: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => {
    throw new BuildError(`${what} is not installed for this machine: run \`npm ci\` here, then build again.`);
  });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((path) => [relative(folder, path).split(sep).join('/'), path]));
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
