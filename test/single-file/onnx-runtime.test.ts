import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Machine, onnxRuntimeProblem } from '../../src/single-file/onnx-runtime.ts';
import { packageFile } from '../../src/single-file/package-file.ts';

const machine = (changes: Partial<Machine>): Machine => ({
  platform: 'linux',
  arch: 'x64',
  glibc: () => true,
  installed: () => true,
  ...changes,
});

test('nothing speaks against it on the machine of the tests', () => {
  expect(onnxRuntimeProblem()).toBeNull();
});

test('a package that npm left out is not there', () => {
  expect(packageFile('onnxruntime-node')).toMatch(/onnxruntime-node[\\/]package\.json$/);
  expect(packageFile('onnxruntime-nowhere')).toBeNull();
});

test('the machines that it has a library for are those of the installed package', () => {
  const binding = createRequire(import.meta.url).resolve('onnxruntime-node');
  const libraries = join(dirname(binding), '..', 'bin', 'napi-v6');
  for (const platform of readdirSync(libraries)) {
    for (const arch of readdirSync(join(libraries, platform))) {
      expect(onnxRuntimeProblem(machine({ platform, arch }))).toBeNull();
    }
  }
});

test.each([
  ['an Intel Mac', { platform: 'darwin' }, 'no-library', 'ONNX Runtime has no library for darwin-x64'],
  ['a 32-bit system', { arch: 'arm' }, 'no-library', 'ONNX Runtime has no library for linux-arm'],
  [
    'musl',
    { glibc: () => false },
    'no-glibc',
    'ONNX Runtime needs glibc, and this system has another C library',
  ],
])('there is none for %s', (_name, changes, kind, reason) => {
  expect(onnxRuntimeProblem(machine(changes))).toEqual({ kind, reason });
});

test('glibc matters on Linux alone', () => {
  expect(onnxRuntimeProblem(machine({ platform: 'win32', glibc: () => false }))).toBeNull();
});

test('npm may have left it out', () => {
  const problem = { kind: 'not-installed', reason: 'ONNX Runtime is not installed' };
  expect(onnxRuntimeProblem(machine({ installed: () => false }))).toEqual(problem);
});
