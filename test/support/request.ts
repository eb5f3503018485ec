import type { PendingRequest } from '../../src/agent/requests.ts';

/** A request of Codex that waits for a person, with what the test says of it. */
export function pendingRequest(over: Partial<PendingRequest> = {}): PendingRequest {
  return {
    id: 'r1',
    kind: 'command',
    title: 'Run a command?',
    detail: 'npm test',
    command: 'npm test',
    folder: '/home/me/backend',
    reason: null,
    hash: 'h1',
    decisions: ['approve', 'approve-session', 'deny'],
    questions: [],
    dangers: [],
    at: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}
