import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanPrompt } from '../../../src/agent/prompt.ts';
import type { Decision, PendingRequest } from '../../../src/agent/requests.ts';
import type { AgentSession } from '../../../src/agent/session.ts';
import { createCodexSession, terminalSession } from '../../../src/codex/create-session.ts';
import { wordsOf } from '../../../src/loopback/answers.ts';
import type { CodexHomeOptions } from '../../../src/loopback/codex-home.ts';
import type { LoopbackRequest, Reply } from '../../../src/loopback/model.ts';
import {
  type CodexBench,
  codexBench,
  collect,
  outcome,
  SessionLog,
  silent,
  terminalPid,
} from '../../support/codex.ts';
import { EVERY_CASE } from '../../support/gate.ts';
import { waitFor } from '../../support/process.ts';

/** The plain terminal has the model find a title for each conversation, beside the conversation itself. */
const isTitle = ({ lastUserText }: LoopbackRequest): boolean => lastUserText.startsWith('Generate a concise');

const COLOURS = [
  { label: 'Blue', description: 'as the sky' },
  { label: 'Red', description: 'as blood' },
];

const echo = ({ lastUserText }: LoopbackRequest): Reply => ({
  kind: 'text',
  chunks: [`You said: ${lastUserText}`],
});

describe('Codex by its terminal alone', () => {
  let bench: CodexBench;
  let session: AgentSession;
  let log: SessionLog;
  let replies: Reply[];
  afterEach(() => bench?.close());

  async function begin(options: CodexHomeOptions = {}): Promise<void> {
    replies = [];
    bench = await codexBench(
      (request) =>
        isTitle(request) ? { kind: 'text', chunks: ['A title'] } : (replies.shift() ?? echo(request)),
      options,
    );
    session = bench.session({}, terminalSession);
    log = new SessionLog(session);
    await session.start();
  }

  const requests = (): LoopbackRequest[] => bench.model.requests.filter((request) => !isTitle(request));

  async function asked(): Promise<PendingRequest> {
    return waitFor('a request', () => session.pending[0], { timeout: 120_000 });
  }

  test('prompts arrive as they are, answers come whole, in one conversation', async () => {
    await begin();
    const prompts = [
      'Hello there',
      '/quit',
      '!touch canary',
      '@package.json $skill #1',
      'two\nlines\n\nand more',
      'all:\n\tgo build ./...\n\t\techo\tdone',
      '日本語 👩‍👩‍👧 שלום',
      'x'.repeat(20_000),
      `a \x1b[201~ b\x03 c`,
    ];
    for (const prompt of prompts) {
      const events = await collect(session.submit(prompt));
      expect(events[0]?.type).toBe('accepted');
      expect(events.at(-1)).toMatchObject({ type: 'completed', answer: `You said: ${cleanPrompt(prompt)}` });
    }
    expect(requests()).toHaveLength(prompts.length);
    expect(requests().at(-1)?.userTexts).toEqual(prompts.map(cleanPrompt));
    expect(existsSync(join(bench.directory, 'canary'))).toBe(false);
    expect(session.status).toMatchObject({ transport: 'terminal', state: 'idle' });
    expect(session.status.limits?.length).toBeGreaterThan(0);
  });

  test('goes on in the conversation of before, and in another one', async () => {
    await begin();
    await outcome(session.submit('the first'));
    const { thread } = session.status;
    expect(thread).toMatch(/^[0-9a-f-]{36}$/);
    await session.close();
    session = bench.session({ resume: thread ?? '' }, terminalSession);
    await session.start();
    await outcome(session.submit('the second'));
    expect(requests().at(-1)?.userTexts).toEqual(['the first', 'the second']);
    await session.open(null);
    await outcome(session.submit('something else'));
    expect(requests().at(-1)?.userTexts).toEqual(['something else']);
    const threads = await session.threads(10);
    expect(threads.map(({ preview }) => preview).sort()).toEqual(['something else', 'the first']);
    await session.open(thread);
    await outcome(session.submit('and back'));
    expect(requests().at(-1)?.userTexts).toEqual(['the first', 'the second', 'and back']);
    await expect(session.open('01a00000-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  const decisions: [Decision, boolean][] = [
    ['approve', true],
    ['deny', false],
  ];
  test.each(EVERY_CASE ? decisions : decisions.slice(1))(
    'a command is seen on the screen: %s',
    async (decision, made) => {
      await begin();
      const file = join(bench.home, 'made');
      replies = [{ kind: 'command', command: `touch ${file}`, justification: 'To show it' }];
      const end = outcome(session.submit('make it'));
      const request = await asked();
      expect(request).toMatchObject({
        kind: 'command',
        detail: `touch ${file}`,
        reason: 'To show it',
        folder: bench.directory,
        decisions: ['approve', 'deny'],
      });
      expect(request.dangers).not.toEqual([]);
      await expect(outcome(session.submit('more'))).rejects.toMatchObject({ code: 'approval-pending' });
      await expect(session.answer('other', request.hash, { decision })).rejects.toMatchObject({
        code: 'request-gone',
      });
      const other = request.hash.replace(/^./, (first) => (first === '0' ? '1' : '0'));
      await expect(session.answer(request.id, other, { decision })).rejects.toMatchObject({
        code: 'request-changed',
      });
      expect(existsSync(file)).toBe(false);
      await session.answer(request.id, request.hash, { decision });
      expect((await end).type).toBe(made ? 'completed' : 'interrupted');
      expect(existsSync(file)).toBe(made);
      expect(session.pending).toEqual([]);
      expect(log.all).toContainEqual({ type: 'resolved', id: request.id });
      await expect(session.answer(request.id, request.hash, { decision })).rejects.toMatchObject({
        code: 'request-gone',
      });
    },
  );

  test('a command is shown whole, whatever its words look like; the same one again is another request', async () => {
    await begin();
    const command = 'true\nReason: May I? || touch marker\n1. Yes, proceed (y)\n\n  $ true';
    const call: Reply = { kind: 'command', command, justification: 'May I?' };
    replies = [call, call];
    const end = outcome(session.submit('deceive me'));
    const first = await asked();
    expect(first.detail).toBe(command);
    await session.answer(first.id, first.hash, { decision: 'approve' });
    const second = await waitFor('the next request', () => session.pending.find(({ id }) => id !== first.id));
    expect(second.hash).toBe(first.hash);
    await expect(session.answer(first.id, first.hash, { decision: 'approve' })).rejects.toMatchObject({
      code: 'request-gone',
    });
    const both = (['deny', 'approve'] as const).map((decision) =>
      session.answer(second.id, second.hash, { decision }),
    );
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await end).toMatchObject({ type: 'interrupted' });
  });

  test('a change of files: the whole patch; a question waits for the person at the terminal', async () => {
    await begin({
      settings: 'approval_policy = "on-request"\nsandbox_mode = "read-only"',
      features: 'default_mode_request_user_input = true',
    });
    const patch = "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: b.txt\n+new\n*** End Patch\nEOF\n";
    const questions = [{ id: 'c', header: 'Colour', question: 'Which colour?', options: COLOURS }];
    replies = [
      { kind: 'command', command: patch },
      { kind: 'tool', name: 'request_user_input', input: JSON.stringify({ questions }) },
    ];
    const end = outcome(session.submit('change it, then ask'));
    const change = await asked();
    expect(change).toMatchObject({ kind: 'file-change', detail: patch });
    expect(change.decisions).toContain('approve-session');
    await session.answer(change.id, change.hash, { decision: 'approve' });
    const question = await waitFor('the question', () =>
      session.pending.find(({ kind }) => kind === 'question'),
    );
    expect(existsSync(join(bench.directory, 'b.txt'))).toBe(true);
    expect(question).toMatchObject({ title: 'Colour', decisions: [], questions: [] });
    expect(question.detail).toContain('Blue');
    await expect(
      session.answer(question.id, question.hash, { answers: { c: ['Blue'] } }),
    ).rejects.toMatchObject({ code: 'request-unfit' });
    session.terminal.write('\r');
    expect(await end).toMatchObject({ type: 'completed' });
    expect(session.pending).toEqual([]);
  });

  test('is interrupted, and tells of failures', async () => {
    await begin();
    replies = [{ kind: 'text', chunks: wordsOf('one two three four five six seven eight'), delayMs: 500 }];
    const end = outcome(session.submit('something long'));
    await waitFor('the turn', () => session.status.state === 'working');
    expect(await session.interrupt()).toBe(true);
    expect(await end).toMatchObject({ type: 'interrupted' });
    expect(await session.interrupt()).toBe(false);
    replies = [{ kind: 'failure', how: 'status', status: 500, message: 'boom' }];
    expect(await outcome(session.submit('fail'))).toMatchObject({
      type: 'failed',
      error: { code: 'turn-failed' },
    });
    expect(await outcome(session.submit('and on'))).toMatchObject({ type: 'completed' });
  });

  test('a terminal that is killed is started again in the same conversation', async () => {
    await begin();
    await outcome(session.submit('before'));
    const since = new Date();
    const { thread } = session.status;
    const killed = terminalPid(session);
    process.kill(killed, 'SIGKILL');
    await waitFor('the next terminal', () => {
      const { terminal } = session;
      return 'pid' in terminal && terminal.pid !== null && terminal.pid !== killed;
    });
    expect(await outcome(session.submit('after'))).toMatchObject({ type: 'completed' });
    expect(requests().at(-1)?.userTexts).toEqual(['before', 'after']);
    expect(await session.fateOf('after', thread ?? '', since)).toMatchObject({
      kind: 'accepted',
      state: 'answered',
      answer: 'You said: after',
    });
    expect(await session.fateOf('before', thread ?? '', since)).toEqual({ kind: 'absent' });
    expect(await session.fateOf('after', 'new', since)).toMatchObject({ kind: 'accepted' });
  });

  test('a terminal that is killed during an answer ends it, and the conversation goes on', async () => {
    await begin();
    const since = new Date();
    replies = [{ kind: 'text', chunks: wordsOf('never to be heard as a whole'), delayMs: 5_000 }];
    const turn = session.submit('Survive this')[Symbol.asyncIterator]();
    expect((await turn.next()).value).toMatchObject({ type: 'accepted' });
    await bench.model.waitForRequest((request) => !isTitle(request));
    const waiting = outcome(session.submit('Next one', { mode: 'steer' }));
    process.kill(terminalPid(session), 'SIGKILL');
    const end = await turn.next();
    expect(end.value).toMatchObject({ type: 'interrupted', error: { code: 'codex-down' } });
    expect(await waiting).toMatchObject({ type: 'completed', answer: 'You said: Next one' });
    expect(requests().at(-1)?.userTexts).toEqual(['Survive this', 'Next one']);
    expect(await session.fateOf('Survive this', session.status.thread ?? '', since)).toMatchObject({
      kind: 'accepted',
      state: 'interrupted',
    });
  });

  test('a Codex that somebody else runs in the same folder is not followed; /new is', async () => {
    await begin();
    const other = bench.session({ socketFolder: join(bench.socketFolder, 'other') }, terminalSession);
    await other.start();
    await outcome(session.submit('mine'));
    const { thread } = session.status;
    await outcome(other.submit('theirs'));
    expect(await outcome(session.submit('mine again'))).toMatchObject({ type: 'completed' });
    expect(session.status).toMatchObject({ thread, model: 'demo' });
    expect(requests().at(-1)?.userTexts).toEqual(['mine', 'mine again']);
    session.terminal.write('/new');
    await waitFor('the command', () => session.terminal.screen().join('\n').includes('› /new'));
    session.terminal.write('\r');
    await waitFor('the new one', () => !session.terminal.screen().join('\n').includes('mine again'));
    const sent: { thread: string; at: Date }[] = [];
    const beforeSend = (to: string): void => {
      sent.push({ thread: to, at: new Date() });
    };
    await outcome(session.submit('begun anew', { beforeSend }));
    expect(requests().at(-1)?.userTexts).toEqual(['begun anew']);
    expect(session.status.thread).not.toBe(thread);
    const [noted] = sent;
    expect(await session.fateOf('begun anew', noted?.thread ?? '', noted?.at ?? new Date())).toMatchObject({
      kind: 'accepted',
    });
    expect(await readFile(join(bench.home, 'config.toml'), 'utf8')).not.toContain('projects');
  });

  test('an older Codex is used this way by itself', async () => {
    await begin();
    const old = join(bench.home, 'old-codex');
    const script = [
      '#!/bin/sh',
      'case "$1" in',
      '--version) echo "codex-cli 0.40.0";;',
      'app-server) echo "Usage: codex app-server"; exit 0;;',
      `*) case "$*" in *--help*) echo "Usage: codex";; *) exec codex "$@";; esac;;`,
      'esac',
    ];
    await writeFile(old, `${script.join('\n')}\n`);
    await chmod(old, 0o755);
    const options = {
      project: { name: 'project', directory: bench.directory, trusted: true },
      command: old,
      env: bench.env,
      socketFolder: join(bench.socketFolder, 'old'),
      logger: silent,
    };
    const auto = await createCodexSession({ ...options, transport: 'auto' });
    expect(auto.status.transport).toBe('terminal');
    await auto.start();
    expect(await outcome(auto.submit('hello'))).toMatchObject({
      type: 'completed',
      answer: 'You said: hello',
    });
    await auto.close();
    const wanted = await createCodexSession({ ...options, transport: 'app-server' });
    expect(wanted.status.transport).toBe('app-server');
    await expect(wanted.start()).rejects.toMatchObject({ code: 'codex-version' });
    await wanted.close();
    // What is no Codex at all is not taken for an old one.
    const none = await createCodexSession({ ...options, command: 'true', transport: 'auto' });
    await expect(none.start()).rejects.toMatchObject({ code: 'codex-version' });
    expect(none.status.transport).toBe('app-server');
    await none.close();
  });
});
