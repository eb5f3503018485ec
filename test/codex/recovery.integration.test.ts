import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentSession, TurnEvent } from '../../src/agent/session.ts';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import {
  type CodexBench,
  codexBench,
  outcome,
  SessionLog,
  serverPid,
  terminalPid,
} from '../support/codex.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { waitFor } from '../support/process.ts';

const ANSWER = 'one two three four five six seven eight nine ten';

const PARTS = ['terminal', 'app-server', 'both'] as const;
type Part = (typeof PARTS)[number];

/** Where in the life of a prompt something dies. */
const STAGES = [
  'before it is typed',
  'before Enter',
  'after Enter',
  'accepted',
  'first word',
  'mid-answer',
] as const;
type Stage = (typeof STAGES)[number];

describe('kill -9', () => {
  let bench: CodexBench;
  let session: AgentSession;
  let log: SessionLog;
  let reply: Replier;

  const slowly: Replier = ({ lastUserText }) => ({
    kind: 'text',
    chunks: wordsOf(ANSWER),
    delayMs: lastUserText.startsWith('Afterwards') ? 0 : 40,
  });

  beforeAll(async () => {
    reply = slowly;
    bench = await codexBench((request) => reply(request));
    session = bench.session();
    log = new SessionLog(session);
    await session.start();
  });
  afterAll(() => bench.close());

  /** Process ids are asked for before: the kill must not wait. */
  async function killer(part: Part): Promise<() => void> {
    const pids: number[] = [];
    if (part !== 'app-server') pids.push(terminalPid(session));
    if (part !== 'terminal') pids.push(await serverPid(bench));
    return () => {
      for (const pid of pids.splice(0)) process.kill(pid, 'SIGKILL');
    };
  }

  /** Sends a prompt as a daemon does, which looks up the fate of what has a mark; gives the last event, if any. */
  async function deliver(prompt: string, stage: Stage, kill: () => void): Promise<TurnEvent | null> {
    const marks: { thread: string; at: Date }[] = [];
    if (stage === 'before it is typed') kill();
    for (let tries = 1; tries <= 4; tries += 1) {
      const mark = marks.pop();
      if (mark) {
        const fate = await session.fateOf(prompt, mark.thread, mark.at);
        if (fate.kind === 'unknown') throw new Error(fate.reason.message);
        if (fate.kind === 'accepted') return null;
      }
      try {
        let last: TurnEvent | null = null;
        let words = 0;
        const beforeSend = (thread: string): void => {
          marks.push({ thread, at: new Date() });
          if (stage === 'before Enter') kill();
          if (stage === 'after Enter') setTimeout(kill, 3);
        };
        for await (const event of session.submit(prompt, { beforeSend })) {
          last = event;
          if (event.type === 'delta') words += 1;
          if (stage === 'accepted' && event.type === 'accepted') kill();
          if (stage === 'first word' && words === 1) kill();
          if (stage === 'mid-answer' && words === 4) kill();
        }
        return last;
      } catch (error) {
        if (marks.length === 0) throw error;
      }
    }
    throw new Error('it could not be sent');
  }

  /** How often the conversation has the prompt, as the model sees it with the next one. */
  async function timesInConversation(prompt: string): Promise<number> {
    expect(await outcome(session.submit(`Afterwards ${prompt}`))).toMatchObject({ type: 'completed' });
    return bench.model.requests.at(-1)?.userTexts.filter((text) => text === prompt).length ?? 0;
  }

  // With both gone there is no more to find out than with the server gone, but for what is not written down yet.
  const cases = PARTS.flatMap((part) => STAGES.map((stage) => ({ part, stage }))).filter(
    ({ part, stage }) => EVERY_CASE || part !== 'both' || stage === 'after Enter',
  );
  test.each(cases)('$part, $stage: the prompt is in the conversation once', async ({ part, stage }) => {
    const prompt = `Something that is said when the ${part} dies ${stage}`;
    const { thread } = session.status;
    const last = await deliver(prompt, stage, await killer(part));
    const times = await timesInConversation(prompt);
    expect(session.status.thread).toBe(thread);
    if (part === 'terminal' || stage === 'before it is typed' || stage === 'before Enter') {
      // Nothing is lost: the turn goes on in the server, or the prompt was not sent yet.
      if (last) expect(last).toMatchObject({ type: 'completed', answer: ANSWER });
      expect(times).toBe(1);
    } else if (last?.type === 'interrupted') {
      expect(last.error).toMatchObject({ code: 'codex-down' });
      expect(ANSWER).toContain(last.answer);
      if (stage === 'mid-answer') expect(last.answer).toMatch(/^one two three four/);
      // Codex 0.169.0 writes a prompt down a moment after it has told of it.
      if (stage === 'mid-answer') expect(times).toBe(1);
      else expect(times).toBeLessThanOrEqual(1);
    } else expect(times).toBe(1);
  });

  test.each(PARTS)(
    '%s, while a request waits for a person: nothing runs, the conversation goes on',
    async (part) => {
      const file = `${bench.directory}/touched-${part}`;
      reply = (request) => {
        if (request.toolOutput !== null) return { kind: 'text', chunks: ['done'] };
        if (!request.lastUserText.startsWith('Please')) return slowly(request);
        return { kind: 'command', command: `touch ${file}`, justification: 'May I?' };
      };
      const seen = log.all.length;
      const end = outcome(session.submit(`Please touch it, ${part}`));
      await waitFor('a request', () => session.pending.length === 1);
      const [request] = session.pending;
      if (!request) throw new Error('no request');
      (await killer(part))();
      if (part === 'terminal') {
        // It waits in the server.
        await expect(outcome(session.submit('yes'))).rejects.toMatchObject({ code: 'approval-pending' });
        await session.answer(request.id, request.hash, { decision: 'deny' });
        expect(await end).toMatchObject({ type: expect.stringMatching(/completed|interrupted/) });
      } else {
        expect(await end).toMatchObject({ type: 'interrupted', error: { code: 'codex-down' } });
        await expect(session.answer(request.id, request.hash, { decision: 'approve' })).rejects.toMatchObject(
          {
            code: 'request-gone',
          },
        );
      }
      expect(log.all.slice(seen)).toContainEqual({ type: 'resolved', id: request.id });
      expect(await outcome(session.submit(`Afterwards ${part}`))).toMatchObject({ type: 'completed' });
      expect(existsSync(file)).toBe(false);
      reply = slowly;
    },
  );
});
