import { copyFile, mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCodex } from '../../src/codex/binary.ts';
import type { InstalledPart } from '../../src/daemon/installed-parts.ts';
import type { Utterance } from '../../src/utterance.ts';
import { canMount, runInNamespace, runToEnd } from '../support/namespace.ts';
import { packagedFile } from '../support/packaged.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');

type Manifest = Record<'devDependencies' | 'dependencies' | 'optionalDependencies', Record<string, string>>;

let file: string;
let codex: string;

beforeAll(async () => {
  file = await packagedFile();
  const command = join(ROOT, 'node_modules', '.bin', 'codex');
  codex = await realpath((await findCodex(command, process.env, pino({ level: 'silent' }))).path);
});

/** An empty folder with the file and, in bin/, a Codex; nothing else is in PATH. */
async function alone(): Promise<{ program: string; folder: string; env: NodeJS.ProcessEnv }> {
  const folder = temporaryFolder();
  const program = join(folder, 'codex-voice');
  await copyFile(file, program);
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'home'));
  return {
    program,
    folder,
    // Codex goes without its helpers when its home lies below TMPDIR (0.169.0).
    env: { HOME: join(folder, 'home'), PATH: join(folder, 'bin'), TMPDIR: '/var/tmp', NODE_OPTIONS: '--bad' },
  };
}

describe('the single file', () => {
  it('runs the whole loop alone: no Node, no node_modules, nothing in PATH but codex', async () => {
    const { program, folder, env } = await alone();
    let result: Awaited<ReturnType<typeof runToEnd>>;
    if (await canMount()) {
      // Nothing of the checkout is there any more.
      await copyFile(codex, join(folder, 'bin', 'codex'));
      const script = `mount -t tmpfs tmpfs '${ROOT}'; cd '${folder}'; PATH='${env.PATH}' exec ./codex-voice demo --loopback --json`;
      result = await runInNamespace(script, { ...env, PATH: process.env.PATH }, folder);
    } else {
      await symlink(codex, join(folder, 'bin', 'codex'));
      result = await runToEnd(program, ['demo', '--loopback', '--json'], env, folder);
    }
    expect({ ...result, stdout: '' }).toEqual({ status: 0, stdout: '', stderr: '' });
    const utterance = JSON.parse(result.stdout) as Utterance;
    expect(utterance.state).toBe('answered');
    expect(utterance.timings.loop).toBeGreaterThan(0);
    expect(utterance.transcript).toContain('art of printing');
    // It extracted what it needs into the cache, and left nothing else.
    const cache = await readdir(join(folder, 'home', '.cache', 'codex-voice'));
    const groups = cache.map((name) => name.replace(/-[0-9a-f]{16}$/, '')).toSorted();
    expect(groups).toEqual(expect.arrayContaining(['ear', 'node-pty', 'onnxruntime', 'transcribe']));
    expect(cache.filter((name) => !/-[0-9a-f]{16}$/.test(name))).toEqual([]);
  });

  it('says its version without extracting anything, whatever NODE_OPTIONS asks of Node', async () => {
    const { program, folder, env } = await alone();
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await runToEnd(program, ['version'], env, folder)).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    expect(await readdir(join(folder, 'home'))).toEqual([]);
  });

  it('names every part and its version', async () => {
    const { program, folder, env } = await alone();
    const { status, stdout } = await runToEnd(program, ['version', '--verbose', '--json'], env, folder);
    expect(status).toBe(0);
    const { parts } = JSON.parse(stdout) as { parts: InstalledPart[] };
    const version = (name: string) => parts.find((part) => part.name === name)?.version;
    expect(parts.filter((part) => part.version === null).map(({ name }) => name)).toEqual(['Codex CLI']);
    expect(version('Node')).toBe(process.versions.node);
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const { devDependencies, dependencies, optionalDependencies } = manifest;
    const wanted = { ...devDependencies, ...optionalDependencies, ...dependencies };
    expect(version('Node')).toBe(wanted.node);
    expect(version('ONNX Runtime')).toBe(wanted['onnxruntime-node']);
    expect(version('Whisper engine')).toBe(wanted['transcribe-cpp']);
    expect(version('runs from')).toBe('one file');
  });

  it('carries the licences of all that is inside', async () => {
    const { program, folder, env } = await alone();
    const { stdout } = await runToEnd(program, ['version', '--licences'], env, folder);
    const [contents = ''] = stdout.split('='.repeat(80));
    const parts = [
      'codex-voice',
      'Node.js',
      'transcribe-cpp',
      'koffi',
      'onnxruntime-node',
      'node-pty',
      'zod',
    ];
    for (const part of [...parts, 'Whisper tiny.en', 'Silero', 'recording']) expect(contents).toContain(part);
    // What the tests alone need.
    expect(contents).not.toContain('nodejs-whisper');
    expect(stdout).toContain('Copyright (c) 2022 OpenAI');
    expect(stdout).toContain('Node.js is licensed for use as follows');
  });
});
