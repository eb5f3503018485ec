import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { describeGroup, nativeSources, seaAssets } from '../../scripts/single-file/contents.ts';
import { makeSingleFile } from '../../scripts/single-file/executable.ts';
import { nativePlugin } from '../../scripts/single-file/natives.ts';
import { chooseTarget } from '../../scripts/single-file/target.ts';
import { bundledWorkers } from '../../scripts/single-file/workers.ts';
import { run } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Starts the thread with the microphones of Windows, and prints what it says. */
const MAIN = `
import { extractAll } from './src/single-file/part-folder.ts';
import { startWorker } from './src/single-file/worker.ts';
if (process.argv[2] === '__child') extractAll();
else start();
function start() {
const worker = startWorker('microphone/winmm/worker');
worker.on('message', (message) => { console.log(JSON.stringify(message)); worker.terminate(); });
worker.on('error', (error) => console.log(error.message));
}
`;

test('a thread of the single file starts from its bundle, and loads koffi', async () => {
  const folder = temporaryFolder();
  const natives = await nativeSources(ROOT, chooseTarget());
  const sources = [
    ...natives.filter(({ name }) => name === 'transcribe'),
    await bundledWorkers(ROOT, ['microphone/winmm/worker'], join(folder, 'workers')),
  ];
  const groups = Object.fromEntries(
    await Promise.all(sources.map(async (source) => [source.name, await describeGroup(source)] as const)),
  );
  const main = join(folder, 'main.cjs');
  await build({
    stdin: { contents: MAIN, resolveDir: ROOT, loader: 'ts' },
    outfile: main,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { CODEX_VOICE_EMBEDDED: JSON.stringify({ commit: null, packages: {}, groups }) },
    plugins: [nativePlugin(ROOT)],
    logLevel: 'error',
  });
  const node = join(ROOT, 'node_modules', 'node', 'bin', 'node');
  const program = join(folder, 'program');
  await makeSingleFile({
    work: folder,
    target: chooseTarget(),
    node,
    maker: node,
    main,
    assets: seaAssets(sources),
    output: program,
  });
  const cache = join(folder, 'cache');
  const said = await run(program, [], { env: { PATH: process.env.PATH, XDG_CACHE_HOME: cache } });
  // This system has no winmm.dll: it is koffi that says so, from the library that was extracted.
  expect(said).toContain('Failed to load shared library');
});
