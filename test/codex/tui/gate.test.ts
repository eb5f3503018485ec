import { describe, expect, test } from 'vitest';
import { decide, type GateView } from '../../../src/codex/tui/gate.ts';
import { pendingRequest } from '../../support/request.ts';

const OPEN: GateView = {
  phase: 'ready',
  reason: undefined,
  thread: { type: 'idle' },
  interruptedAt: Number.NEGATIVE_INFINITY,
  pending: [],
  screen: { kind: 'composer', draft: false },
};
const REQUEST = pendingRequest();

describe('may a prompt be typed', () => {
  test('an idle thread and an empty composer', () => {
    expect(decide(OPEN)).toEqual({ kind: 'open' });
    expect(decide({ ...OPEN, thread: { type: 'systemError' } })).toEqual({ kind: 'open' });
  });

  test.each<[string, Partial<GateView>, string]>([
    ['a request', { pending: [REQUEST] }, 'approval-pending'],
    ['a question', { pending: [{ ...REQUEST, kind: 'question' }] }, 'approval-pending'],
    [
      'a flag of the thread',
      { thread: { type: 'active', activeFlags: ['waitingOnApproval'] } },
      'approval-pending',
    ],
    ['a session that is down', { phase: 'down' }, 'codex-down'],
    ['a closed session', { phase: 'closed' }, 'codex-down'],
  ])('refused at once: %s', (_name, change, code) => {
    expect(decide({ ...OPEN, ...change })).toMatchObject({ kind: 'refuse', error: { code } });
  });

  test.each<[string, Partial<GateView>]>([
    ['a running turn', { thread: { type: 'active', activeFlags: [] } }],
    ['a recovery', { phase: 'recovering' }],
    ['a start', { phase: 'starting' }],
    ['a turn that was just interrupted', { interruptedAt: performance.now() }],
  ])('waited for without end: %s', (_name, change) => {
    expect(decide({ ...OPEN, ...change })).toMatchObject({
      kind: 'wait',
      patience: Number.POSITIVE_INFINITY,
    });
  });

  test('words that steer want a turn that runs, and all else as ever', () => {
    const running: GateView = { ...OPEN, thread: { type: 'active', activeFlags: [] } };
    expect(decide(running, 'steer')).toEqual({ kind: 'open' });
    expect(decide(OPEN, 'steer')).toEqual({ kind: 'open' });
    expect(decide({ ...running, pending: [REQUEST] }, 'steer').kind).toBe('refuse');
    expect(decide({ ...running, screen: { kind: 'composer', draft: true } }, 'steer').kind).toBe('wait');
    const asking: GateView = { ...OPEN, thread: { type: 'active', activeFlags: ['waitingOnApproval'] } };
    expect(decide(asking, 'steer').kind).toBe('refuse');
  });

  test.each<[string, GateView['screen'], string]>([
    ["somebody's draft", { kind: 'composer', draft: true }, 'codex-blocked'],
    ['a menu', { kind: 'blocked', by: 'menu' }, 'codex-blocked'],
    ['an approval nobody announced', { kind: 'blocked', by: 'approval' }, 'approval-pending'],
    ['a sign-in', { kind: 'blocked', by: 'sign-in' }, 'codex-signed-out'],
    ['an empty screen', { kind: 'loading' }, 'codex-blocked'],
  ])('waited for in vain: %s', (_name, screen, code) => {
    const decision = decide({ ...OPEN, screen });
    expect(decision).toMatchObject({ kind: 'wait', error: { code } });
    expect(decision.kind === 'wait' && Number.isFinite(decision.patience)).toBe(true);
  });
});
