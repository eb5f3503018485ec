import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { AgentSession } from '../../src/agent/session.ts';
import { ProcessRecord } from '../../src/codex/process-record.ts';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { CodexHomeOptions } from '../../src/loopback/codex-home.ts';
import type { Replier } from '../../src/loopback/model.ts';
import {
  type CodexBench,
  codexBench,
  collect,
  Following,
  outcome,
  SessionLog,
  silent,
  terminalPid,
} from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

const echo: Replier = ({ lastUserText }) => ({ kind: 'text', chunks: [`You said: ${lastUserText}`] });

describe('the life of a session', () => {
  let bench: CodexBench;
  let session: AgentSession;
  afterEach(() => bench?.close());

  async function begin(reply: Replier = echo, options: CodexHomeOptions = {}): Promise<SessionLog> {
    bench = await codexBench(reply, options);
    session = bench.session();
    const log = new SessionLog(session);
    await session.start();
    return log;
  }

  /** As a person does: /resume, the entry after the chosen one, Enter. */
  async function resumeOther(): Promise<void> {
    const shows = (what: RegExp): Promise<true> =>
      waitFor(`${what}`, () => what.test(session.terminal.screen().join('\n')));
    for (const key of '/resume') {
      session.terminal.write(key);
      await delay(30);
    }
    await shows(/^.*\/resume {2,}\S/m);
    session.terminal.write('\r');
    await shows(/ 1 \/ 2 /);
    session.terminal.write('\x1b[B');
    await shows(/ 2 \/ 2 /);
    session.terminal.write('\r');
  }

  test('a new conversation, and back to the old one', async () => {
    await begin();
    await outcome(session.submit('the first words'));
    const first = session.status.thread;
    await session.open(null);
    expect(session.status.thread).not.toBe(first);
    await outcome(session.submit('another topic'));
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['another topic']);
    const second = session.status.thread;
    const threads = await session.threads(10);
    expect(threads.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(threads.find(({ id }) => id === first)).toMatchObject({ folder: bench.directory });
    expect(threads.find(({ id }) => id === first)?.preview).toContain('the first words');
    await session.open(first);
    await outcome(session.submit('and on'));
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['the first words', 'and on']);
    await expect(session.open('01a00000-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await outcome(session.submit('still here'))).toMatchObject({ type: 'completed' });
  });

  test('words for the running turn', async () => {
    let answers = 0;
    await begin(() => {
      answers += 1;
      return {
        kind: 'text',
        chunks: wordsOf('one two three four five six seven'),
        delayMs: answers === 1 ? 150 : 0,
      };
    });
    const running = new Following(session.submit('something long'));
    await running.words;
    const steered = await collect(session.submit('and look at this too', { mode: 'steer' }));
    expect(steered[0]).toMatchObject({ type: 'accepted' });
    expect(steered.at(-1)).toMatchObject({ type: 'completed' });
    expect(await running.end).toMatchObject({ type: 'completed' });
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['something long', 'and look at this too']);
  });

  test('the mark is written before the key is pressed, and without it nothing is sent', async () => {
    await begin();
    const before = bench.model.requests.length;
    const marks: string[] = [];
    const refused = session.submit('never sent', {
      beforeSend: () => {
        throw new Error('the disk is full');
      },
    });
    await expect(outcome(refused)).rejects.toThrow('the disk is full');
    await outcome(session.submit('sent', { beforeSend: (thread) => marks.push(thread) }));
    expect(marks).toEqual([session.status.thread]);
    expect(bench.model.requests.slice(before).map(({ lastUserText }) => lastUserText)).toEqual(['sent']);
  });

  test('the fate of a prompt', async () => {
    await begin();
    const thread = session.status.thread ?? '';
    const since = new Date();
    await outcome(session.submit('say it'));
    expect(await session.fateOf('say it', thread, since)).toMatchObject({
      kind: 'accepted',
      state: 'answered',
      answer: 'You said: say it',
    });
    expect(await session.fateOf('another', thread, since)).toEqual({ kind: 'absent' });
    // The same words of before are not this prompt.
    await delay(5);
    expect(await session.fateOf('say it', thread, new Date())).toEqual({ kind: 'absent' });
    expect(await session.fateOf('say it', '01a00000-0000-7000-8000-000000000000', since)).toMatchObject({
      kind: 'unknown',
    });
    // It is the same after everything was started again.
    await session.close();
    session = bench.session({ resume: thread });
    await session.start();
    expect(await session.fateOf('say it', thread, since)).toMatchObject({
      kind: 'accepted',
      state: 'answered',
    });
  });

  test('/resume typed by a person is followed, there and back', async () => {
    await begin();
    await outcome(session.submit('the first words'));
    const first = session.status.thread;
    await session.open(null);
    await outcome(session.submit('another topic'));
    const second = session.status.thread;
    await resumeOther();
    await waitFor('the first conversation', () => session.status.thread === first);
    await outcome(session.submit('and on'));
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['the first words', 'and on']);
    process.kill(terminalPid(session), 'SIGKILL');
    await outcome(session.submit('still there'));
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['the first words', 'and on', 'still there']);
    await resumeOther();
    await waitFor('the second conversation', () => session.status.thread === second);
    await outcome(session.submit('and here'));
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['another topic', 'and here']);
  });

  test('a prompt that went into a conversation of which nobody told is found', async () => {
    await begin();
    await outcome(session.submit('the first words'));
    const first = session.status.thread ?? '';
    await session.open(null);
    const since = new Date();
    await outcome(session.submit('another topic'));
    expect(await session.fateOf('another topic', first, since)).toMatchObject({ state: 'answered' });
    // Those words, said a minute later elsewhere, are another prompt.
    const before = new Date(since.getTime() - 60_000);
    expect(await session.fateOf('another topic', first, before)).toEqual({ kind: 'absent' });
  });

  test('a conversation that was shortened is told', async () => {
    const log = await begin();
    await outcome(session.submit('something'));
    for (const key of '/compact') {
      session.terminal.write(key);
      await delay(30);
    }
    await waitFor('the menu', () => /\/compact {2,}\S/.test(session.terminal.screen().join('\n')));
    session.terminal.write('\r');
    await log.waitFor((event) => event.type === 'notice' && event.notice.kind === 'compacted');
    expect(await outcome(session.submit('and on'))).toMatchObject({ type: 'completed' });
  });

  test('a conversation that is nearly full is told once', async () => {
    const log = await begin(echo, {
      settings: 'model_context_window = 6000\nmodel_auto_compact_token_limit = 1000000',
    });
    await outcome(session.submit('x'.repeat(8_000)));
    const notice = await log.waitFor(({ type }) => type === 'notice');
    expect(notice).toMatchObject({ notice: { kind: 'context-full' } });
  });

  test('the terminal of a killed daemon is ended by the next one, and nothing else', async () => {
    await begin();
    await session.close();
    const [ours, other] = [spawn('sleep', ['60']), spawn('sleep', ['60'])];
    try {
      await mkdir(bench.socketFolder, { recursive: true });
      await new ProcessRecord(join(bench.socketFolder, 'terminal.json'), silent).write(ours.pid ?? 0);
      const ended = once(ours, 'exit');
      session = bench.session();
      await session.start();
      expect(await ended).toEqual([null, 'SIGKILL']);
      expect(other.exitCode ?? other.signalCode).toBeNull();
    } finally {
      ours.kill('SIGKILL');
      other.kill('SIGKILL');
    }
  });
});
