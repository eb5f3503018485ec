import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { BuildError } from './build-error.ts';
import { koffiPackage, ptyPackage, type Target, transcribePackage, trayProgram } from './target.ts';

/** An npm package whose code is inside the file. */
export interface Package {
  name: string;
  version: string;
  licence: string;
  /** Its folder. */
  folder: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice|thirdparty ?notices?)/i;

/** A licence text that is kept here, and its source: another version may have another text. */
export interface KeptText {
  /** Below the root. */
  file: string;
  package?: string;
  version?: string;
}

/** Packages without a licence text, and the text that is used instead. */
const ELSEWHERE: readonly [package_: RegExp, text: KeptText][] = [
  [/^onnxruntime-/, kept('onnxruntime.txt', 'onnxruntime-node', '1.24.3')],
  // From @xterm/xterm of the same version and repository.
  [/^@xterm\/headless$/, kept('xterm.txt', '@xterm/headless', '6.0.0')],
  // Its repository has none either.
  [/^@nodable\/entities$/, kept('nodable-entities.txt', '@nodable/entities', '3.1.0')],
  // From its repository, facebook/yoga.
  [/^yoga-layout$/, kept('yoga-layout.txt', 'yoga-layout', '3.2.1')],
  [/^@lydell\/node-pty-/, { file: 'node_modules/@lydell/node-pty/LICENSE' }],
  [/^@koromix\/koffi-/, { file: 'node_modules/koffi/LICENSE.txt' }],
];

/** Packages that contain other programs, and the paths of their licences within the package. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  'node-notifier': ['vendor/terminal-notifier-LICENSE', 'vendor/snoreToast/LICENSE'],
};

/** Parts that are not npm packages, with their licence texts. */
const OTHERS: readonly [title: string, text: KeptText][] = [
  ['ONNX Runtime: third parties', kept('onnxruntime-third-parties.txt', 'onnxruntime-node', '1.24.3')],
  ['Whisper tiny.en, the weights, further trained (MIT)', { file: 'assets/ear/LICENSE.txt' }],
  ['Silero VAD, the weights (MIT)', { file: 'assets/detector/silero-LICENSE.txt' }],
  ['smart-turn, the weights (BSD 2-Clause)', { file: 'assets/detector/smart-turn-LICENSE.txt' }],
  ['SCOWL, the English words of the vocabulary', { file: 'assets/english/scowl-LICENSE.txt' }],
  ['The recording of the demo (public domain)', { file: 'assets/demo/recording-LICENSE.txt' }],
  // The npm package `node` comes without it.
  ['Node.js 24, and what is inside it', kept('node.txt', 'node', '24.21.0')],
];

function kept(name: string, package_: string, version: string): KeptText {
  return { file: `scripts/single-file/licences/${name}`, package: package_, version };
}

/**
 * All npm packages with code in the bundle, and those with the machine's native files.
 * @param parts the folder whose node_modules has the native files
 */
export async function packagesInside(
  root: string,
  metafile: Metafile,
  target: Target,
  parts = root,
): Promise<Package[]> {
  const bundled = Object.keys(metafile.inputs).flatMap((input) => packageOf(input) ?? []);
  const native = [ptyPackage(target), koffiPackage(target), transcribePackage(target), 'onnxruntime-node'];
  if (trayProgram(target) !== null) native.push('systray2');
  if (!target.startsWith('linux-')) native.push('node-notifier');
  const folders = new Map([
    ...native.map((name) => [`node_modules/${name}`, parts] as const),
    ...bundled.map((each) => [each, root] as const),
  ]);
  const packages = await Promise.all([...folders].map(([folder, base]) => describe(join(base, folder))));
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
 * @throws BuildError for a part without a licence text, or with the text of another version
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
    OTHERS.map(async ([title, text]) => ({ title, text: await readKept(root, text, title) })),
  );
  const chapters = [{ title: 'codex-voice', text: own }, ...ofPackages, ...others];
  const contents = chapters.map(({ title }) => `  ${title}`).join('\n');
  const body = chapters.map(
    ({ title, text }) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trim()}\n`,
  );
  return `The licences of what is inside this program:\n\n${contents}\n\n${body.join('\n')}`;
}

async function textOf(root: string, { name, folder }: Package): Promise<string> {
  const inside = (INSIDE[name] ?? []).map((file) => join(folder, file));
  const found = [...(await licenceFiles(folder)), ...inside];
  if (found.length > 0) return (await Promise.all(found.map((file) => readText(file, name)))).join('\n\n');
  const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(name));
  if (elsewhere) return readKept(root, elsewhere[1], name);
  throw new BuildError(
    `${name} comes without the text of its licence: add it to scripts/single-file/licences.ts.`,
  );
}

/** @throws BuildError when the package it was taken from is installed in another version */
export async function readKept(root: string, text: KeptText, what: string): Promise<string> {
  if (text.package !== undefined) {
    const { version } = await describe(join(root, 'node_modules', text.package));
    if (version !== text.version) {
      throw new BuildError(
        `${text.file} is the licence of ${text.package} ${text.version}, and ${version} is installed: ` +
          'compare it with that version, then say so in scripts/single-file/licences.ts.',
      );
    }
  }
  return readText(join(root, text.file), what);
}

/** The licences of the package and of the libraries in it. */
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
