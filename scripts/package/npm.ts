/**
 * Writes lib/: the modules of src/ as JavaScript, one file each. Node does not run TypeScript below node_modules
 * (verified with 24.21), so `npm pack` and `npm publish` run this first; bin/codex-voice.js uses lib/ only there. The
 * folder is beside src/, so that the paths from a module to assets/ and bin/ are the same.
 */
import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Keeps imports, and turns `.ts` files into the `.js` files made from them. */
const importsAsTheyAre: Plugin = {
  name: 'imports-as-they-are',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'entry-point' ? null : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
    );
  },
};

/** @throws Error when a module does not compile */
export async function writeLibrary(): Promise<void> {
  const output = join(ROOT, 'lib');
  await rm(output, { recursive: true, force: true });
  const modules = await Array.fromAsync(glob('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.d.ts'] }));
  await build({
    entryPoints: modules.map((module) => join(ROOT, module)),
    outdir: output,
    outbase: join(ROOT, 'src'),
    bundle: true,
    plugins: [importsAsTheyAre],
    platform: 'node',
    format: 'esm',
    // The oldest Node of package.json's engines.
    target: 'node22.18',
    logLevel: 'error',
  });
}

await writeLibrary();
