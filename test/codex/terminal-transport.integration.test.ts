import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { CodexSession, Decision, PendingRequest } from '../../src/codex/codex.ts';
import { createCodexSession } from '../../src/codex/create-session.ts';
import { cleanPrompt } from '../../src/codex/paste.ts';
import { createTerminalSession } from '../../src/codex/terminal-transport/session.ts';
import { wordsOf } from '../../src/demo/answers.ts';
import type { LoopbackRequest, Reply } from '../../src/demo/loopback-model.ts';
import {
  type CodexBench,
  codexBench,
  collect,
  outcome,
  SessionLog,
  silent,
  terminalPid,
} from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

/** The plain terminal has the model find a title for each conversation, beside the conversation itself. */
const isTitle = ({ lastUserText }: LoopbackRequest): boolean => lastUserText.startsWith('Generate a concise');

const echo = ({ lastUserText }: LoopbackRequest): Reply => ({
  kind: 'text',
  chunks: [`You said: ${lastUserText}`],
});

describe('Codex by its terminal alone', () => {
  let bench: CodexBench;
  let session: CodexSession;
  let log: SessionLog;
  let replies: Reply[];
  afterEach(() => bench?.close());

  async function begin(settings = ''): Promise<void> {
    replies = [];
    bench = await codexBench(
      (request) =>
        isTitle(request) ? { kind: 'text', chunks: ['A title'] } : (replies.shift() ?? echo(request)),
      { settings },
    );
    session = bench.session({}, createTerminalSession);
    log = new SessionLog(session);
    await session.start();
  }

  const requests = (): LoopbackRequest[] => bench.model.requests.filter((request) => !isTitle(request));

  async function asked(): Promise<PendingRequest> {
    return waitFor('a request', () => session.pending[0], { timeout: 20_000 });
  }

  test('prompts arrive as they are, answers come whole, in one conversation', async () => {
    await begin();
    const prompts = [
      'Hello there',
      '/quit',
      '!touch canary',
      '@package.json $skill #1',
      'two\nlines\n\nand more',
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
    session = bench.session({ resume: thread ?? '' }, createTerminalSession);
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

  test.each<[Decision, boolean]>([
    ['approve', true],
    ['deny', false],
  ])('a command is seen on the screen: %s', async (decision, made) => {
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
  });
});
