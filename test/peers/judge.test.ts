import { describe, expect, test } from 'vitest';
import { AGENT_VARIABLE, AgentProcesses } from '../../src/peers/agents.ts';
import { PeerJudge } from '../../src/peers/judge.ts';
import { environmentIn } from '../../src/peers/macos-processes.ts';
import type { Confinement, ProcessFacts, ProcessTable } from '../../src/peers/processes.ts';

const OWN_UID = 1000;
const PLAIN: Confinement = { namespace: 'pid:[1]', group: '/session.scope', unprivileged: false, filters: 0 };

interface FakeProcess extends Partial<Confinement> {
  parent: number;
  started?: string;
  environment?: string[] | null;
}

/** init 1, shell 10, daemon 20 with a popup 21 and Codex 30; more of them as the test says. */
function world(more: Record<number, FakeProcess> = {}, daemon: Partial<FakeProcess> = {}) {
  const processes: Record<number, FakeProcess> = {
    1: { parent: 0, environment: null },
    10: { parent: 1 },
    20: { parent: 10, ...daemon },
    21: { parent: 20 },
    30: { parent: 20, environment: [`${AGENT_VARIABLE}=ab`] },
    ...more,
  };
  const table: ProcessTable = {
    find: (pid): ProcessFacts | null => {
      const found = processes[pid];
      return found ? { pid, parent: found.parent, started: found.started ?? String(pid) } : null;
    },
    environment: (pid) => processes[pid]?.environment ?? (processes[pid]?.environment === null ? null : []),
    confinement: (pid) => {
      const found = processes[pid];
      return found ? { ...PLAIN, ...daemon, ...found } : null;
    },
  };
  const agents = new AgentProcesses(table);
  agents.note(30);
  const judge = new PeerJudge({ table, agents, pid: 20, uid: OWN_UID });
  const suspect = (pid: number, uid = OWN_UID) => judge.suspect({ pid, uid }, judge.identify({ pid, uid }));
  return { processes, agents, judge, suspect };
}

describe('a peer of the control socket', () => {
  test.each<[string, FakeProcess, string | null]>([
    ['a program in a terminal', { parent: 10 }, null],
    ['a program of a desktop that leaves its children behind', { parent: 1 }, null],
    ['a window that the daemon opened', { parent: 21 }, null],
    ['a command of Codex', { parent: 30 }, 'a program that Codex started'],
    [
      'one that kept only the mark',
      { parent: 1, environment: ['A=b', `${AGENT_VARIABLE}=cd`] },
      'a program that Codex started',
    ],
    [
      'one whose environment cannot be read',
      { parent: 10, environment: null },
      'a program that has ended or cannot be identified',
    ],
    ['one in a namespace', { parent: 1, namespace: 'pid:[2]' }, 'a program in a sandbox'],
    ['one under filters', { parent: 1, filters: 1 }, 'a program in a sandbox'],
    ['one that can gain no privileges', { parent: 1, unprivileged: true }, 'a program in a sandbox'],
  ])('%s', (_what, peer, verdict) => {
    expect(world({ 99: peer }).suspect(99)).toBe(verdict);
  });

  test('a child of a marked process is one too', () => {
    const marked = { parent: 1, environment: [`${AGENT_VARIABLE}=cd`] };
    expect(world({ 98: marked, 99: { parent: 98 } }).suspect(99)).toBe('a program that Codex started');
  });

  test('what keeps the daemon apart as well tells nothing', () => {
    const confined = { unprivileged: true, filters: 2 };
    expect(world({ 99: { parent: 10, ...confined } }, confined).suspect(99)).toBeNull();
    expect(world({ 99: { parent: 10, ...confined, filters: 3 } }, confined).suspect(99)).toBe(
      'a program in a sandbox',
    );
  });

  test('in the group of the service only what descends from the daemon is known', () => {
    const group = '/user.slice/user@1000.service/app.slice/codex-voice.service';
    const { suspect } = world(
      {
        97: { parent: 1, group },
        98: { parent: 97, group },
        99: { parent: 21, group },
        96: { parent: 1, group: '/app-terminal.scope' },
      },
      { parent: 1, group },
    );
    expect(suspect(97)).toBe('a program of the service whose parent has ended');
    expect(suspect(98)).toBe('a program of the service whose parent has ended');
    expect(suspect(99)).toBeNull();
    expect(suspect(96)).toBeNull();
  });

  test('nobody, another user, and one that has ended', () => {
    const { judge, suspect, processes } = world({ 99: { parent: 10 } });
    expect(judge.suspect(null, null)).toBe('a program that has ended or cannot be identified');
    expect(suspect(0)).toBe('a program that has ended or cannot be identified');
    expect(suspect(77)).toBe('a program that has ended or cannot be identified');
    expect(suspect(99, 0)).toBe('another user');
    const peer = judge.identify({ pid: 99, uid: OWN_UID });
    processes[99] = { parent: 10, started: 'later' };
    expect(judge.suspect({ pid: 99, uid: OWN_UID }, peer)).toBe(
      'a program that has ended or cannot be identified',
    );
  });

  test('a later process with the id of a Codex is not it', () => {
    const { agents, processes, suspect } = world({ 99: { parent: 30 } });
    processes[30] = { parent: 20, started: 'later' };
    expect(suspect(99)).toBeNull();
    agents.note(30);
    expect(suspect(99)).toBe('a program that Codex started');
  });

  test('where processes of others are hidden, the line ends there', () => {
    const { processes, suspect } = world({ 99: { parent: 10 } });
    delete processes[1];
    expect(suspect(99)).toBeNull();
  });
});

test('the environment in what macOS tells of a process', () => {
  const count = Buffer.alloc(4);
  count.writeInt32LE(2);
  const texts = '/bin/ls\0\0\0\0ls\0-l\0A=b\0C=d\0\0executable_path=/bin/ls\0';
  expect(environmentIn(Buffer.concat([count, Buffer.from(texts)]))).toEqual(['A=b', 'C=d']);
  expect(environmentIn(Buffer.alloc(2))).toBeNull();
});

describe('a service of the desktop', () => {
  const trusts = (peer: FakeProcess) => world({ 99: peer }).judge.trustsService(99);
  test('may be sandboxed by itself, in a group of its own', () => {
    expect(trusts({ parent: 1, group: '/notify.service', filters: 2, unprivileged: true })).toBe(true);
    expect(trusts({ parent: 1, filters: 2 })).toBe(false);
    expect(trusts({ parent: 1, group: '/notify.service', namespace: 'pid:[2]' })).toBe(false);
  });
  test('is not one that Codex started', () => {
    expect(trusts({ parent: 10 })).toBe(true);
    expect(trusts({ parent: 30 })).toBe(false);
    expect(trusts({ parent: 1, environment: [`${AGENT_VARIABLE}=x`] })).toBe(false);
    expect(world().judge.trustsService(77)).toBe(false);
  });
});
