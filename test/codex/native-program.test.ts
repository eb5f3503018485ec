import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nativeProgram, shimTarget, whichCodex } from '../../src/codex/native-program.ts';
import { withEndings } from '../../src/processes/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** As npm 11 (cmd-shim 8.0.0) writes it. */
const NPM = String.raw`@ECHO off
GOTO start
:find_dp0
SET dp0=%~dp0
EXIT /b
:start
SETLOCAL
CALL :find_dp0
IF EXIST "%dp0%\node.exe" (
  SET "_prog=%dp0%\node.exe"
) ELSE (
  SET "_prog=node"
  SET PATHEXT=%PATHEXT:;.JS;=;%
)
endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\node_modules\@openai\codex\bin\codex.js" %*
`;
/** As pnpm 10 writes it. */
const PNPM = String.raw`@IF EXIST "%~dp0\node.exe" (
  "%~dp0\node.exe"  "%~dp0\global\5\node_modules\@openai\codex\bin\codex.js" %*
) ELSE (
  node  "%~dp0\global\5\node_modules\@openai\codex\bin\codex.js" %*
)
`;

/** A package of npm with its program for this machine. */
function installed(folder: string): { script: string; native: string } {
  const modules = join(folder, 'node_modules', '@openai');
  const script = join(modules, 'codex', 'bin', 'codex.js');
  const platform = join(modules, `codex-${process.platform}-${process.arch}`);
  const native = join(platform, 'vendor', 'some-triple', 'bin', 'codex');
  for (const path of [script, native, join(platform, 'package.json')]) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, path.endsWith('.json') ? '{"name":"x"}' : '');
    chmodSync(path, 0o755);
  }
  return { script, native };
}

test.each([
  ['npm', NPM, 'node_modules/@openai/codex/bin/codex.js'],
  ['pnpm', PNPM, 'global/5/node_modules/@openai/codex/bin/codex.js'],
])('the script behind a command file of %s', async (_what, content, script) => {
  const folder = temporaryFolder();
  const file = join(folder, 'codex.cmd');
  writeFileSync(file, content.replaceAll('\n', '\r\n'));
  expect(await shimTarget(file)).toBe(join(folder, script));
});

test('the native program behind a command file and behind a link', async () => {
  const folder = temporaryFolder();
  const { script, native } = installed(folder);
  writeFileSync(join(folder, 'codex.cmd'), NPM);
  symlinkSync(script, join(folder, 'codex'));
  expect(await nativeProgram(join(folder, 'codex.cmd'))).toBe(native);
  expect(await nativeProgram(join(folder, 'codex'))).toBe(native);
});

test.each([
  ['of another program', '@echo off\r\nstart calc.exe %*\r\n'],
  ['of a package that is gone', NPM],
])('a command file %s is never run', async (_what, content) => {
  const file = join(temporaryFolder(), 'codex.cmd');
  writeFileSync(file, content);
  await expect(nativeProgram(file)).rejects.toMatchObject({ code: 'codex-missing' });
});

test('a path may begin with the home folder', async () => {
  const folder = temporaryFolder();
  const { native } = installed(folder);
  const below = native.slice(folder.length + 1);
  expect(await whichCodex(`~/${below}`, { HOME: folder })).toBe(native);
  expect(await whichCodex('codex', { PATH: join(native, '..') })).toBe(native);
  expect(await whichCodex('', { PATH: join(native, '..') })).toBeNull();
});

test.each([
  ['codex', ['codex.com', 'codex.exe', 'codex.cmd']],
  ['codex.EXE', ['codex.EXE']],
  ['codex.cmd', ['codex.cmd']],
])('on Windows, %s stands for %j', (name, names) => {
  expect(withEndings(name, ['.com', '.exe', '.cmd'], 'win32')).toEqual(names);
  expect(withEndings(name, ['.com', '.exe', '.cmd'], 'linux')).toEqual([name]);
});
