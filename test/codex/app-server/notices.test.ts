import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionNotice } from '../../../src/agent/session.ts';
import { Notices } from '../../../src/codex/app-server/notices.ts';
import type { Notification, RateLimits } from '../../../src/codex/protocol.ts';

describe('what a person should know of a conversation', () => {
  let told: SessionNotice[];
  let notices: Notices;
  beforeEach(() => {
    told = [];
    notices = new Notices((notice) => told.push(notice));
  });

  const hear = (notification: Notification): void => notices.notified(notification, 'mine');
  const used = (totalTokens: number, threadId = 'mine'): Notification => ({
    method: 'thread/tokenUsage/updated',
    params: { threadId, tokenUsage: { last: { totalTokens }, modelContextWindow: 1_000 } },
  });
  const item = (type: string): Notification => ({
    method: 'item/completed',
    params: { threadId: 'mine', turnId: 't', item: { type, id: 'i' } },
  });
  const failure = (codexErrorInfo: string, willRetry = false): Notification => ({
    method: 'error',
    params: {
      threadId: 'mine',
      turnId: 't',
      willRetry,
      error: { message: 'stream broke\nmore', codexErrorInfo },
    },
  });
  const began = (id: string): Notification => ({
    method: 'turn/started',
    params: { threadId: 'mine', turn: { id, status: 'inProgress', items: [] } },
  });
  const completedAs = (id: string): Notification => ({
    method: 'turn/completed',
    params: { threadId: 'mine', turn: { id, status: 'completed', items: [] } },
  });
  const completed = completedAs('t');
  const limits = (usedPercent: number, over: Partial<RateLimits> = {}): Notification => ({
    method: 'account/rateLimits/updated',
    params: { rateLimits: { primary: null, secondary: { usedPercent, resetsAt: null }, ...over } },
  });
  const kinds = (): string[] => told.map(({ kind }) => kind);

  it('tells once that the context is nearly full, and again after a compaction', () => {
    hear(used(849));
    expect(told).toEqual([]);
    hear(used(870));
    hear(used(990));
    expect(kinds()).toEqual(['context-full']);
    expect(told[0]?.message).toContain('87 %');
    hear(item('contextCompaction'));
    hear(used(900));
    expect(kinds()).toEqual(['context-full', 'compacted', 'context-full']);
  });

  it('tells it of a new conversation too, and not after a turn failed of it', () => {
    hear(failure('contextWindowExceeded'));
    hear(used(900));
    expect(kinds()).toEqual([]);
    notices.notified(used(900, 'another'), 'another');
    expect(kinds()).toEqual(['context-full']);
  });

  it('ignores other conversations', () => {
    hear(used(999, 'of a subagent'));
    expect(told).toEqual([]);
  });

  it('tells once that the network is gone, and that it is back', () => {
    hear(failure('responseStreamDisconnected', true));
    hear(failure('responseStreamDisconnected', true));
    expect(kinds()).toEqual(['network']);
    expect(told[0]?.message).toContain('(stream broke more)');
    hear(completed);
    hear(completed);
    expect(kinds()).toEqual(['network', 'recovered']);
  });

  it('tells when the usage limit is reset', () => {
    const soon = Math.floor(new Date(2031, 4, 6, 17, 45).getTime() / 1_000);
    const later = { usedPercent: 100, resetsAt: soon + 86_400 };
    hear(limits(100, { primary: { usedPercent: 100, resetsAt: soon }, secondary: later }));
    hear(failure('usageLimitExceeded'));
    hear(failure('usageLimitExceeded'));
    expect(kinds()).toEqual(['usage-limit']);
    expect(told[0]?.message).toMatch(/resets on .*7.*2031.* at .*45/);
  });

  it.each([
    [
      'You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro) or try again at 4:10 PM.',
      'Try again at 4:10 PM.',
    ],
    ['Quota exceeded. Check your plan.', '(Quota exceeded. Check your plan.)'],
  ])('tells what Codex says of a usage limit: %s', (message, words) => {
    const error = { message, codexErrorInfo: 'usageLimitExceeded' };
    hear({ method: 'error', params: { threadId: 'mine', turnId: 't', willRetry: false, error } });
    expect(told).toMatchObject([{ message: `You have reached the usage limit of your plan. ${words}` }]);
  });

  it('tells that a limit is reached before a turn fails of it, and that it is over', () => {
    hear(limits(100));
    hear(limits(100));
    hear(limits(3));
    hear(limits(3));
    hear(limits(100));
    expect(kinds()).toEqual(['usage-limit', 'recovered', 'usage-limit']);
  });

  it('does not take the end of the turn that reached a limit for its end', () => {
    hear(began('a'));
    hear(limits(100));
    hear(completedAs('a'));
    expect(kinds()).toEqual(['usage-limit']);
    hear(began('b'));
    hear(completedAs('b'));
    expect(kinds()).toEqual(['usage-limit', 'recovered']);
  });

  it('says nothing of the limit of a single model', () => {
    hear(limits(100, { limitId: 'codex_bengalfox' }));
    hear(limits(100, { limitId: 'codex' }));
    hear(limits(1, { limitId: 'codex_bengalfox' }));
    expect(kinds()).toEqual(['usage-limit']);
  });

  it('does not take an answer without limits for one that says they are over', () => {
    const none = { primary: null, secondary: null };
    hear(failure('usageLimitExceeded'));
    hear({ method: 'account/rateLimits/updated', params: { rateLimits: none } });
    hear(failure('usageLimitExceeded'));
    expect(kinds()).toEqual(['usage-limit']);
  });

  it('says nothing of a limit beyond which credits pay', () => {
    const rateLimits = {
      primary: { usedPercent: 100 },
      secondary: null,
      credits: { hasCredits: true, unlimited: false },
    };
    hear({ method: 'account/rateLimits/updated', params: { rateLimits } });
    expect(told).toEqual([]);
  });

  it.each([
    [401, 'signed-out', /no longer signed in/],
    [503, 'network', /returned an error/, 'unexpected status 503'],
    [null, 'network', /returned an error/, 'We’re experiencing high demand.'],
    [null, 'network', /connection to the model was lost/, 'stream disconnected before completion: x'],
    [null, 'network', /connection to the model was lost/, null],
  ])(
    'tells what HTTP status %s means while Codex tries again',
    (httpStatusCode, kind, words, additionalDetails = null) => {
      const error = {
        message: 'Reconnecting... 1/5',
        additionalDetails,
        codexErrorInfo: { responseStreamDisconnected: { httpStatusCode } },
      };
      hear({ method: 'error', params: { threadId: 'mine', turnId: 't', willRetry: true, error } });
      expect(told).toMatchObject([{ kind, message: expect.stringMatching(words) }]);
    },
  );

  it('tells that nobody is signed in any more', () => {
    hear(failure('unauthorized'));
    expect(told[0]).toMatchObject({ kind: 'signed-out', hint: expect.stringContaining('codex login') });
  });
});
