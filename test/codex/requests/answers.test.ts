import { describe, expect, test } from 'vitest';
import type { UserRequest } from '../../../src/codex/protocol.ts';
import { responseTo } from '../../../src/codex/requests/answers.ts';
import { describeRequest, hashOf } from '../../../src/codex/requests/describe.ts';
import { PendingRequests } from '../../../src/codex/requests/pending-requests.ts';

const CONTEXT = { directory: '/home/me/backend', changesOf: () => null };

const permissions: UserRequest = {
  method: 'item/permissions/requestApproval',
  id: 7,
  params: {
    threadId: 't',
    cwd: '/home/me/backend',
    reason: 'To fetch',
    permissions: { network: { enabled: true }, fileSystem: null },
  },
};

function pendingOf(request: UserRequest) {
  const described = describeRequest(request, CONTEXT);
  return { ...described, id: 'r', hash: hashOf(described), at: '' };
}

const answer = (request: UserRequest, given: Parameters<typeof responseTo>[2]): unknown =>
  responseTo(request, pendingOf(request), given);

describe('requests that Codex seldom makes', () => {
  test('permissions: granted for the turn or the session, or none of them', () => {
    expect(pendingOf(permissions)).toMatchObject({
      kind: 'permissions',
      folder: '/home/me/backend',
      reason: 'To fetch',
      detail: 'use the network',
      dangers: ['grants permissions beyond one command', 'uses the network'],
    });
    const granted = { network: { enabled: true } };
    expect(answer(permissions, { decision: 'approve' })).toEqual({ permissions: granted, scope: 'turn' });
    expect(answer(permissions, { decision: 'approve-session' })).toEqual({
      permissions: granted,
      scope: 'session',
    });
    expect(answer(permissions, { decision: 'deny' })).toEqual({ permissions: {}, scope: 'turn' });
  });

  test('permissions: each on a line of its own, and as they came where they are not understood', () => {
    const detailOf = (fileSystem: unknown): string[] => {
      const asking: UserRequest = {
        ...permissions,
        params: { ...permissions.params, permissions: { network: null, fileSystem } },
      };
      const { detail, dangers } = pendingOf(asking);
      return [...detail.split('\n'), ...dangers.slice(1)];
    };
    const entries = [
      { path: { type: 'path', path: '/a\nread /b' }, access: 'write' },
      { path: { type: 'glob_pattern', pattern: '/home/*/.ssh' }, access: 'deny' },
      { path: { type: 'special', value: { kind: 'root' } }, access: 'read' },
      { path: { type: 'special', value: { kind: 'project_roots', subpath: 'docs' } }, access: 'write' },
    ];
    expect(detailOf({ read: null, write: ['/a\nread /b', '/c'], entries })).toEqual([
      'write /a␊read /b',
      'do not touch /home/*/.ssh',
      'read all files on this computer',
      'write the project: docs',
      'write /c',
    ]);
    expect(detailOf({ read: null, write: null, devices: ['camera'] })).toEqual([
      '{"network":null,"fileSystem":{"read":null,"write":null,"devices":["camera"]}}',
      'cannot be read',
    ]);
  });

  test('the network', () => {
    const request: UserRequest = {
      method: 'item/commandExecution/requestApproval',
      id: 1,
      params: {
        threadId: 't',
        command: 'npm test',
        networkApprovalContext: { host: 'example.org', protocol: 'https' },
      },
    };
    const pending = pendingOf(request);
    expect(pending.detail).toContain('network: example.org');
    expect(pending.dangers).toContain('uses the network');
  });

  test('a change of which nothing is known, and one that would open a whole folder', () => {
    const request: UserRequest = {
      method: 'item/fileChange/requestApproval',
      id: 2,
      params: { threadId: 't', itemId: 'i', grantRoot: '/home/me' },
    };
    const { detail, dangers } = pendingOf(request);
    expect(detail).toContain('/home/me');
    expect(dangers).toEqual(['grants permissions beyond one change', 'cannot be read']);
  });

  test('a form of another kind waits, and only the terminal answers it', () => {
    const request: UserRequest = { method: 'unknown', id: 3, params: { asked: 'item/new/thing' } };
    expect(pendingOf(request)).toMatchObject({ decisions: [], questions: [] });
    expect(() => answer(request, { decision: 'approve' })).toThrow('does not accept this answer');
  });

  test('several questions: each once, options only where no text of one’s own is taken', () => {
    const option = (label: string) => ({ label, description: '' });
    const request: UserRequest = {
      method: 'item/tool/requestUserInput',
      id: 4,
      params: {
        threadId: 't',
        questions: [
          { id: 'a', header: 'A', question: 'Which?', options: [option('x'), option('y')], isOther: false },
          { id: 'b', header: 'B', question: 'Why?', options: null, isSecret: true },
        ],
      },
    };
    const { questions } = pendingOf(request);
    expect(questions.map(({ free, secret }) => [free, secret])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(answer(request, { answers: { a: ['x'], b: ['because'] } })).toEqual({
      answers: { a: { answers: ['x'] }, b: { answers: ['because'] } },
    });
    expect(() => answer(request, { answers: { a: ['z'], b: ['because'] } })).toThrow(
      'not one of the answers',
    );
    expect(() => answer(request, { answers: { a: ['x'] } })).toThrow('has no answer');
    expect(() => answer(request, { answers: { a: ['x'], b: ['c'], d: ['e'] } })).toThrow('no question d');
  });

  test('what a screen would hide is written out', () => {
    const request: UserRequest = {
      method: 'item/commandExecution/requestApproval',
      id: 5,
      params: { threadId: 't', command: 'ls \x1b[2K\u202egpj\u200b.exe', reason: 'a\x07b' },
    };
    const { detail, reason, dangers } = pendingOf(request);
    expect(detail).toBe('ls ␛[2K⟨202E⟩gpj⟨200B⟩.exe');
    expect(reason).toBe('a␇b');
    expect(dangers).toContain('has invisible characters');
  });
});

describe('pending requests', () => {
  test('one that is told again keeps its id; one that changed is another', () => {
    const requests = new PendingRequests();
    const first = requests.add(permissions, CONTEXT);
    expect(requests.add(permissions, CONTEXT)).toBeNull();
    const changed = {
      ...permissions,
      params: { ...permissions.params, reason: 'For something else' },
    } as UserRequest;
    const second = requests.add(changed, CONTEXT);
    expect(second?.replaced).toBe(first?.added.id);
    expect(second?.added.id).not.toBe(first?.added.id);
    expect(requests.all).toHaveLength(1);
    expect(requests.resolve(7)).toBe(second?.added.id);
    expect(requests.resolve(7)).toBeNull();
    expect(requests.all).toEqual([]);
  });
});
