import { readFileSync } from 'node:fs';
import { reportOf } from '../errors.ts';
import { earFiles } from '../models/ear-files.ts';
import { parseSettings } from '../settings/load.ts';
import { DEFAULT_MODEL } from '../settings/schema.ts';
import { embedded } from '../single-file/embedded.ts';
import { packageFile } from '../single-file/package-file.ts';
import { SILERO, SMART_TURN } from '../speech/weights.ts';
import { VERSION } from '../version.ts';
import { agent } from './agent.ts';
import { loadUserSettings } from './user-settings.ts';

/** A part of the program, or a program that it needs. */
export interface InstalledPart {
  name: string;
  /** null: it is missing, and `detail` says why. */
  version: string | null;
  /** A commit, a hash, a path. */
  detail?: string;
}

/** The npm packages of the parts. */
const PACKAGES: readonly [name: string, package_: string][] = [
  ['Whisper engine', 'transcribe-cpp'],
  ['FFI', 'koffi'],
  ['ONNX Runtime', 'onnxruntime-node'],
  ['WebRTC detector', '@echogarden/fvad-wasm'],
  ['PTY', '@lydell/node-pty'],
  ['terminal', '@xterm/headless'],
  ['X11', 'x11'],
  ['D-Bus', '@jellybrick/dbus-next'],
];

/** Lists every part with its version, for `version --verbose` and for bug reports. */
export async function installedParts(env: NodeJS.ProcessEnv): Promise<InstalledPart[]> {
  const { node, v8, sqlite } = process.versions;
  const commit = embedded()?.commit;
  const ear = Object.values(earFiles(''));
  return [
    { name: 'codex-voice', version: VERSION, ...(commit ? { detail: `commit ${commit}` } : {}) },
    {
      name: 'runs from',
      version: embedded() ? 'one file' : 'its folder',
      detail: (embedded() ? process.execPath : process.argv[1]) ?? '',
    },
    { name: 'platform', version: `${process.platform}-${process.arch}` },
    { name: 'Node', version: node },
    { name: 'V8', version: v8 },
    { name: 'SQLite', version: sqlite ?? null },
    ...PACKAGES.map(([name, package_]) => ({ name, version: versionOf(package_), detail: package_ })),
    ...ear.map(({ path, sha256 }) => ({
      name: 'Whisper model',
      version: DEFAULT_MODEL,
      detail: `${path} sha256 ${sha256}`,
    })),
    { name: 'Silero detector', version: SILERO.version, detail: `sha256 ${SILERO.sha256}` },
    { name: 'smart-turn', version: SMART_TURN.version, detail: `sha256 ${SMART_TURN.sha256}` },
    await codexCli(env),
  ];
}

/** Version of a package in the single file, or in node_modules. */
function versionOf(name: string): string | null {
  const parts = embedded();
  if (parts !== null) return parts.packages[name] ?? null;
  const path = packageFile(name);
  if (path === null) return null;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version ?? null;
}

async function codexCli(env: NodeJS.ProcessEnv): Promise<InstalledPart> {
  const name = 'Codex CLI';
  try {
    const { settings } = await loadUserSettings(env).catch(() => ({
      settings: parseSettings('', '').settings,
    }));
    const { path, version } = await agent.program(settings.codex.command, env);
    return { name, version, detail: path };
  } catch (error) {
    return { name, version: null, detail: reportOf(error).message };
  }
}
