import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Action, Origin } from '../../src/actions.ts';
import { VoiceError } from '../../src/errors.ts';
import type { Heard, RecentPrompt } from '../../src/interpretation/interpretation.ts';
import { Meaning, type MeaningParts } from '../../src/interpretation/meaning.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import type { Utterance } from '../../src/utterance.ts';
import { pendingRequest } from '../support/request.ts';
import { context, heard, projects } from './said.ts';

const request = { ...pendingRequest(), project: 'backend' };

/** Takes what was heard, and keeps what came of it in its order. */
async function take(
  said: Heard,
  over: {
    perform?: () => Promise<void>;
    held?: boolean;
    waiting?: boolean;
    recent?: RecentPrompt;
  } = {},
) {
  const acted: [Action, Origin][] = [];
  const log: string[] = [];
  const { approvals, correct } = context();
  const journal = {
    insert: () => undefined,
    insertSoon: () => undefined,
    update: (_id: string, { state }: Partial<Utterance>) => void log.push(`journal:${state}`),
  };
  const parts: MeaningParts = {
    approvals: () => approvals,
    projects: {
      ...projects(),
      pending: over.waiting ? [request] : [],
      delivery: (name) => ({ enqueue: () => void log.push(`deliver:${name}`) }),
    },
    reviews: { newest: { id: 'u1', seenAt: 50 }, begin: () => over.held ?? false },
    recent: { newest: over.recent ?? null },
    words: { rewrite: correct },
    perform: async (action: Action, origin: Origin) => {
      acted.push([action, origin]);
      await over.perform?.();
      return undefined as never;
    },
    bus: {
      publish: (fact) => {
        log.push(fact.type === 'notice' ? `notice:${fact.notice.title}:${fact.notice.body}` : fact.type);
      },
    },
    logger: pino({ level: 'silent' }),
  };
  const live = LiveUtterance.begin(journal, said.source, said.project, { rule: said.rule });
  await new Meaning(parts).take(said, live);
  return { acted, log, record: live.record };
}

const VOICE: Origin = { by: 'voice', pressedAt: 100 };

describe('what was heard is done', () => {
  it('nothing: it is empty, with its transcript', async () => {
    const { acted, log, record } = await take(heard('[BLANK_AUDIO]'));
    expect(record).toMatchObject({ state: 'empty', transcript: '[BLANK_AUDIO]', prompt: null });
    expect([acted, log]).toEqual([[], ['journal:empty', 'ended']]);
  });

  it('an answer to a request, for exactly that request, as a voice, and shown', async () => {
    const { acted, log, record } = await take(heard('Approve.'), { waiting: true });
    const answer = { type: 'answer', request: 'r1', hash: 'h1', answer: { decision: 'approve' } };
    expect(acted).toEqual([[answer, VOICE]]);
    expect(log).toEqual(['notice:backend · approved:npm test', 'journal:cancelled', 'ended']);
    expect(record).toMatchObject({ transcript: 'Approve.', prompt: null });
  });

  it('an answer that is refused: shown with the reason, and no prompt', async () => {
    const refuse = () => Promise.reject(new VoiceError('decision-refused', 'It is dangerous.', 'None.'));
    const { log } = await take(heard('Deny.'), { waiting: true, perform: refuse });
    expect(log).toEqual(['notice:Nothing was decided:It is dangerous.', 'journal:cancelled', 'ended']);
  });

  it.each([
    ['Send it.', 'review-send'],
    ['Edit it.', 'review-edit'],
    ['Cancel.', 'review-cancel'],
  ])('about a prompt under review: %s', async (transcript, type) => {
    const { acted, log } = await take(heard(transcript));
    expect(acted).toEqual([[{ type, utterance: 'u1' }, VOICE]]);
    expect(log).toEqual(['journal:cancelled', 'ended']);
  });

  it('rejects where no editor opens: the utterance has failed', async () => {
    const fail = () => Promise.reject(new VoiceError('not-found', 'No terminal was found.', 'Install one.'));
    await expect(take(heard('Edit it.'), { perform: fail })).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['hotkey', VOICE],
    ['file', 'recording'],
  ] as const)('the choice of a project, from %s', async (source, origin) => {
    const { acted, log, record } = await take(heard('Switch to docs.', { source }));
    expect(acted).toEqual([[{ type: 'choose-project', project: 'docs' }, origin]]);
    expect(record).toMatchObject({ state: 'answered', project: 'docs', rule: 'said', answer: 'Now: docs' });
    expect(log).toEqual(['journal:answered', 'ended']);
  });

  describe('about a prompt that was just sent', () => {
    const recent: RecentPrompt = {
      id: 'u9',
      project: 'backend',
      prompt: 'Deploy it with cube.',
      state: 'sent',
      sentAt: 50,
    };

    it('a correction: the utterance ends with it', async () => {
      const { acted, log, record } = await take(heard('It is spelled k, u, b, e.'), { recent });
      const change = { from: 'cube', to: 'kube', at: 15, why: 'correction' };
      const text = 'Deploy it with kube.';
      expect(acted).toEqual([[{ type: 'correct', utterance: 'u9', text, change, by: record.id }, VOICE]]);
      expect(log).toEqual(['journal:cancelled', 'ended']);
      expect(record).toMatchObject({ transcript: 'It is spelled k, u, b, e.', prompt: null });
    });

    it('it is taken back', async () => {
      const { acted, log } = await take(heard('Undo that.'), { recent });
      expect(acted).toEqual([[{ type: 'take-back', utterance: 'u9' }, VOICE]]);
      expect(log).toEqual(['journal:cancelled', 'ended']);
    });
  });

  it('nothing is left of what was said: it is not sent, and shown with a way to send it', async () => {
    const { acted, log, record } = await take(heard('In docs, add a page. Scratch that.'));
    expect(acted).toEqual([]);
    expect(log).toEqual(['journal:cancelled', 'ended', 'not-sent']);
    expect(record).toMatchObject({ project: 'docs', prompt: 'Add a page. [docs]', state: 'cancelled' });
  });

  it('a prompt is sent, in the journal first', async () => {
    const { acted, log, record } = await take(heard('In docs, add a page.', { confidence: 0.9 }));
    expect(record).toMatchObject({
      state: 'heard',
      transcript: 'In docs, add a page.',
      confidence: 0.9,
      project: 'docs',
      rule: 'said',
      prompt: 'Add a page. [docs]',
      changes: [],
    });
    expect([acted, log]).toEqual([[], ['journal:heard', 'heard', 'deliver:docs']]);
  });

  it('a prompt that is shown first is left to its review', async () => {
    expect((await take(heard('Add a page.'), { held: true })).log).toEqual([]);
  });
});
