import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { BuildError } from './build-error.ts';
import { koffiPackage, ptyPackage, type Target, transcribePackage } from './target.ts';

/** An npm package whose code is inside the file. */
export interface Package {
  name: string;
  version: string;
  licence: string;
  /** Its folder. */
  folder: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice|thirdparty ?notices?)/i;

/** Packages that come without the text of their licence: what stands in for it, below the root. */
const ELSEWHERE: readonly [package_: RegExp, files: readonly string[]][] = [
  [/^onnxruntime-/, ['scripts/single-file/licences/onnxruntime.txt']],
  [/^@xterm\/headless$/, ['scripts/single-file/licences/xterm.txt']],
  [/^@nodable\/entities$/, ['scripts/single-file/licences/nodable-entities.txt']],
  [/^@lydell\/node-pty-/, ['node_modules/@lydell/node-pty/LICENSE']],
  [/^@koromix\/koffi-/, ['node_modules/koffi/LICENSE.txt']],
];

/** What is not an npm package, by the file with its licence. */
const OTHERS: readonly [title: string, file: string][] = [
  ['ONNX Runtime: third parties', 'scripts/single-file/licences/onnxruntime-third-parties.txt'],
  ['Whisper tiny.en, the weights (MIT)', 'assets/models/whisper-LICENSE.txt'],
  ['Silero VAD, the weights (MIT)', 'assets/detector/silero-LICENSE.txt'],
  ['The recording of the demo (public domain)', 'assets/demo/recording-LICENSE.txt'],
  // The npm package `node` comes without it; this is 24.21's.
  ['Node.js 24, and what is inside it', 'scripts/single-file/licences/node.txt'],
];

/** All npm packages that the bundler took something from, and those with the machine's native files. */
export async function packagesInside(root: string, metafile: Metafile, target: Target): Promise<Package[]> {
  const bundled = Object.keys(metafile.inputs).flatMap((input) => packageOf(input) ?? []);
  const native = [ptyPackage(target), koffiPackage(target), transcribePackage(target), 'onnxruntime-node'];
  const names = new Set([...bundled, ...native.map((name) => `node_modules/${name}`)]);
  const packages = await Promise.all([...names].map((folder) => describe(join(root, folder))));
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `node_modules/a/node_modules/@b/c/d.js` -> `node_modules/a/node_modules/@b/c`. */
export function packageOf(input: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? null;
}

async function describe(folder: string): Promise<Package> {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const { name, version, license } = manifest;
  return { name, version, licence: license ?? 'its text is below', folder };
}

/**
 * The licences of everything inside the file, as one text.
 * @throws BuildError for what has no text of a licence
 */
export async function licencesText(root: string, packages: readonly Package[]): Promise<string> {
  const own = await readText(join(root, 'LICENSE'), 'codex-voice');
  const ofPackages = await Promise.all(
    packages.map(async (each) => ({
      title: `${each.name} ${each.version} (${each.licence})`,
      text: await textOf(root, each),
    })),
  );
  const others = await Promise.all(
    OTHERS.map(async ([title, file]) => ({ title, text: await readText(join(root, file), title) })),
  );
  const chapters = [{ title: 'codex-voice', text: own }, ...ofPackages, ...others];
  const contents = chapters.map(({ title }) => `  ${title}`).join('\n');
  const body = chapters.map(
    ({ title, text }) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trim()}\n`,
  );
  return `The licences of what is inside this program:\n\n${contents}\n\n${body.join('\n')}`;
}

async function textOf(root: string, { name, folder }: Package): Promise<string> {
  const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(name));
  const found = await licenceFiles(folder);
  const files = found.length > 0 ? found : (elsewhere?.[1].map((file) => join(root, file)) ?? []);
  if (files.length === 0) {
    throw new BuildError(
      `${name} comes without the text of its licence: add it to scripts/single-file/licences.ts.`,
    );
  }
  return (await Promise.all(files.map((file) => readText(file, name)))).join('\n\n');
}

/** The package's own, and those of the libraries in it. */
async function licenceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = entries.filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name));
  const more = entries.some((entry) => entry.isDirectory() && entry.name === 'licenses')
    ? (await readdir(join(folder, 'licenses'))).map((name) => join(folder, 'licenses', name))
    : [];
  return [...own.map(({ name }) => join(folder, name)), ...more].toSorted();
}

async function readText(file: string, what: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.trim() === '') throw new BuildError(`The licence of ${what} is missing: ${file}.`);
  return text;
}
