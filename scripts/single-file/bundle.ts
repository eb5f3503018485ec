import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import type { Embedded } from '../../src/single-file/embedded.ts';
import { BuildError } from './build-error.ts';
import { nativePlugin } from './natives.ts';

/** Where the modules are that `import.meta` would name: nothing in the bundle may look for files there. */
const IMPORT_META = `const __importMetaUrl=require('node:url').pathToFileURL(process.execPath).href,__importMetaDirname=require('node:path').dirname(process.execPath);`;

/** A thread of the single file gets the list of its files from the thread that started it. */
const EMBEDDED = '__codexVoiceEmbedded';
const WORKER_DATA = `const ${EMBEDDED}=require('node:worker_threads').workerData.embedded;`;

/**
 * Puts the program and its packages into one CommonJS file, as Node 24's single executables want it. Names are kept:
 * a stack trace in the log can be read.
 * @returns what is inside, for the list of licences
 * @throws BuildError when it cannot, after esbuild has said why
 */
export async function bundle(root: string, file: string, embedded: Embedded): Promise<Metafile> {
  return bundleFrom({ root, entry: join(root, 'src', 'main.ts'), file, embedded: JSON.stringify(embedded) });
}

/** Puts a thread of the program and its packages into one CommonJS file. @throws as `bundle` */
export async function bundleWorker(root: string, name: string, file: string): Promise<void> {
  const entry = join(root, 'src', `${name}.ts`);
  await bundleFrom({ root, entry, file, embedded: EMBEDDED, banner: WORKER_DATA });
}

interface BundleOptions {
  root: string;
  entry: string;
  file: string;
  /** JavaScript for `CODEX_VOICE_EMBEDDED`. */
  embedded: string;
  /** Code before everything else. */
  banner?: string;
}

async function bundleFrom({ root, entry, file, embedded, banner = '' }: BundleOptions): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    loader: { '.wasm': 'binary' },
    banner: { js: IMPORT_META + banner },
    define: {
      'import.meta.url': '__importMetaUrl',
      'import.meta.dirname': '__importMetaDirname',
      'process.env.NODE_ENV': '"production"',
      CODEX_VOICE_EMBEDDED: embedded,
    },
    plugins: [nativePlugin(root)],
  }).catch((error: unknown) => {
    throw new BuildError('The program could not be bundled; what esbuild says is above.', { cause: error });
  });
  await escapeNonAscii(file);
  return metafile;
}

/**
 * One character beyond ASCII makes V8 keep the whole text with two bytes a character: 5 MB instead of 2.5, in every
 * process. esbuild escapes them in strings and leaves them in regular expressions (0.28), which know the same escapes.
 */
async function escapeNonAscii(file: string): Promise<void> {
  const code = await readFile(file, 'utf8');
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  await writeFile(file, code.replace(/[^\x00-\x7f]/g, escaped));
}
