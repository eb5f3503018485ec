import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { performWith } from '../../src/actions.ts';
import type { Answer, PendingRequest, WaitingRequest } from '../../src/agent/requests.ts';
import { requestPerformers } from '../../src/daemon/actions/requests.ts';
import { VoiceError } from '../../src/errors.ts';
import type { Fact } from '../../src/facts.ts';
import { Meaning } from '../../src/interpretation/meaning.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import { SETTINGS } from '../../src/settings/schema.ts';
import { OpenMicrophone } from '../../src/sounds/open-microphone.ts';
import { RequestsAloud } from '../../src/sounds/requests-aloud.ts';
import type { Voice } from '../../src/sounds/voice.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { newRights } from '../support/rights.ts';

/** A text that is being read aloud; the test says how it ends. */
interface Reading {
  text: string;
  /** true: all of it was heard. */
  end: (heard: boolean) => void;
  stopped: boolean;
}

const logger = pino({ level: 'silent' });

/** The whole way from a request that is read aloud, over what is said then, to the answer that Codex gets. */
describe('answers by voice', () => {
  let settings: ReturnType<typeof SETTINGS.parse>['approvals'];
  let pending: WaitingRequest[];
  let answers: { id: string; hash: string; answer: Answer }[];
  let refusal: VoiceError | null;
  let told: { title: string; body: string }[];
  let readings: Reading[];
  let voice: Voice | null;
  let microphone: OpenMicrophone;
  let aloud: RequestsAloud;
  let meaning: Meaning;

  beforeEach(() => {
    settings = { ...SETTINGS.parse({}).approvals, spoken: true, voice_commands: ['npm test'] };
    pending = [];
    answers = [];
    refusal = null;
    told = [];
    readings = [];
    voice = {
      program: '/usr/bin/voice',
      say: (text, signal) => {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        const reading = { text, end: resolve, stopped: signal.aborted };
        readings.push(reading);
        const stop = () => {
          reading.stopped = true;
          resolve(false);
        };
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop);
        return promise;
      },
    };
    microphone = new OpenMicrophone();
    aloud = new RequestsAloud({
      settings: () => settings,
      pending: () => pending,
      microphone,
      voice: async () => voice,
      logger,
    });
    const session = {
      answer: async (id: string, hash: string, answer: Answer) => {
        if (refusal) throw refusal;
        answers.push({ id, hash, answer });
      },
    };
    const projects = {
      all: [{ name: 'backend', aliases: [] }],
      chosen: null,
      current: { name: 'backend' },
      get pending() {
        return pending;
      },
      running: () => session,
      delivery: () => ({ enqueue: () => undefined }),
    };
    const rights = newRights({
      voiceCommands: () => settings.voice_commands,
      pending: () => pending,
      aloud,
    });
    const unexpected = () => {
      throw new Error('only answers are tested here');
    };
    meaning = new Meaning({
      approvals: () => settings,
      projects,
      reviews: { newest: null, begin: () => false },
      recent: { newest: null },
      words: { rewrite: (_project, prompt) => ({ prompt, changes: null }) },
      perform: performWith(
        {
          ...requestPerformers(projects),
          'review-send': unexpected,
          'review-edit': unexpected,
          'review-cancel': unexpected,
          'choose-project': unexpected,
          correct: unexpected,
          'take-back': unexpected,
        },
        rights.judge,
      ),
      bus: { publish: (fact) => void (fact.type === 'notice' && told.push(fact.notice)) },
      logger,
    });
  });
  afterEach(() => aloud.close());

  function learn(fact: Fact): void {
    microphone.learn(fact);
    aloud.learn(fact);
  }

  /** Resolves true when what was said answers a request, whatever came of it, and is no prompt. */
  async function decide(transcript: string, pressedAt: number | null): Promise<boolean> {
    const journal = { insert: () => undefined, insertSoon: () => undefined, update: () => undefined };
    const live = LiveUtterance.begin(journal, 'hotkey', 'backend');
    const place = { project: 'backend', rule: 'default' } as const;
    await meaning.take({ transcript, speechMs: 2_000, source: 'hotkey', pressedAt, ...place }, live);
    return live.record.state === 'cancelled';
  }

  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const now = () => performance.now();

  /** Codex asks. */
  function ask(over: Partial<PendingRequest> = {}, project = 'backend'): PendingRequest {
    const request = { ...pendingRequest(over), project };
    pending.push(request);
    learn({ type: 'requested', project: 'backend', request });
    return request;
  }

  const reading = (count: number) => waitFor(`reading ${count}`, () => readings[count - 1]);

  /** Codex asks, and all of it is read out. */
  async function askAloud(over: Partial<PendingRequest> = {}): Promise<void> {
    ask(over);
    (await reading(readings.length + 1)).end(true);
    await settle();
  }

  it('decides when the whole utterance is one of the phrases, and says what it decided', async () => {
    await askAloud();
    expect(readings[0]?.text).toContain('npm test');
    expect(await decide(' Approve. ', now())).toBe(true);
    expect(answers).toEqual([{ id: 'r1', hash: 'h1', answer: { decision: 'approve' } }]);
    expect(told).toEqual([{ title: 'backend · approved', body: 'npm test' }]);
    expect(await decide('Deny it!', now())).toBe(true);
    expect(answers.at(-1)?.answer).toEqual({ decision: 'deny' });
  });

  it.each([
    'approve this',
    'I approve',
    'do not approve',
    'yes',
    'approve approve',
    '',
    '...',
    'run the tests',
  ])('is no answer but a prompt: %j', async (transcript) => {
    await askAloud();
    expect(await decide(transcript, now())).toBe(false);
    expect([answers, told]).toEqual([[], []]);
  });

  it('is off by default: nothing is read, and a phrase is a prompt', async () => {
    settings.spoken = SETTINGS.parse({}).approvals.spoken;
    ask();
    await settle();
    expect(await decide('approve', now())).toBe(false);
    expect(readings).toEqual([]);
    expect(await aloud.state()).toEqual({ state: 'off', voice: null });
  });

  it('is a prompt as any other when nothing waits', async () => {
    expect(await decide('approve', now())).toBe(false);
  });

  it('never decides about what is dangerous, and is no prompt either', async () => {
    await askAloud({ dangers: ['runs as another user'] });
    expect(await decide('approve', now())).toBe(true);
    expect(await decide('deny', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told[0]).toEqual({
      title: 'Nothing was decided',
      body: 'It runs as another user, so it cannot be decided by voice.',
    });
  });

  it('approves by voice only what reads or is named in the settings; anything may be denied', async () => {
    settings.voice_commands = [];
    await askAloud();
    expect(readings[0]?.text).toMatch(/To approve it, use the buttons\.$/);
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told[0]?.body).toMatch(/^Only commands that read, and those in \[approvals\] voice_commands,/);
    expect(await decide('deny', now())).toBe(true);
    expect(answers).toEqual([{ id: 'r1', hash: 'h1', answer: { decision: 'deny' } }]);
    pending = [];
    await askAloud({ id: 'r2', command: 'git status', detail: 'git status' });
    expect(readings[1]?.text).not.toContain('buttons');
    expect(await decide('approve', now())).toBe(true);
    expect(answers.at(-1)?.id).toBe('r2');
  });

  it.each<[string, Partial<PendingRequest>]>([
    ['a change of files', { kind: 'file-change', detail: 'update a.ts' }],
    ['a command that gets more than to be run', { detail: 'npm test\npermission: use the network' }],
    ['what is shown otherwise than it runs', { detail: 'npm test', command: 'npm test ' }],
  ])('never approves %s', async (_what, over) => {
    const { command: _command, ...plain } = pendingRequest();
    pending.push({ ...plain, project: 'backend', ...over });
    for (const request of pending) learn({ type: 'requested', project: 'backend', request });
    (await reading(1)).end(true);
    await settle();
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
  });

  it('takes a danger for granted that the settings name, but not another folder', async () => {
    settings.voice_commands = ['npm install', 'npm run *'];
    const install = { command: 'npm install', detail: 'npm install' };
    await askAloud({ ...install, dangers: ['uses the network'] });
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toHaveLength(1);
    pending = [];
    await askAloud({ ...install, id: 'r2', dangers: ['runs outside the project'] });
    expect(await decide('approve', now())).toBe(true);
    pending = [];
    const build = { command: 'npm run install', detail: 'npm run install' };
    await askAloud({ ...build, id: 'r3', dangers: ['uses the network'] });
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toHaveLength(1);
  });

  it('does not decide before all was read out, and reads it again', async () => {
    ask();
    const first = await reading(1);
    expect(await decide('approve', now())).toBe(true);
    learn({ type: 'opening' });
    expect(first.stopped).toBe(true);
    await settle();
    expect(await decide('approve', now())).toBe(true);
    expect(readings).toHaveLength(1);
    learn({ type: 'stage', stage: 'idle', utterance: null });
    (await reading(2)).end(true);
    await settle();
    expect(answers).toEqual([]);
    expect(told.map(({ body }) => body)).toEqual(
      Array(2).fill('You spoke before the request was read to the end. It is read again now.'),
    );
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toHaveLength(1);
  });

  it('does not decide when it was not heard to its end', async () => {
    ask();
    (await reading(1)).end(false);
    await settle();
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
  });

  it('does not count what was begun before the request was read, or in an earlier run', async () => {
    const pressedAt = now();
    await askAloud();
    expect(await decide('approve', pressedAt)).toBe(true);
    expect(await decide('approve', null)).toBe(true);
    expect(answers).toEqual([]);
  });

  it('does not decide about what is too long to be read, which is only announced', async () => {
    await askAloud({ detail: `echo ${'x'.repeat(400)}` });
    expect(readings[0]?.text).not.toContain('xxx');
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told[0]?.body).toContain('cannot be read aloud completely');
  });

  it('does not decide when several wait, or the one is another now', async () => {
    await askAloud();
    pending.push({ ...pendingRequest({ id: 'r2', hash: 'h2' }), project: 'web' });
    expect(await decide('approve', now())).toBe(true);
    pending = [{ ...pendingRequest({ hash: 'changed' }), project: 'backend' }];
    expect(await decide('approve', now())).toBe(true);
    learn({ type: 'resolved', project: 'backend', request: 'r1' });
    pending = [{ ...pendingRequest(), project: 'backend' }];
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told).toHaveLength(3);
  });

  it('says so when it takes no such answer, when the phrase is ambiguous, and when Codex took it back', async () => {
    await askAloud({ decisions: [] });
    expect(await decide('approve', now())).toBe(true);
    pending = [];
    settings.deny = ['approve'];
    await askAloud({ id: 'r2' });
    expect(await decide('approve', now())).toBe(true);
    settings.deny = ['deny'];
    refusal = new VoiceError('request-gone', 'It waits no more.', 'None.');
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told.map(({ body }) => body)).toEqual([
      'The request does not accept this answer. Look at the notification.',
      'The settings list this phrase under both approve and deny.',
      'It waits no more.',
    ]);
  });

  it('reads one after the other, and leaves out what waits no more', async () => {
    ask();
    ask({ id: 'r2', hash: 'h2', detail: 'make' });
    ask({ id: 'r3', hash: 'h3', detail: 'ls' });
    const first = await reading(1);
    await settle();
    expect(readings).toHaveLength(1);
    pending = pending.filter(({ id }) => id !== 'r2');
    learn({ type: 'resolved', project: 'backend', request: 'r2' });
    expect(first.stopped).toBe(false);
    first.end(true);
    expect((await reading(2)).text).toContain('ls');
    pending = pending.filter(({ id }) => id !== 'r3');
    learn({ type: 'resolved', project: 'backend', request: 'r3' });
    expect(readings[1]?.stopped).toBe(true);
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toHaveLength(1);
  });

  it('reads nothing into an open microphone, and nothing twice', async () => {
    learn({ type: 'opening' });
    const request = ask();
    await settle();
    expect(readings).toEqual([]);
    learn({ type: 'stage', stage: 'idle', utterance: null });
    (await reading(1)).end(true);
    await settle();
    learn({ type: 'requested', project: 'backend', request });
    await settle();
    expect(readings).toHaveLength(1);
  });

  it('is off where no program can read aloud, and says so', async () => {
    voice = null;
    ask();
    await settle();
    expect(await decide('approve', now())).toBe(true);
    expect(answers).toEqual([]);
    expect(told[0]?.body).toBe('No program that reads text aloud was found.');
    expect(await aloud.state()).toMatchObject({
      state: 'unavailable',
      voice: null,
      reason: { code: 'voice-missing' },
    });
  });

  it('names its voice', async () => {
    expect(await aloud.state()).toEqual({ state: 'on', voice: '/usr/bin/voice' });
  });

  it('a voice that fails costs one request, and the next one is read', async () => {
    const works = voice;
    voice = { program: '/usr/bin/voice', say: () => Promise.reject(new Error('the sound server is gone')) };
    ask({ id: 'r1' });
    await settle();
    voice = works;
    ask({ id: 'r2' });
    expect((await reading(1)).stopped).toBe(false);
    expect(readings).toHaveLength(1);
  });
});
