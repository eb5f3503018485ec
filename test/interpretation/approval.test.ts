import { describe, expect, it } from 'vitest';
import { approval } from '../../src/interpretation/approval.ts';
import { pendingRequest } from '../support/request.ts';
import { context, said } from './said.ts';

const request = { ...pendingRequest(), project: 'backend' };
const waiting = context({ requests: [request] });

describe('an answer to a request of Codex', () => {
  it.each([
    ['Approve.', 'approve'],
    [' yes, approve! ', 'approve'],
    ['Deny', 'deny'],
  ] as const)('%s', (words, decision) => {
    expect(approval.interpret(said(words), waiting)).toEqual({ kind: 'decision', decision, request });
  });

  it('is unclear where the settings list its phrase twice', () => {
    const approvals = { spoken: true, approve: ['go on'], deny: ['Go on!'] };
    expect(approval.interpret(said('go on'), { ...waiting, approvals })).toMatchObject({ decision: 'both' });
  });

  it.each(['approve this', 'I approve', 'do not approve', 'yes', 'approve approve', '...'])(
    '%j is none',
    (words) => {
      expect(approval.interpret(said(words), waiting)).toBeNull();
    },
  );

  it('is none where nothing waits, and where it is switched off', () => {
    expect(approval.interpret(said('approve'), context())).toBeNull();
    const approvals = { ...waiting.approvals, spoken: false };
    expect(approval.interpret(said('approve'), { ...waiting, approvals })).toBeNull();
  });

  it.each(['file', 'reply', 'cli', 'editor'] as const)(
    'is none from %s: only the hotkey decides',
    (source) => {
      expect(approval.interpret(said('approve', { source }), waiting)).toBeNull();
    },
  );
});
