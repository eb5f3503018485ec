import { chownSync, mkdirSync, readdirSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import { copyFile, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assetSources, nativeSources } from '../../scripts/single-file/contents.ts';
import { chooseTarget } from '../../scripts/single-file/target.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { startDaemon } from '../support/desktop.ts';
import { canMount, type Ended, runInNamespace, runToEnd } from '../support/namespace.ts';
import { packagedFile } from '../support/packaged.ts';
import { clip } from '../support/speech.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const GROUPS = ['demo', 'detector', 'ear', 'node-pty', 'onnxruntime', 'transcribe'];

let file: string;
let mounts: boolean;

beforeAll(async () => {
  file = await packagedFile();
  mounts = await canMount();
});

interface User {
  home: string;
  cache: string;
  runtime: string;
  env: NodeJS.ProcessEnv;
}

/** A user whose three cache folders are all in one place. */
function user(): User {
  const home = temporaryFolder();
  const [cache, runtime, tmp] = ['cache', 'run', 'tmp'].map((name) => join(home, name));
  for (const folder of [cache, runtime, tmp]) mkdirSync(String(folder), { mode: 0o700 });
  const env = { HOME: home, PATH: '', XDG_CACHE_HOME: cache, XDG_RUNTIME_DIR: runtime, TMPDIR: tmp };
  return { home, cache: String(cache), runtime: String(runtime), env };
}

/** All parts are extracted and loaded: detector, Whisper. */
const QUICK = ['doctor', '--quick', '--json'];

/** Names of checks that did not pass, with their codes. */
function troubles({ stdout }: Ended): string[] {
  const results = JSON.parse(stdout) as CheckResult[];
  return results
    .filter(({ state }) => state !== 'ok')
    .map(({ name, code, detail }) => `${name}: ${code} ${detail}`);
}

function groupsIn(folder: string): string[] {
  return readdirSync(folder).map((name) => name.replace(/-[0-9a-f]{16}$/, ''));
}

function groupFolderIn(folder: string, group: string): string {
  const [name] = readdirSync(folder).filter((each) => each.startsWith(`${group}-`));
  if (name === undefined) throw new Error(`${group} was not extracted`);
  return join(folder, name);
}

describe('where the single file extracts its parts', () => {
  it('is a private folder; the next run finds them, and puts back what is missing or cut short', async () => {
    const { home, cache, env } = user();
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    const folder = join(cache, 'codex-voice');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const groups = readdirSync(folder);
    expect(groupsIn(folder)).toEqual(expect.arrayContaining(GROUPS.filter((name) => name !== 'node-pty')));
    const [engine = ''] = groups.filter((name) => name.startsWith('transcribe-'));
    const before = statSync(join(folder, engine)).ino;
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    expect(statSync(join(folder, engine)).ino).toBe(before);

    truncateSync(join(folder, engine, 'libtranscribe.so'), 1_000);
    const [detector = ''] = groups.filter((name) => name.startsWith('detector-'));
    unlinkSync(join(folder, detector, 'silero_vad_16k_op15.onnx'));
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(groups.toSorted());
  });

  it('gives back a model whose files were altered, at their size', async () => {
    const { home, cache, env } = user();
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    const folder = join(cache, 'codex-voice');
    const ear = groupFolderIn(folder, 'ear');
    const parts = ['encoder.onnx', 'decoder.onnx'].map((name) => join(ear, name));
    const whole = await Promise.all(parts.map((path) => readFile(path)));
    for (const path of parts) {
      await using handle = await open(path, 'r+');
      await handle.write('damaged', 100_000);
    }
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    for (const [index, path] of parts.entries()) {
      expect((await readFile(path)).equals(whole[index] ?? Buffer.of())).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([]);
  });

  it('gives back the weights of a detector that were altered, at their size', async () => {
    const { home, cache, env } = user();
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    const folder = join(cache, 'codex-voice');
    const detector = groupFolderIn(folder, 'detector');
    const paths = readdirSync(detector).map((name) => join(detector, name));
    const whole = await Promise.all(paths.map((path) => readFile(path)));
    for (const path of paths) {
      await using handle = await open(path, 'r+');
      await handle.write('damaged', 100_000);
    }
    expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    for (const [index, path] of paths.entries())
      expect((await readFile(path)).equals(whole[index] ?? Buffer.of())).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([]);
  });

  it('takes many processes at once', async () => {
    const { home, cache, env } = user();
    const runs = await Promise.all([1, 2, 3].map(() => runToEnd(file, QUICK, env, home)));
    expect(runs.map(troubles)).toEqual([[], [], []]);
    expect(readdirSync(join(cache, 'codex-voice')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is another one where it belongs to another user', async () => {
    const { home, cache, runtime, env } = user();
    mkdirSync(join(cache, 'codex-voice'), { mode: 0o777 });
    if (process.getuid?.() === 0) {
      chownSync(join(cache, 'codex-voice'), 65_534, 65_534);
      expect(troubles(await runToEnd(file, QUICK, env, home))).toEqual([]);
    } else {
      // The root of a new user namespace sees files of others as the overflow user's.
      const script = `mount --bind / '${cache}'; exec '${file}' ${QUICK.join(' ')}`;
      expect(troubles(await runInNamespace(script, { ...env, PATH: process.env.PATH }, home))).toEqual([]);
    }
    expect(readdirSync(join(cache, 'codex-voice'))).toEqual([]);
    expect(groupsIn(join(runtime, 'codex-voice', 'cache'))).toContain('transcribe');
  });

  it('is another one where programs may not run', async () => {
    const { home, cache, runtime, env } = user();
    const run = mounts
      ? await runInNamespace(
          `mount -t tmpfs -o noexec,mode=700 tmpfs '${cache}'; exec '${file}' ${QUICK.join(' ')}`,
          { ...env, PATH: process.env.PATH },
          home,
        )
      : await runToEnd(file, QUICK, { ...env, XDG_CACHE_HOME: await noexecFolder() }, home);
    expect(troubles(run)).toEqual([]);
    expect(groupsIn(join(runtime, 'codex-voice', 'cache'))).toEqual(
      expect.arrayContaining(['onnxruntime', 'transcribe']),
    );
  });

  it('is another one where the disk is full; where all are, says so', async () => {
    const { home, cache, runtime, env } = user();
    const shell = { ...env, PATH: process.env.PATH };
    const small = (folder: string) => `mount -t tmpfs -o size=4m,mode=700 tmpfs '${folder}';`;
    if (mounts) {
      const script = `${small(cache)} '${file}' ${QUICK.join(' ')}; ls -A '${cache}/codex-voice' >&2`;
      const run = await runInNamespace(script, shell, home);
      expect(troubles(run)).toEqual([]);
      expect(groupsIn(join(runtime, 'codex-voice', 'cache'))).toContain('transcribe');
      // What did not fit was taken away again.
      expect(run.stderr.split('\n').filter((name) => name.startsWith('.'))).toEqual([]);
    }
    // No file may be larger than 2 MB: as good as a full disk where nobody may mount.
    const script = mounts
      ? `${[cache, runtime, join(home, 'tmp')].map(small).join(' ')} exec '${file}' ${QUICK.join(' ')}`
      : `ulimit -f 4000; exec '${file}' ${QUICK.join(' ')}`;
    const full = mounts
      ? await runInNamespace(script, shell, home)
      : await runToEnd('/bin/sh', ['-c', script], { ...shell, XDG_CACHE_HOME: join(home, 'other') }, home);
    expect(full.status).toBe(1);
    const [first = '', ...more] = troubles(full);
    expect(first).toMatch(/^detector: cache-unusable /);
    expect(more.join()).toContain('whisper: cache-unusable');
    for (const folder of [runtime, join(home, 'tmp')]) expect(first).toContain(folder);
    if (mounts) expect(first).toContain('the disk is full');
  });
});

/** A file system that is mounted so already: /dev/shm in most containers. */
async function noexecFolder(): Promise<string> {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const place = lines.find(
    ([, , type, options = '']) => type === 'tmpfs' && /^rw,.*noexec/.test(options),
  )?.[1];
  if (place === undefined) throw new Error('nothing can be mounted here, and nothing is mounted noexec');
  return join(place, `codex-voice-test-${process.pid}`);
}

describe('a cache that is emptied while the daemon runs', () => {
  it('is filled again when a part is needed', async () => {
    const { DISPLAY: _display, DBUS_SESSION_BUS_ADDRESS: _bus, ...base } = process.env;
    await using daemon = await startDaemon(base, { program: file });
    const engine = async () =>
      (await daemon.json<{ transcriber: { pid: number | null } }>('status')).transcriber;
    const { pid } = await engine();
    if (pid === null) throw new Error('the engine does not run');
    await rm(join(daemon.home.path, 'cache', 'codex-voice'), { recursive: true });
    process.kill(pid, 'SIGKILL');
    const { status, stdout } = await daemon.cli('ask', '--audio', clip('sb-spk1_snt5').path, '--json');
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as { state: string }).state).toBe('answered');
    expect((await engine()).pid).not.toBe(pid);
  });
});

describe('a damaged file', () => {
  it('names every part in which a byte was flipped', async () => {
    const { home, env } = user();
    const damaged = join(home, 'codex-voice');
    await copyFile(file, damaged);
    const names = await flipAByteInEachPart(damaged);
    expect(names.length).toBeGreaterThan(25);
    const run = await runToEnd(damaged, QUICK, env, home);
    expect(run.status).toBe(1);
    const results = JSON.parse(run.stdout) as CheckResult[];
    const program = results.find(({ name }) => name === 'program');
    expect(program).toMatchObject({ state: 'failed', code: 'program-damaged' });
    expect(names.filter((name) => !program?.detail.includes(name))).toEqual([]);
    // Nothing of it is used.
    expect(results.find(({ name }) => name === 'detector')).toMatchObject({ code: 'program-damaged' });
    expect(results.find(({ name }) => name === 'whisper')).toMatchObject({ code: 'program-damaged' });
  });
});

/** In the middle of each asset and library, wherever it lies in the file. @returns their names in the file */
async function flipAByteInEachPart(path: string): Promise<string[]> {
  const content = await readFile(path);
  const sources = [
    ...(await assetSources(ROOT, chooseTarget())),
    ...(await nativeSources(ROOT, chooseTarget())),
  ];
  const names: string[] = [];
  await using handle = await open(path, 'r+');
  for (const { name: group, files } of sources) {
    for (const [name, source] of Object.entries(files)) {
      const part = await readFile(source);
      let at = content.indexOf(part);
      if (at < 0) throw new Error(`${source} is not in ${path}`);
      // The text of a licence is also in the list of all licences.
      for (; at >= 0; at = content.indexOf(part, at + 1)) {
        const place = at + Math.floor(part.length / 2);
        await handle.write(Buffer.of((content[place] ?? 0) ^ 1), 0, 1, place);
      }
      names.push(`${group}/${name}`);
    }
  }
  return names;
}
