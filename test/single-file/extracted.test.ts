import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import type { Embedded, EmbeddedGroup } from '../../src/single-file/embedded.ts';
import { discard, extracted } from '../../src/single-file/extracted.ts';
import { type Content, checkGroup } from '../../src/single-file/group-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY_MS = 86_400_000;
const FILES = { 'a.node': 'library', 'sub/b.txt': 'text' };

function group(native: boolean, files: Readonly<Record<string, string>> = FILES): EmbeddedGroup {
  const described = Object.entries(files).map(([name, text]) => ({
    name,
    bytes: text.length,
    sha256: sha256(text),
  }));
  return { hash: sha256(JSON.stringify(described)), native, files: described };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const program = (native = true): Embedded => ({
  commit: null,
  packages: {},
  groups: { parts: group(native) },
});
const content: Content = (_group, { name }) => Buffer.from(FILES[name as keyof typeof FILES]);

function places() {
  const home = temporaryFolder();
  const env = {
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    TMPDIR: join(home, 'tmp'),
  };
  return { home, env, first: join(env.XDG_CACHE_HOME, 'codex-voice') };
}

test('writes all files for the user alone, and only once', () => {
  const { env, first } = places();
  const read = vi.fn(content);
  const folder = extracted('parts', program(), { env, content: read });
  expect(folder).toBe(join(first, `parts-${group(true).hash.slice(0, 16)}`));
  expect(readFileSync(join(folder, 'sub', 'b.txt'), 'utf8')).toBe('text');
  expect([first, folder, join(folder, 'a.node')].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o700, 0o700, 0o700,
  ]);
  expect(extracted('parts', program(), { env, content: read })).toBe(folder);
  expect(read).toHaveBeenCalledTimes(2);
  expect(readdirSync(first)).toEqual([folder.slice(first.length + 1)]);
});

test('puts a file back that is missing, cut short, or a link', () => {
  const { env, first } = places();
  const folder = extracted('parts', program(), { env, content });
  const library = join(folder, 'a.node');
  const harm = [
    () => rmSync(library),
    () => writeFileSync(library, 'lib'),
    () => {
      rmSync(library);
      symlinkSync('/etc/passwd', library);
    },
    () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'a file');
    },
  ];
  for (const spoil of harm) {
    spoil();
    expect(extracted('parts', program(), { env, content })).toBe(folder);
    expect(readFileSync(library, 'utf8')).toBe('library');
    expect(readdirSync(first)).toHaveLength(1);
  }
});

test('keeps what another process put there in the meantime', () => {
  const { env, first } = places();
  let other: number | undefined;
  const read: Content = (name, file) => {
    if (other === undefined) {
      other = 0;
      other = statSync(extracted('parts', program(), { env, content })).ino;
    }
    return content(name, file);
  };
  const folder = extracted('parts', program(), { env, content: read });
  expect(statSync(folder).ino).toBe(other);
  expect(readdirSync(first)).toHaveLength(1);
});

test('goes on where a folder cannot be used, and says why when none can', () => {
  const { home, env, first } = places();
  const [cache, run, tmp] = [env.XDG_CACHE_HOME, env.XDG_RUNTIME_DIR, env.TMPDIR];
  mkdirSync(cache);
  symlinkSync(home, first);
  expect(extracted('parts', program(), { env, content })).toContain(join(run, 'codex-voice', 'cache'));
  rmSync(run, { recursive: true });
  writeFileSync(run, '');
  expect(extracted('parts', program(), { env, content })).toContain(join(tmp, 'codex-voice-'));
  rmSync(tmp, { recursive: true });
  writeFileSync(tmp, '');
  const failure = catchError(() => extracted('parts', program(), { env, content }));
  expect(failure).toMatchObject({ code: 'cache-unusable' });
  for (const place of [first, run, tmp]) expect(failure.message).toContain(place);
  expect(failure.message).toContain('it is not a folder');
});

test('a folder that others may enter becomes private', () => {
  const { env, first } = places();
  mkdirSync(first, { recursive: true });
  chmodSync(first, 0o777);
  extracted('parts', program(), { env, content });
  expect(statSync(first).mode & 0o777).toBe(0o700);
});

test('what is damaged is not extracted anywhere', () => {
  const { env, first } = places();
  const damage = new VoiceError('program-damaged', 'parts/sub/b.txt', '');
  const read: Content = (name, file) => {
    if (file.name === 'sub/b.txt') throw damage;
    return content(name, file);
  };
  expect(catchError(() => extracted('parts', program(), { env, content: read }))).toBe(damage);
  expect(readdirSync(first)).toEqual([]);
  expect(existsSync(env.XDG_RUNTIME_DIR)).toBe(false);
});

test('native code is recognised where it may not run, other files are of use there', () => {
  const { env } = places();
  const folder = extracted('parts', program(), { env, content });
  // As on a file system that is mounted noexec: nobody may run it, not even root.
  chmodSync(join(folder, 'a.node'), 0o600);
  expect(() => checkGroup(folder, group(true))).toThrow('noexec');
  expect(() => checkGroup(folder, group(false))).not.toThrow();
});

test('two versions at once use folders of their own', () => {
  const { env, first } = places();
  const changed = { ...FILES, 'a.node': 'Library' };
  const next: Embedded = { ...program(), groups: { parts: group(true, changed) } };
  const nextContent: Content = (_group, { name }) => Buffer.from(changed[name as keyof typeof FILES]);
  const library = (folder: string) => readFileSync(join(folder, 'a.node'), 'utf8');
  // In turn, as two daemons and their verbs would.
  for (let turn = 0; turn < 2; turn += 1) {
    expect(library(extracted('parts', program(), { env, content }))).toBe('library');
    expect(library(extracted('parts', next, { env, content: nextContent }))).toBe('Library');
  }
  expect(readdirSync(first)).toHaveLength(2);
});

test('other versions go when nobody used them for 30 days, and what crashes left after a day', () => {
  const { env, first } = places();
  mkdirSync(first, { recursive: true });
  const old = (name: string, days: number) => {
    mkdirSync(join(first, name));
    const time = (Date.now() - days * DAY_MS) / 1_000;
    utimesSync(join(first, name), time, time);
    return name;
  };
  const kept = [
    old('parts-0123456789abcdef', 29),
    old('other-0123456789abcdef', 99),
    old('modules', 99),
    old('.parts-new123', 0),
    // A clock that was wrong once.
    old('parts-aaaaaaaaaaaaaaaa', -400),
  ];
  old('parts-fedcba9876543210', 31);
  old('.parts-abc123', 2);
  old('parts-0123456789abcdef-broken-x', 2);
  const folder = extracted('parts', program(), { env, content });
  expect(readdirSync(first).toSorted()).toEqual([...kept, folder.slice(first.length + 1)].toSorted());
});

test('what is discarded is extracted again, and may be gone already', () => {
  const { env, first } = places();
  const folder = extracted('parts', program(), { env, content });
  writeFileSync(join(folder, 'a.node'), 'damaged');
  discard(folder);
  expect(readdirSync(first)).toEqual([]);
  discard(folder);
  expect(extracted('parts', program(), { env, content })).toBe(folder);
  expect(readFileSync(join(folder, 'a.node'), 'utf8')).toBe('library');
  expect(readdirSync(first)).toHaveLength(1);
});

test('the day of the last use is noted', () => {
  const { env } = places();
  const folder = extracted('parts', program(), { env, content });
  utimesSync(folder, 1_000, 1_000);
  extracted('parts', program(), { env, content });
  expect(Date.now() - statSync(folder).mtimeMs).toBeLessThan(DAY_MS);
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
