import { embedded } from './embedded.ts';
import { packageFile } from './package-file.ts';

/** The machines that onnxruntime-node 1.24.3 has a library for, by `process.platform` and `process.arch`. */
const LIBRARIES: ReadonlySet<string> = new Set([
  'darwin-arm64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-x64',
]);

/** Why ONNX Runtime cannot be used. */
export interface OnnxRuntimeProblem {
  /**
   * `no-library`: none exists for this machine. `no-glibc`: one exists, but only for another C library.
   * `not-installed`: one exists, but npm left the package out.
   */
  kind: 'no-library' | 'no-glibc' | 'not-installed';
  /** A clause for a message: "ONNX Runtime has no library for darwin-x64". */
  reason: string;
}

/** The facts that decide whether ONNX Runtime can be used. */
export interface Machine {
  platform: string;
  arch: string;
  /** True when the C library is glibc, which the libraries for Linux need. Called on Linux only. */
  glibc: () => boolean;
  /** True when this program has the package, or its group in the single file. */
  installed: () => boolean;
}

const THIS_MACHINE: Machine = {
  platform: process.platform,
  arch: process.arch,
  glibc: hasGlibc,
  installed: isInstalled,
};

/** Returns why ONNX Runtime cannot be used here; null when it probably can. Does not load it. */
export function onnxRuntimeProblem(machine: Machine = THIS_MACHINE): OnnxRuntimeProblem | null {
  const name = `${machine.platform}-${machine.arch}`;
  if (!LIBRARIES.has(name)) return { kind: 'no-library', reason: `ONNX Runtime has no library for ${name}` };
  if (machine.platform === 'linux' && !machine.glibc()) {
    return { kind: 'no-glibc', reason: 'ONNX Runtime needs glibc, and this system has another C library' };
  }
  return machine.installed() ? null : { kind: 'not-installed', reason: 'ONNX Runtime is not installed' };
}

/** npm continues without the optional package when its install script fails (onnxruntime-node 1.24.3). */
function isInstalled(): boolean {
  const parts = embedded();
  if (parts !== null) return parts.groups.onnxruntime !== undefined;
  return packageFile('onnxruntime-node') !== null;
}

/** Node's report contains the version of glibc, and no version with musl (verified with Node 24.21). */
function hasGlibc(): boolean {
  // The property is missing in the types of Node 24.19.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const before = report.excludeNetwork ?? false;
  // Otherwise the report looks up network names, which may take seconds.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return header?.glibcVersionRuntime !== undefined;
}
