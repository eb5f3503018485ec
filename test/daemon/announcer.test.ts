import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStatus } from '../../src/codex/codex.ts';
import { Announcer } from '../../src/daemon/announcer.ts';
import { type ErrorCode, type ErrorReport, VoiceError } from '../../src/errors.ts';
import type { Notice, Reply } from '../../src/reply/reply.ts';
import { pendingRequest } from '../support/request.ts';
import { utterance } from '../support/utterances.ts';

describe('trouble on the screen', () => {
  let shown: Set<ErrorCode>;
  let events: string[];
  let played: string[];
  let quiet: boolean;
  /** Requests that were shown. */
  let asked: string[];
  /** Those on the screen, by what they are about. */
  let notices: Map<string, Notice>;
  let announcer: Announcer;

  beforeEach(() => {
    shown = new Set();
    events = [];
    played = [];
    quiet = false;
    asked = [];
    notices = new Map();
    const reply: Pick<
      Reply,
      'trouble' | 'recovered' | 'heard' | 'ended' | 'notice' | 'noticeOver' | 'requested'
    > = {
      requested: ({ id }) => void asked.push(id),
      notice: (notice) => void notices.set(notice.about ?? '', notice),
      noticeOver: (about) => void notices.delete(about),
      trouble: ({ code }: ErrorReport) => void shown.add(code),
      recovered: (code) => void shown.delete(code),
      heard: () => undefined,
      ended: async () => null,
    };
    announcer = new Announcer({
      reply: reply as Reply,
      sounds: () => ({ play: (name) => void played.push(name), close: async () => undefined }),
      broadcast: (event) => events.push(event),
      streaming: () => true,
      aloud: { read: ({ answer }) => void played.push(`aloud: ${answer}`) },
      quiet: () => quiet,
    });
  });

  const session = (state: SessionStatus['state'], code?: ErrorCode): void =>
    announcer.session('backend', {
      state,
      thread: null,
      model: null,
      transport: 'app-server',
      ...(code && { reason: { code, message: 'What happened.', hint: 'What to do.' } }),
    });

  it('is heard as an end is, and an answer is read; in quiet only what needs somebody makes a sound', async () => {
    const tell = async (): Promise<void> => {
      for (const state of ['answered', 'failed', 'cancelled', 'empty', 'interrupted'] as const)
        await announcer.ended(utterance({ id: state, state, answer: 'It works.' }));
    };
    await tell();
    expect(played).toEqual(['done', 'aloud: It works.', 'error']);
    quiet = true;
    await tell();
    expect(played.slice(3)).toEqual(['error']);
    announcer.requested('backend', pendingRequest());
    expect(played.slice(3)).toEqual(['error', 'asks']);
    expect(asked).toEqual(['r1']);
  });

  it('goes when the part works again, and only then', () => {
    announcer.trouble(new VoiceError('hotkey-taken', 'Taken.', 'Free it.'));
    announcer.trouble(new VoiceError('microphone-silent', 'Silent.', 'Look at it.'));
    announcer.heard(utterance({ id: 'typed', prompt: 'typed, which says nothing of the microphone' }));
    expect([...shown]).toEqual(['hotkey-taken', 'microphone-silent']);
    announcer.heard(utterance({ id: 'spoken', prompt: 'spoken', transcript: 'spoken' }));
    expect([...shown]).toEqual(['hotkey-taken']);
    announcer.well('hotkey');
    expect([...shown]).toEqual([]);
  });

  it('tells once why Codex does not go on, and takes it back when it does', () => {
    session('starting');
    session('down', 'codex-signed-out');
    session('down', 'codex-signed-out');
    expect(events.filter((event) => event === 'error')).toHaveLength(1);
    expect([...shown]).toEqual(['codex-signed-out']);
    session('idle');
    expect([...shown]).toEqual([]);
    session('waiting', 'codex-blocked');
    expect([...shown]).toEqual(['codex-blocked']);
  });

  it('is not made of what mends itself', () => {
    session('recovering', 'codex-down');
    expect([...shown]).toEqual([]);
    expect(events).toEqual(['session']);
  });

  it('of a session stays until Codex answers again, each project for itself', () => {
    const limit = {
      kind: 'usage-limit',
      message: 'It is reached. It is reset at 14:00.',
      hint: 'Wait.',
    } as const;
    announcer.sessionNotice('backend', limit);
    announcer.sessionNotice('backend', { kind: 'compacted', message: 'Shortened.', hint: '' });
    announcer.sessionNotice('web', limit);
    expect(notices.get('backend:usage-limit')).toEqual({
      title: 'backend',
      body: 'It is reached. It is reset at 14:00.\nWait.',
      about: 'backend:usage-limit',
      stays: true,
    });
    expect(notices.get('backend:compacted')).toMatchObject({ body: 'Shortened.', stays: false });
    announcer.sessionNotice('backend', { kind: 'recovered', message: 'Codex answers again.', hint: '' });
    expect([...notices.keys()].sort()).toEqual(['backend:compacted', 'backend:recovered', 'web:usage-limit']);
  });
});
