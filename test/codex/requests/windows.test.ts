import { describe, expect, test } from 'vitest';
import type { UserRequest } from '../../../src/codex/protocol.ts';
import { describeRequest } from '../../../src/codex/requests/describe.ts';

const directory = String.raw`C:\Users\me\app`;
const common = { threadId: 't', itemId: 'i', cwd: directory, reason: null };

function described(command: string): ReturnType<typeof describeRequest> {
  const params = { ...common, command };
  const request = { method: 'item/commandExecution/requestApproval', id: 1, params } as UserRequest;
  return describeRequest(request, { directory, changesOf: () => null });
}

describe('a request on Windows', () => {
  test('a command of PowerShell', () => {
    expect(described("powershell.exe -Command 'Get-Content README.md'")).toMatchObject({
      detail: 'Get-Content README.md',
      command: 'Get-Content README.md',
      shell: 'powershell',
      dangers: [],
    });
  });

  test('a command of cmd', () => {
    expect(described(String.raw`C:\Windows\System32\cmd.exe /c "del /s x"`)).toMatchObject({
      command: 'del /s x',
      shell: 'cmd',
      dangers: expect.arrayContaining(['deletes files']),
    });
  });

  test.each(['git status', 'powershell.exe -EncodedCommand SQBFAFgA', "bash -lc 'ls'"])(
    'without a known shell it has no command that a voice could approve: %s',
    (command) => {
      const request = described(command);
      expect(request.detail).toBe(command);
      expect(request).not.toHaveProperty('command');
      expect(request).not.toHaveProperty('shell');
    },
  );

  test('changes of files', () => {
    const params = { ...common, grantRoot: null };
    const request = { method: 'item/fileChange/requestApproval', id: 1, params } as UserRequest;
    const changes = (path: string) => [{ path, kind: { type: 'update' }, diff: '' }] as never;
    const dangersOf = (path: string) =>
      describeRequest(request, { directory, changesOf: () => changes(path) }).dangers;
    expect(dangersOf(`${directory}\\src\\it's.ts`)).toEqual([]);
    expect(dangersOf('C:\\Users\\me\\x')).toEqual(['reaches outside the project']);
    expect(dangersOf(`${directory}\\.git\\config`)).toEqual(['changes settings']);
  });
});
