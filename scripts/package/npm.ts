/**
 * Writes lib/: the modules of src/ as JavaScript, one file each. Node runs no TypeScript below node_modules (verified
 * with 24.21), so `npm pack` and `npm publish` run this first; bin/codex-voice.js takes lib/ only there. The folder
 * lies beside src/, so that the paths from a module to assets/ and bin/ are the same.
 */
import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every import stays an import; that of a `.ts` file becomes one of the `.js` file made from it. */
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
