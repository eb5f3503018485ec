/// <reference types="vite/types/importMeta.d.ts" />
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** By their paths from test/; naming them here lets `vitest --changed` know that this test is about all of them. */
const FILES = Object.keys(import.meta.glob(['../src/**/*.ts', '!../src/**/*.d.ts']));

/** The rooms of the house: each may import only those before it. A file right in src/ is a room of its own. */
const ORDER: readonly string[] = [
  'errors',
  'drivers',
  'win32',
  'dbus',
  'macos',
  'processes',
  'terminal',
  'text',
  'agent',
  'utterance',
  'facts',
  'actions',
  'wording',
  'approvals',
  'files',
  'wayland',
  'single-file',
  'x11',
  'windows',
  'clipboard',
  'event-queue',
  'git',
  'vocabulary',
  'settings',
  'hotkey',
  'metrics',
  'microphone',
  'notifications',
  'download',
  'models',
  'speech',
  'transcription',
  'tray',
  'version',
  'control',
  'update',
  'loudness',
  'attach',
  'desktop-session',
  'bubbles',
  'journal',
  'peers',
  'delivery',
  'review',
  'loopback',
  'codex',
  'focus',
  'interpretation',
  'listening',
  'sounds',
  'daemon',
  'ui',
  'service',
  'doctor',
  'cli',
  'main',
];

const PLACE = new Map(ORDER.map((room, place) => [room, place]));

function roomOf(file: string): string {
  return file.replace('../src/', '').split('/')[0]?.replace('.ts', '') ?? '';
}

const sources = new Map(
  FILES.map((file) => [file, readFileSync(join(import.meta.dirname, file), 'utf8')] as const),
);

/** What each file imports of the others, types included. */
const imports = new Map([...sources].map(([file, source]) => [file, targetsOf(file, source)] as const));

/** The files of src that a file imports. */
function targetsOf(file: string, source: string): Set<string> {
  const specifiers = [...source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g)];
  const targets = specifiers.map(([, path = '']) => normalize(join(dirname(file), path)));
  return new Set(targets.filter((target) => target.startsWith('../src/')));
}

const rooms = new Map<string, Set<string>>(FILES.map((file) => [roomOf(file), new Set<string>()]));
for (const [file, targets] of imports) {
  for (const target of targets)
    if (roomOf(target) !== roomOf(file)) rooms.get(roomOf(file))?.add(roomOf(target));
}

test('every room has its place, and every place its room', () => {
  expect([...PLACE.keys()].sort()).toEqual([...rooms.keys()].sort());
});

test('no room imports one that comes after it', () => {
  const against = [...imports].flatMap(([file, targets]) =>
    [...targets]
      .filter((target) => (PLACE.get(roomOf(target)) ?? 0) > (PLACE.get(roomOf(file)) ?? 0))
      .map((target) => `${file} imports ${target}`),
  );
  expect(against).toEqual([]);
});

test('no files import each other in a circle', () => {
  const left = new Map(imports);
  // A file that imports none of those that are left is in no circle. `biome check` names the circle.
  const free = (): string[] =>
    [...left].filter(([, targets]) => ![...targets].some((target) => left.has(target))).map(([file]) => file);
  for (let files = free(); files.length > 0; files = free()) for (const file of files) left.delete(file);
  expect([...left.keys()]).toEqual([]);
});

/** Folders with more lines of their own than MOST_LINES, and why they are not divided. */
const LARGE: Readonly<Record<string, string>> = {
  cli: 'a file for each command, and none imports another',
  codex: 'the session, and what its two transports share',
  'codex/app-server': 'one protocol: the server, its client, and the conversation between them',
  control: 'the two ends of one socket and the messages between them',
  'transcription/ear': 'the steps of one decoder',
  update: 'the steps of an update, after any of which the next start must find its way',
};
const MOST_LINES = 1500;

test("only these folders hold more than one subject's worth of lines", () => {
  const lines = new Map<string, number>();
  for (const [file, source] of sources) {
    const folder = dirname(file).replace('../src/', '');
    lines.set(folder, (lines.get(folder) ?? 0) + source.trimEnd().split('\n').length);
  }
  const large = [...lines].filter(([, count]) => count > MOST_LINES).map(([folder]) => folder);
  expect(large.sort()).toEqual(Object.keys(LARGE));
});

/** The files that put many parts together. Every other file imports at most `MOST_IMPORTS` files of the program. */
const COMPOSERS: readonly string[] = [
  '../src/cli/program.ts',
  '../src/codex/app-server/transport.ts',
  '../src/codex/terminal-transport/transport.ts',
  '../src/daemon/daemon.ts',
  '../src/daemon/parts.ts',
];
const MOST_IMPORTS = 12;

test('no file is longer than 350 lines', () => {
  const long = [...sources].filter(([, source]) => source.trimEnd().split('\n').length > 350);
  expect(long.map(([file]) => file)).toEqual([]);
});

test('only the files that put parts together import many others', () => {
  const many = [...imports].filter(([, targets]) => targets.size > MOST_IMPORTS).map(([file]) => file);
  expect(many.sort()).toEqual(COMPOSERS);
});

test('every exported name is used in a file that imports its file', () => {
  const importers = new Map<string, string[]>();
  const root = join(import.meta.dirname, '..');
  for (const path of globSync('{src,scripts,test}/**/*.ts', { cwd: root, exclude: ['test/data/**'] })) {
    const source = readFileSync(join(root, path), 'utf8');
    for (const target of targetsOf(`../${path}`, source))
      importers.set(target, [...(importers.get(target) ?? []), source]);
  }
  const declared = /^export (?:abstract |async )*(?:const|let|function\*?|class|interface|type) (\w+)/gm;
  const unused = [...sources].flatMap(([file, source]) =>
    [...source.matchAll(declared)]
      .filter(([, name]) => !importers.get(file)?.some((other) => new RegExp(`\\b${name}\\b`).test(other)))
      .map(([, name]) => `${name} of ${file}`),
  );
  expect(unused).toEqual([]);
});

/** Rooms of the others that the files of a room import, types included. */
const importedBy = (room: string): string[] => [...(rooms.get(room) ?? [])];

test.each([
  ['terminal', ['errors', 'processes']],
  ['agent', ['terminal', 'text', 'errors']],
  ['control', ['errors', 'event-queue', 'files', 'version']],
])('%s imports no other rooms than these', (room, allowed) => {
  expect(importedBy(room)).not.toEqual([]);
  expect(importedBy(room).filter((other) => !allowed.includes(other))).toEqual([]);
});

test.each(['daemon', 'control', 'attach', 'bubbles', 'ui', 'cli', 'journal'])(
  'codex does not import %s',
  (room) => {
    expect(importedBy('codex')).not.toContain(room);
  },
);

test('nothing but the composition root imports codex, and that one file of it', () => {
  const intoCodex = [...imports].flatMap(([file, targets]) =>
    roomOf(file) === 'codex'
      ? []
      : [...targets].filter((target) => roomOf(target) === 'codex').map((target) => [file, target]),
  );
  expect(intoCodex).toEqual([['../src/daemon/agent.ts', '../src/codex/agent.ts']]);
});
