import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle, type Plugin } from 'esbuild';

/** A place in a package that looks for a file beside itself, and its replacement in the single file. */
interface Rule {
  /** End of the module's path. */
  module: RegExp;
  /** The package's code; the build fails when it has changed. */
  says: string | RegExp;
  instead: string;
  /** Put before the module's first line. */
  first?: string;
}

const NATIVE = '__codexVoiceNative';

/** Suffix of a module's path: its text is needed, with its imports, to run it elsewhere. */
const AS_PROGRAM = '?program';

/** Verified with the versions that package.json names; the build fails when a package has changed. */
function rules(native: string): Rule[] {
  const required = `const ${NATIVE} = require(${JSON.stringify(native)});`;
  const imported = `import * as ${NATIVE} from ${JSON.stringify(native)};`;
  return [
    {
      module: /@lydell\/node-pty\/requireBinary\.js$/,
      first: required,
      says: 'return require(PACKAGE_NAME + "/" + file);',
      instead: `return ${NATIVE}.loadNative('node-pty', file);`,
    },
    {
      module: /@lydell\/node-pty\/unixTerminal\.js$/,
      first: required,
      says: 'require.resolve(helperPath)',
      instead: `${NATIVE}.nativePath('node-pty', 'spawn-helper')`,
    },
    // Windows: a thread reads the output of a console, from a module of node-pty.
    {
      module: /@lydell\/node-pty\/windowsConoutConnection\.js$/,
      first: `const __codexVoiceWorker = require('./worker/conoutSocketWorker.js${AS_PROGRAM}');`,
      says: "Worker(path_1.join(scriptPath, 'worker/conoutSocketWorker.js'), { workerData: workerData })",
      instead: 'Worker(__codexVoiceWorker, { eval: true, workerData: workerData })',
    },
    // Windows: a separate process lists the processes of a console. Here it is this program (src/main.ts).
    {
      module: /@lydell\/node-pty\/windowsPtyAgent\.js$/,
      says: "fork(path.join(__dirname, 'conpty_console_list_agent'), [_this._innerPid.toString()])",
      instead: "fork('__child', ['console-list', _this._innerPid.toString()], { execArgv: [] })",
    },
    {
      module: /koffi\/src\/koffi\/src\/static\.js$/,
      says: /^[\s\S]*$/,
      instead: `${imported}\nexport function loadStatic() { return ${NATIVE}.loadNative('transcribe', 'koffi.node'); }`,
    },
    {
      module: /transcribe-cpp\/dist\/loader\.js$/,
      first: imported,
      says: 'const override = process.env.TRANSCRIBE_LIBRARY;',
      instead: `const override = ${NATIVE}.nativePath('transcribe', LIB_NAME);`,
    },
    {
      module: /transcribe-cpp\/dist\/version\.js$/,
      first: 'import pkg from "../package.json";',
      says: /const require = createRequire\(import\.meta\.url\);\s*const pkg = require\("\.\.\/package\.json"\);/,
      instead: '',
    },
    {
      module: /onnxruntime-node\/dist\/binding\.js$/,
      first: required,
      says: /require\(`\.\.\/bin\/[^`]*`\)/,
      instead: `${NATIVE}.loadNative('onnxruntime', 'onnxruntime_binding.node')`,
    },
    {
      module: /@echogarden\/fvad-wasm\/fvad\.js$/,
      first: 'import embeddedWasm from "./fvad.wasm";',
      says: 'var wasmBinary=Module["wasmBinary"];',
      instead: 'var wasmBinary=embeddedWasm;',
    },
    // A CommonJS module cannot wait while it is loaded, so the code that draws waits for `ready` (src/ui/run.ts).
    {
      module: /yoga-layout\/dist\/src\/index\.js$/,
      says: 'const Yoga = wrapAssembly(await loadYoga());',
      instead:
        'const Yoga = {};\nexport const ready = loadYoga().then((yoga) => void Object.assign(Yoga, wrapAssembly(yoga)));',
    },
    // The code for DEV=true, for developers of ink, also waits while it is loaded, and needs React's tools.
    {
      module: /ink\/build\/reconciler\.js$/,
      says: /^if \(process\.env\['DEV'\] === 'true'\) \{\n[\s\S]*?\n\}$/gm,
      instead: '',
    },
  ];
}

/** Lets the packages with native files find them where the single file extracts them. */
export function nativePlugin(root: string): Plugin {
  return {
    name: 'natives',
    setup(build) {
      build.onResolve({ filter: /\?program$/ }, ({ path, resolveDir }) => {
        return { path: join(resolveDir, path.slice(0, -AS_PROGRAM.length)), suffix: AS_PROGRAM };
      });
      build.onLoad({ filter: /\.js$/ }, async ({ path, suffix }) => {
        return suffix === AS_PROGRAM ? { contents: await programOf(path), loader: 'text' } : null;
      });
      for (const rule of rules(join(root, 'src', 'single-file', 'native.ts'))) {
        // On Windows esbuild gives paths with backslashes.
        const filter = new RegExp(rule.module.source.replaceAll('\\/', '[\\\\/]'));
        build.onLoad({ filter }, async ({ path }) => {
          const source = await readFile(path, 'utf8');
          const found = typeof rule.says === 'string' ? source.includes(rule.says) : rule.says.test(source);
          if (!found) return { errors: [{ text: `${path} has changed: look at its rule in natives.ts` }] };
          const contents = `${rule.first ?? ''}\n${source.replace(rule.says, () => rule.instead)}`;
          return { contents, loader: 'js' };
        });
      }
    },
  };
}

/** A module and what it needs as one CommonJS text. */
async function programOf(path: string): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
  });
  return outputFiles.map(({ text }) => text).join('');
}
