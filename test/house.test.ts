/// <reference types="vite/types/importMeta.d.ts" />
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** By their paths from test/; naming them here lets `vitest --changed` know that this test is about all of them. */
const FILES = Object.keys(import.meta.glob(['../src/**/*.ts', '!../src/**/*.d.ts']));

/**
 * The rooms of the house: each may import those before it. A file right in src/ is a room of its own. Rooms in one
 * line still import each other in a circle: such a line may lose rooms, and must not gain any.
 */
const ORDER: readonly (string | readonly string[])[] = [
  'errors',
  'drivers',
  'sway',
  'dbus',
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
  'single-file',
  'x11',
  'windows',
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
  ['control', 'update'],
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

/** Files that still import each other in a circle, types included: may shrink, must not grow. */
const CIRCLES: readonly (readonly string[])[] = [['control/params.ts', 'control/protocol.ts']];

const PLACE = new Map(ORDER.flatMap((line, place) => [line].flat().map((room) => [room, place] as const)));

function roomOf(file: string): string {
  return file.replace('../src/', '').split('/')[0]?.replace('.ts', '') ?? '';
}

/** What each file imports of the others, types included. */
const imports = new Map(
  FILES.map((file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    const specifiers = [...source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g)];
    const targets = specifiers.map(([, path = '']) => normalize(join(dirname(file), path)));
    return [file, new Set(targets.filter((target) => target.startsWith('../src/')))] as const;
  }),
);

/** Groups of names that reach each other (Tarjan). */
function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = [];
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (name: string): number => {
    const own = low.size;
    low.set(name, own);
    stack.push(name);
    let least = own;
    for (const next of graph.get(name) ?? []) {
      if (!low.has(next)) least = Math.min(least, visit(next));
      else if (stack.includes(next)) least = Math.min(least, low.get(next) ?? least);
    }
    low.set(name, least);
    if (least !== own) return least;
    const group = stack.splice(stack.indexOf(name));
    if (group.length > 1) found.push(group.sort());
    return least;
  };
  for (const name of graph.keys()) if (!low.has(name)) visit(name);
  return found;
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

test('rooms in one line are a circle: one that has left it gets a line of its own', () => {
  const lines = ORDER.filter((line) => Array.isArray(line)).map((line) => [...line].sort().join(' '));
  const circles = circlesOf(rooms).map((circle) => circle.join(' '));
  expect(circles.sort()).toEqual(lines.sort());
});

test('no more files import each other in a circle', () => {
  const short = (files: readonly string[]): string[] => files.map((file) => file.replace('../src/', ''));
  const known = new Set(CIRCLES.flat());
  expect(
    circlesOf(imports)
      .flatMap(short)
      .filter((file) => !known.has(file)),
  ).toEqual([]);
});

/** Rooms of the others that the files of a room import, types included. */
const importedBy = (room: string): string[] => [...(rooms.get(room) ?? [])];

test.each([
  ['terminal', ['errors', 'processes']],
  ['agent', ['terminal', 'text', 'errors']],
])('%s imports no other rooms than these', (room, allowed) => {
  expect(importedBy(room)).not.toEqual([]);
  expect(importedBy(room).filter((other) => !allowed.includes(other))).toEqual([]);
});

test.each(['daemon', 'control', 'attach', 'reply', 'ui', 'commands', 'journal'])(
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
