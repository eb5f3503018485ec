import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AgentSession, SessionOptions, TurnEvent } from '../../src/agent/session.ts';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import { codexWithBrokenTerminal, type IN_TERMINAL } from '../support/broken-terminal.ts';
import {
  type CodexBench,
  codexBench,
  collect,
  Following,
  outcome,
  SessionLog,
  serverPid,
  terminalPid,
} from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

const ANSWER = 'one two three four five six seven eight nine ten';
const slowly: Replier = () => ({ kind: 'text', chunks: wordsOf(ANSWER), delayMs: 20 });

describe('the real Codex without a usable terminal', () => {
  let bench: CodexBench;
  let session: AgentSession;
  let log: SessionLog;

  afterEach(async () => {
    vi.restoreAllMocks();
    vi.doUnmock('@lydell/node-pty');
    await bench.close();
  });

  /** Starts a session whose terminal is broken as long as the file `broken` is there. */
  async function begin(
    inTerminal: keyof typeof IN_TERMINAL,
    reply: Replier = slowly,
    { trusted }: { trusted: boolean } = { trusted: true },
  ): Promise<void> {
    bench = await codexBench(reply);
    const command = await codexWithBrokenTerminal(bench.directory, inTerminal);
    session = bench.session(trusted ? { command } : untrusted());
    log = new SessionLog(session);
    await session.start();
  }

  const untrusted = (): Partial<SessionOptions> => ({
    command: join(bench.directory, 'codex'),
    project: { name: 'project', directory: bench.directory, trusted: false },
  });
  const broken = (): string => join(bench.directory, 'broken');
  const limits = (): string => (session.status.limits ?? []).join();
  const asked = (): string[] => bench.model.requests.map(({ lastUserText }) => lastUserText);

  /** Sends a prompt as a daemon does, which looks up the fate of what has a mark; gives the last event, if any. */
  async function deliver(prompt: string, afterMark: () => void): Promise<TurnEvent | null> {
    const marks: { thread: string; at: Date }[] = [];
    for (let tries = 1; tries <= 4; tries += 1) {
      const mark = marks.pop();
      if (mark) {
        const fate = await session.fateOf(prompt, mark.thread, mark.at);
        if (fate.kind === 'unknown') throw new Error(fate.reason.message);
        if (fate.kind === 'accepted') return null;
      }
      try {
        const beforeSend = (thread: string): void => {
          marks.push({ thread, at: new Date() });
          afterMark();
        };
        return await outcome(session.submit(prompt, { beforeSend }));
      } catch (error) {
        if (marks.length === 0) throw error;
      }
    }
    throw new Error('it could not be sent');
  }

  test('ten prompts in order while turns run, each exactly as it was said, each once', async () => {
    await begin('mute');
    expect(session.status).toMatchObject({ state: 'idle', transport: 'app-server' });
    expect(limits()).toMatch(
      /^prompts are sent through the app-server, .*The hidden terminal shows no prompt\./,
    );
    const prompts = [
      '!touch broken-out',
      '/new',
      '@src/main.ts what is this?',
      '$HOME is where?',
      `a long one: ${'x'.repeat(20_000)}`,
      '日本語のプロンプトと 👩‍👩‍👧 絵文字',
      'line one\nline two\n\n    indented',
      'twice',
      'twice',
      '› 1. Yes, proceed (y)',
    ];
    const turns = await Promise.all(prompts.map((prompt) => collect(session.submit(prompt))));
    expect(asked()).toEqual(prompts);
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(prompts);
    for (const events of turns) expect(events.at(-1)).toMatchObject({ type: 'completed', answer: ANSWER });
    const ids = turns.map(([first]) => (first?.type === 'accepted' ? first.turn : ''));
    expect(new Set(ids).size).toBe(prompts.length);
    await expect(readFile(join(bench.directory, 'broken-out'))).rejects.toThrow('ENOENT');
  });

  test('steers, interrupts, opens another conversation', async () => {
    await begin('crashes', ({ lastUserText }) => ({
      kind: 'text',
      chunks: wordsOf(ANSWER),
      delayMs: lastUserText === 'begin' ? 200 : 0,
    }));
    const first = new Following(session.submit('begin'));
    await first.words;
    const steered = await collect(session.submit('and be brief', { mode: 'steer' }));
    expect(steered.at(-1)?.type).toBe('completed');
    expect(await first.end).toMatchObject({ type: 'completed' });
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['begin', 'and be brief']);
    expect(bench.model.requests).toHaveLength(2);

    const long = new Following(session.submit('begin'));
    await long.words;
    expect(await session.interrupt()).toBe(true);
    expect(await long.end).toMatchObject({ type: 'interrupted' });
    const { thread } = session.status;
    await session.open(null);
    expect(session.status.thread).not.toBe(thread);
    expect(await outcome(session.submit('something new'))).toMatchObject({ type: 'completed' });
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['something new']);
  });

  test('a prompt waits for a pending request, and nothing runs that was not approved', async () => {
    const file = (): string => join(bench.directory, 'touched');
    await begin('crashes', ({ toolOutput, lastUserText }) => {
      if (toolOutput !== null || lastUserText !== 'touch it') return { kind: 'text', chunks: ['done'] };
      return { kind: 'command', command: `touch ${file()}`, justification: 'May I?' };
    });
    const end = outcome(session.submit('touch it'));
    await waitFor('a request', () => session.pending.length === 1);
    for (const mode of ['turn', 'steer'] as const)
      await expect(outcome(session.submit('yes', { mode }))).rejects.toMatchObject({
        code: 'approval-pending',
      });
    const [request] = session.pending;
    if (!request) throw new Error('no request');
    await session.answer(request.id, request.hash, { decision: 'deny' });
    expect((await end).type).toMatch(/completed|interrupted/);
    expect(await outcome(session.submit('yes'))).toMatchObject({ type: 'completed' });
    expect(asked().filter((text) => text === 'yes')).toHaveLength(1);
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });

  test('the app-server is killed at any time after the mark: the prompt is in the conversation once', async () => {
    await begin('crashes', ({ lastUserText }) => ({
      kind: 'text',
      chunks: wordsOf(ANSWER),
      delayMs: lastUserText.startsWith('afterwards') ? 0 : 100,
    }));
    const { thread } = session.status;
    for (const ms of [0, 3, 20, 40, 60, 90, 130, 200, 400]) {
      const prompt = `the prompt ${ms}`;
      const pid = await serverPid(bench);
      const kill = (): boolean => process.kill(pid, 'SIGKILL');
      let later: NodeJS.Timeout | undefined;
      const last = await deliver(prompt, () => {
        if (later !== undefined) return;
        later = setTimeout(kill, ms);
        if (ms === 0) kill();
        if (ms === 0) clearTimeout(later);
      });
      expect(await outcome(session.submit(`afterwards ${ms}`))).toMatchObject({ type: 'completed' });
      expect(session.status.thread).toBe(thread);
      const texts = bench.model.requests.at(-1)?.userTexts ?? [];
      const times = texts.filter((text) => text === prompt).length;
      if (last?.type === 'interrupted') {
        expect(last.error).toMatchObject({ code: 'codex-down' });
        // Codex writes a prompt down a moment after it has told of it.
        expect(times).toBeLessThanOrEqual(1);
      } else expect(times).toBe(1);
    }
  });

  test('a server that does not answer is ended, and the history decides', async () => {
    await begin('crashes');
    const pid = await serverPid(bench);
    const last = await deliver('the prompt', () => {
      if (vi.isMockFunction(globalThis.setTimeout)) return;
      const wait = setTimeout;
      // The 30 s that the answer to the next request may take.
      vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number) => {
        if (ms !== 30_000) return wait(work, ms);
        vi.mocked(setTimeout).mockImplementation(wait);
        return wait(work, 500);
      }) as typeof setTimeout);
      process.kill(pid, 'SIGSTOP');
    });
    expect(last).toMatchObject({ type: 'completed', answer: ANSWER });
    expect(bench.model.requests.map(({ userTexts }) => userTexts)).toEqual([['the prompt']]);
    expect(await serverPid(bench)).not.toBe(pid);
  });

  test('a terminal that ends again and again is given up, and the session goes on', async () => {
    await begin('crashes');
    expect(await outcome(session.submit('!one'))).toMatchObject({ type: 'completed' });
    expect(session.status.state).toBe('idle');
    expect(limits()).toMatch(/Codex keeps ending in the hidden terminal: the screen is on fire/);
    process.kill(await serverPid(bench), 'SIGKILL');
    await log.waitFor((event) => event.type === 'status' && event.status.state === 'recovering');
    expect(await outcome(session.submit('two'))).toMatchObject({ type: 'completed' });
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['!one', 'two']);
  });

  test('a terminal that becomes usable is typed into again, and each prompt is there once', async () => {
    await begin('mute');
    expect(await outcome(session.submit('without'))).toMatchObject({ type: 'completed' });
    await rm(broken());
    process.kill(terminalPid(session), 'SIGKILL');
    await waitFor('the composer', () => session.status.limits === undefined);
    const typed = vi.spyOn(session.terminal, 'write');
    expect(await outcome(session.submit('with'))).toMatchObject({ type: 'completed' });
    expect(typed.mock.calls.some(([keys]) => keys.includes('with'))).toBe(true);
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['without', 'with']);
    // And back again: the one that is typed into ends for good.
    await writeFile(broken(), '');
    process.kill(terminalPid(session), 'SIGKILL');
    expect(await outcome(session.submit('without again'))).toMatchObject({ type: 'completed' });
    expect(limits()).toContain('The hidden terminal shows no prompt.');
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['without', 'with', 'without again']);
  });

  test('node-pty cannot be loaded: the session works, and says what is missing', async () => {
    vi.doMock('@lydell/node-pty', () => {
      throw new Error('pty.node is not a library');
    });
    const began = performance.now();
    await begin('mute');
    expect(await outcome(session.submit('hello'))).toMatchObject({ type: 'completed', answer: ANSWER });
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(limits()).toMatch(/The hidden terminal could not be opened: .* Install codex-voice again\.$/);
    await expect
      .poll(() => session.terminal.screen().join(' '))
      .toMatch(/^Prompts are sent without this terminal\. The hidden terminal could not be opened: /);
  });

  test('a folder that nobody named is asked about before anything is sent', async () => {
    const made = (): string => join(bench.directory, 'made');
    const reply: Replier = ({ toolOutput }) =>
      toolOutput === null
        ? { kind: 'command', command: `touch ${made()}` }
        : { kind: 'text', chunks: ['done'] };
    await begin('crashes', reply, { trusted: false });
    await expect(outcome(session.submit('look'))).rejects.toMatchObject({ code: 'approval-pending' });
    const [request] = session.pending;
    expect(request).toMatchObject({ title: 'Trust this folder?', folder: bench.directory });
    expect(bench.model.requests).toEqual([]);
    await session.answer(request?.id ?? '', request?.hash ?? '', { decision: 'deny' });
    await expect(outcome(session.submit('look'))).rejects.toMatchObject({
      code: 'codex-blocked',
      message: 'Codex asks whether to trust the folder.',
    });
    expect(bench.model.requests).toEqual([]);
    await session.close();

    session = bench.session(untrusted());
    await session.start();
    await expect(outcome(session.submit('look'))).rejects.toMatchObject({ code: 'approval-pending' });
    const [again] = session.pending;
    await session.answer(again?.id ?? '', again?.hash ?? '', { decision: 'approve' });
    const { thread } = session.status;
    expect(await outcome(session.submit('look'))).toMatchObject({ type: 'completed', answer: 'done' });
    expect(asked()).toEqual(['look', 'look']);
    expect(session.status).toMatchObject({ state: 'idle', thread });
    // The sandbox is that of a trusted folder.
    expect(await readFile(made(), 'utf8')).toBe('');
    expect(await readFile(join(bench.home, 'config.toml'), 'utf8')).toMatch(/trust_level = "trusted"/);
  });
});
