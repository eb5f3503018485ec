import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentSession, SessionNotice, TurnEvent } from '../../src/agent/session.ts';
import { LoopbackModel, type Reply } from '../../src/loopback/model.ts';
import { type CodexBench, codexBench, Following, outcome, SessionLog } from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

/** How often Codex asks again. */
const RETRIES = 1;
const fine: Reply = { kind: 'text', chunks: ['fine'] };
const status = (code: number, message = 'no', error: Record<string, unknown> = {}): Reply => {
  return { kind: 'failure', how: 'status', status: code, message, error };
};
const event = (code: string, message = 'no'): Reply => ({ kind: 'failure', how: 'event', code, message });
const cut: Reply = { kind: 'failure', how: 'cut', chunks: ['half an '] };

/** What the API answers when the plan is used up (Codex 0.169.0 reads type, plan_type and resets_at). */
const resetsAt = Math.floor(new Date(2031, 4, 6, 17, 45).getTime() / 1_000);
const spent = { type: 'usage_limit_reached', plan_type: 'plus', resets_at: resetsAt, resets_in_seconds: 60 };
const usage = (percent: number): Record<string, string> => ({
  'x-codex-primary-used-percent': String(percent),
  'x-codex-primary-window-minutes': '300',
  'x-codex-primary-reset-at': String(resetsAt),
  'x-codex-secondary-used-percent': '40',
  'x-codex-secondary-window-minutes': '10080',
  'x-codex-secondary-reset-at': String(resetsAt + 86_400),
});

interface Case {
  name: string;
  /** What the model answers, in turn; then `fine`. */
  replies: Reply[];
  /** How often it is asked. */
  asked: number;
  end: Partial<TurnEvent> | { error: unknown };
  /** What is told meanwhile, in order. */
  told: [SessionNotice['kind'], RegExp][];
}

const failed = (message: RegExp, code = 'turn-failed'): Case['end'] => ({
  type: 'failed',
  error: { code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) },
});
const answered = { type: 'completed', answer: 'fine' } as const;
const back: Case['told'][number] = ['recovered', /Codex is answering again/];
const LIMIT = /reached the usage limit of your plan/;

/** Each goes on where the one before has left the conversation. */
const CASES: Case[] = [
  {
    name: 'the usage limit is reached',
    replies: [status(429, 'The usage limit has been reached', spent)],
    asked: 1,
    end: failed(LIMIT),
    told: [['usage-limit', /usage limit of your plan\. Try again at .*45 PM\./]],
  },
  {
    name: 'the usage limit is still reached: told no more',
    replies: [status(429, 'The usage limit has been reached', spent)],
    asked: 1,
    end: failed(/try again at .*45 PM/),
    told: [],
  },
  { name: 'it is reset', replies: [], asked: 1, end: answered, told: [back] },
  {
    name: 'the usage limit is reached, with the windows of the plan',
    replies: [{ ...status(429, 'The usage limit has been reached', spent), headers: usage(100) } as Reply],
    asked: 1,
    end: failed(LIMIT),
    told: [['usage-limit', /It resets on .*2031 at .*45/]],
  },
  {
    name: 'the windows say that it is over, once',
    replies: [{ ...fine, headers: usage(1) } as Reply],
    asked: 1,
    end: answered,
    told: [back],
  },
  {
    name: 'the plan is nearly used up: no menu keeps the next prompt out',
    replies: [{ ...fine, headers: usage(96) } as Reply],
    asked: 1,
    end: answered,
    told: [],
  },
  {
    name: 'the turn that spends the last of the plan is answered',
    replies: [{ ...fine, headers: usage(100) } as Reply],
    asked: 1,
    end: answered,
    told: [['usage-limit', /It resets on .*2031 at .*45/]],
  },
  {
    name: 'no money is left',
    replies: [event('insufficient_quota', 'none left')],
    asked: 1,
    end: failed(/usage limit .*\(Quota exceeded/),
    told: [],
  },
  { name: 'money is there again', replies: [], asked: 1, end: answered, told: [back] },
  {
    name: 'too many requests',
    replies: [status(429, 'slow down')],
    asked: 1,
    end: failed(/too many requests in a short time/),
    told: [],
  },
  {
    name: 'the sign-in is lost',
    replies: Array(RETRIES + 1).fill(status(401, 'token expired')),
    asked: RETRIES + 1,
    end: failed(/sign-in.*token expired/, 'codex-signed-out'),
    told: [['signed-out', /no longer signed in/]],
  },
  { name: 'somebody has signed in', replies: [], asked: 1, end: answered, told: [back] },
  {
    name: 'a request that is refused',
    replies: [status(400, 'bad things')],
    asked: 1,
    end: failed(/^The model provider refused the request\. \(bad things\)$/),
    told: [],
  },
  {
    name: 'a model that does not exist',
    replies: Array(RETRIES + 1).fill(status(404, 'no such model')),
    asked: RETRIES + 1,
    end: failed(/model does not exist/),
    told: [['network', /returned an error\. Codex is retrying\. .*no such model/]],
  },
  {
    name: 'an error of the provider, that stays: told no more',
    replies: Array(RETRIES + 1).fill(status(500)),
    asked: RETRIES + 1,
    end: failed(/internal error/),
    told: [],
  },
  { name: 'an error of the provider, once', replies: [status(500)], asked: 2, end: answered, told: [back] },
  {
    name: 'an overloaded model',
    replies: [status(503, 'busy', { code: 'server_is_overloaded' })],
    asked: 1,
    end: failed(/overloaded/),
    told: [],
  },
  {
    name: 'an overloaded model, in the stream',
    replies: [event('server_is_overloaded')],
    asked: 1,
    end: failed(/overloaded/),
    told: [],
  },
  {
    name: 'a response that fails',
    replies: Array(RETRIES + 1).fill(event('server_error', 'oops')),
    asked: RETRIES + 1,
    end: failed(/connection .*oops/),
    told: [['network', /oops/]],
  },
  {
    name: 'a stream that is cut in mid-answer, for good',
    replies: Array(RETRIES + 1).fill(cut),
    asked: RETRIES + 1,
    end: {
      ...failed(/connection to the model broke during the answer/),
      answer: expect.stringContaining(''),
    },
    told: [],
  },
  { name: 'a stream that is cut in mid-answer, once', replies: [cut], asked: 2, end: answered, told: [back] },
  {
    name: 'a conversation that is too long',
    replies: [event('context_length_exceeded', 'too long')],
    asked: 1,
    end: failed(/no longer fits/),
    told: [],
  },
];

describe('trouble with the model', () => {
  let bench: CodexBench;
  let session: AgentSession;
  let log: SessionLog;
  let replies: Reply[] = [];
  /** Every prompt that the conversation should have, each once. */
  const said: string[] = [];

  beforeAll(async () => {
    bench = await codexBench(() => replies.shift() ?? fine, { retries: RETRIES });
    session = bench.session();
    log = new SessionLog(session);
    await session.start();
  });
  afterAll(() => bench.close());

  const notices = (): SessionNotice[] =>
    log.all.flatMap((each) => (each.type === 'notice' ? [each.notice] : []));

  test.each(CASES)('$name', async ({ name, replies: given, asked, end, told }) => {
    const [before, told0] = [bench.model.requests.length, notices().length];
    replies = [...given];
    said.push(name);
    expect(await outcome(session.submit(name))).toMatchObject(end);
    await waitFor('the notices', () => notices().length >= told0 + told.length);
    expect(notices().slice(told0)).toMatchObject(
      told.map(([kind, message]) => ({ kind, message: expect.stringMatching(message) })),
    );
    expect(bench.model.requests).toHaveLength(before + asked);
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(said);
    expect(session.status.state).toBe('idle');
  });

  test('the network is gone: nothing is lost, nothing is sent twice; told once, and when it is back', async () => {
    const told0 = notices().length;
    const port = Number(new URL(bench.model.baseUrl).port);
    await bench.model.close();
    const stopped = new Following(session.submit('said and taken back'));
    await waitFor('the notice', () => notices().length > told0);
    expect(notices().at(-1)?.message).toMatch(/^The connection to the model was lost/);
    expect(await session.interrupt()).toBe(true);
    expect(await stopped.end).toMatchObject({ type: 'interrupted' });
    const first = new Following(session.submit('said without a network'));
    const second = new Following(session.submit('said after that'));
    await waitFor('the first to be taken', () => session.status.state === 'working');
    const model = new LoopbackModel(() => fine);
    await model.start(port);
    try {
      expect(await first.end).toMatchObject(answered);
      expect(await second.end).toMatchObject(answered);
      said.push('said and taken back', 'said without a network', 'said after that');
      expect(model.requests.at(-1)?.userTexts).toEqual(said);
      expect(model.requests).toHaveLength(2);
      expect(
        notices()
          .slice(told0)
          .map(({ kind }) => kind),
      ).toEqual(['network', 'recovered']);
    } finally {
      await model.close();
    }
  });
});
