import type { Socket } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { WindowsDoor, type WindowsPeers } from '../../src/peers/windows-door.ts';

const WORDS = 'ab'.repeat(32);
const PIPE = String.raw`\\.\pipe\codex-voice-1`;
const logger = pino({ level: 'silent' });

interface World {
  said: string | null;
  created: string | null;
  own: boolean | null;
}

/** A client whose process is 42. `world` may change while it is connected. */
async function client(world: World, pipe: string | null = PIPE) {
  const asked: string[] = [];
  const peers: WindowsPeers = {
    read: async (name) => {
      asked.push(name);
      return world.said === null ? null : { pid: 42, words: world.said };
    },
    createdAt: () => world.created,
    isOwn: () => world.own,
  };
  const gate = new WindowsDoor({ peers, logger }).admit({} as Socket);
  await gate.introduce?.({ pipe, words: WORDS });
  return { asked, refusal: (call: 'ask' | 'status' | 'approve') => gate.refusal(call)?.message ?? null };
}

const user = (): World => ({ said: WORDS, created: '1', own: false });
const UNKNOWN = expect.stringContaining('a program that has ended or cannot be identified');

test('a program of the user may do everything', async () => {
  const { refusal } = await client(user());
  expect([refusal('ask'), refusal('approve'), refusal('status')]).toEqual([null, null, null]);
});

test('a program that Codex started may only look', async () => {
  const { refusal } = await client({ ...user(), own: true });
  expect(refusal('ask')).toContain('a program that Codex started');
  expect(refusal('status')).toBeNull();
});

test.each<[string, Partial<World>]>([
  ['says nothing on its pipe', { said: null }],
  ['names the pipe of another program', { said: 'cd'.repeat(32) }],
  ['has ended', { created: null }],
  ['belongs to somebody else', { own: null }],
])('a client that %s may only look', async (_what, some) => {
  const { refusal } = await client({ ...user(), ...some });
  expect(refusal('approve')).toEqual(UNKNOWN);
  expect(refusal('status')).toBeNull();
});

test.each([
  ['no pipe', null],
  ['a pipe of another machine', String.raw`\\server\pipe\x`],
  ['a file', String.raw`C:\Users\x`],
  ['a path out of the pipes', String.raw`\\.\pipe\..\C:`],
])('%s is never connected to', async (_what, pipe) => {
  const { asked, refusal } = await client(user(), pipe);
  expect(asked).toEqual([]);
  expect(refusal('ask')).toEqual(UNKNOWN);
});

test('a later process with the same id is not the client', async () => {
  const world = user();
  const { refusal } = await client(world);
  expect(refusal('ask')).toBeNull();
  world.created = '2';
  expect(refusal('ask')).toEqual(UNKNOWN);
});
