import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, PendingRequest } from '../../src/codex/codex.ts';
import { RequestWatch } from '../../src/daemon/request-watch.ts';
import type { Voice } from '../../src/reply/voice.ts';
import { SETTINGS } from '../../src/settings/schema.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

describe('requests while they wait', () => {
  let spoken: boolean;
  let pending: (PendingRequest & { project: string })[];
  let answers: { id: string; hash: string; answer: Answer }[];
  let refused: string[];
  let reminded: string[];
  let read: string[];
  let reading: PromiseWithResolvers<boolean>;
  let voice: Voice | null;
  let remindSeconds: number;
  let watch: RequestWatch;

  beforeEach(() => {
    spoken = true;
    pending = [];
    answers = [];
    refused = [];
    reminded = [];
    read = [];
    remindSeconds = 120;
    reading = Promise.withResolvers();
    voice = {
      program: 'fake',
      say: (text, signal) => {
        read.push(text);
        signal.addEventListener('abort', () => reading.resolve(false));
        return reading.promise;
      },
    };
    watch = new RequestWatch({
      settings: () => ({ ...SETTINGS.parse({}).approvals, spoken, remind_seconds: remindSeconds }),
      pending: () => pending,
      answer: async (id, hash, answer) => void answers.push({ id, hash, answer }),
      remind: (id) => reminded.push(id),
      refuse: (why) => refused.push(why),
      voice: async () => voice,
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(() => watch.close());

  /** Codex asks, and it is read out as far as it comes. */
  async function ask(over: Partial<PendingRequest> = {}, whole = true): Promise<void> {
    const request = { ...pendingRequest(over), project: 'backend' };
    pending.push(request);
    watch.announced('backend', request);
    if (!whole) return;
    await waitFor('the reading', () => read.length > 0);
    reading.resolve(true);
    await reading.promise;
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('decides when the whole utterance is one of the phrases', async () => {
    await ask();
    expect(read[0]).toContain('npm test');
    expect(await watch.decide(' Approve. ')).toBe(true);
    expect(answers).toEqual([{ id: 'r1', hash: 'h1', answer: { decision: 'approve' } }]);
    expect(await watch.decide('Deny it!')).toBe(true);
    expect(answers.at(-1)?.answer).toEqual({ decision: 'deny' });
  });

  it.each(['approve this', 'I approve', 'do not approve', 'yes', 'approve approve', '', 'run the tests'])(
    'is no answer: %j',
    async (transcript) => {
      await ask();
      expect(await watch.decide(transcript)).toBe(false);
      expect(answers).toEqual([]);
    },
  );

  it('is off by default', async () => {
    spoken = false;
    const request = { ...pendingRequest(), project: 'backend' };
    pending.push(request);
    watch.announced('backend', request);
    expect(await watch.decide('approve')).toBe(false);
    expect(read).toEqual([]);
  });

  it('never decides about what is dangerous, and is no prompt either', async () => {
    await ask({ dangers: ['runs as another user'] });
    expect(await watch.decide('approve')).toBe(true);
    expect(await watch.decide('deny')).toBe(true);
    expect(answers).toEqual([]);
    expect(refused[0]).toContain('runs as another user');
  });

  it('waits until all of it was read out', async () => {
    await ask({}, false);
    expect(await watch.decide('approve')).toBe(true);
    watch.hush();
    expect(await watch.decide('approve')).toBe(true);
    expect(answers).toEqual([]);
    expect(refused).toHaveLength(2);
  });

  it('does not decide when several wait, or the one is another now', async () => {
    await ask();
    pending.push({ ...pendingRequest({ id: 'r2', hash: 'h2' }), project: 'web' });
    expect(await watch.decide('approve')).toBe(true);
    pending = [{ ...pendingRequest({ hash: 'changed' }), project: 'backend' }];
    expect(await watch.decide('approve')).toBe(true);
    watch.resolved('r1');
    pending = [{ ...pendingRequest(), project: 'backend' }];
    expect(await watch.decide('approve')).toBe(true);
    expect(answers).toEqual([]);
    expect(refused).toHaveLength(3);
  });

  it('is a prompt as any other when nothing waits', async () => {
    expect(await watch.decide('approve')).toBe(false);
  });

  it('is off where no program can read aloud', async () => {
    voice = null;
    await ask({}, false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await watch.decide('approve')).toBe(true);
    expect(answers).toEqual([]);
  });

  it('reminds, and decides nothing by time', async () => {
    remindSeconds = 0.02;
    spoken = false;
    await ask({}, false);
    await waitFor('two reminders', () => reminded.length >= 2);
    watch.resolved('r1');
    const count = reminded.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reminded.length).toBe(count);
    expect(answers).toEqual([]);
  });
});
