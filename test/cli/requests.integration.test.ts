import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { performWith } from '../../src/actions.ts';
import type { Answer, PendingRequest } from '../../src/agent/requests.ts';
import { type ControlServer, createControlServer } from '../../src/control/server.ts';
import { requestPerformers } from '../../src/daemon/actions/requests.ts';
import { requestHandlers } from '../../src/daemon/wire/request-handlers.ts';
import { VoiceError } from '../../src/errors.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { handlers, openGate } from '../support/control-handlers.ts';
import { type CliResult, runCli } from '../support/desktop.ts';
import { startProcess, type TemporaryFolder, temporaryFolder } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { pendingRequest } from '../support/request.ts';
import { newRights } from '../support/rights.ts';

type Pending = PendingRequest & { project: string };

/** The verbs and the real handlers; behind them a session that keeps what it is answered. */
describe('approve, deny and answer', () => {
  let folder: TemporaryFolder;
  let env: NodeJS.ProcessEnv;
  let server: ControlServer;
  let pending: Pending[];
  let answers: { id: string; answer: Answer }[];
  /** The hash that the session has for each request, where it is another than was shown. */
  let changed: string | null;

  beforeEach(async () => {
    folder = await temporaryFolder();
    const { path } = folder;
    const places = ['CONFIG', 'STATE', 'DATA', 'CACHE'].map((name) => [`XDG_${name}_HOME`, path]);
    env = { ...process.env, HOME: path, ...Object.fromEntries(places), XDG_RUNTIME_DIR: join(path, 'run') };
    pending = [];
    answers = [];
    changed = null;
    const session = {
      answer: async (id: string, hash: string, answer: Answer) => {
        const request = pending.find((each) => each.id === id);
        if ((changed ?? request?.hash) !== hash) {
          throw new VoiceError(
            'request-changed',
            'The request differs from the one that was shown.',
            'Look again.',
          );
        }
        answers.push({ id, answer });
        pending = pending.filter((each) => each.id !== id);
      },
    };
    const projects = {
      get pending() {
        return pending;
      },
      running: (project: string) => (project === 'backend' ? session : null),
    };
    const perform = performWith(requestPerformers(projects), newRights().judge);
    const status = async () => ({ pending }) as never;
    server = await createControlServer({
      path: pathsOf(env).controlSocket,
      version: '1.2.3',
      gatekeeper: openGate,
      handlers: handlers({ ...requestHandlers(perform), status }),
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    await server.close();
    await folder.remove();
  });

  function ask(id: string, over: Partial<PendingRequest> = {}): void {
    pending.push({
      ...pendingRequest({ id, hash: Buffer.from(id).toString('hex').padEnd(64, '0'), ...over }),
      project: 'backend',
    });
  }

  const question = (id: string, text: string) => {
    return { id, header: '', text, options: [], free: true, secret: false };
  };

  it('decide about the only one, and print it first: its escape sequences are only text', async () => {
    ask('a1', {
      detail: 'rm -r build\n\x1b[2Jnpm ci',
      dangers: ['deletes files'],
      reason: 'It is stale',
    });
    expect(await runCli(env, 'approve')).toEqual({
      status: 0,
      stdout: [
        'backend: Run a command?',
        'rm -r build',
        '␛[2Jnpm ci',
        'in /home/me/backend',
        'because: It is stale',
        'careful: deletes files',
        'approved',
        '',
      ].join('\n'),
      stderr: '',
    });
    ask('a2');
    expect((await runCli(env, 'approve', '--session')).stdout).toContain('approved for this session');
    ask('a3');
    expect((await runCli(env, 'deny', 'a3')).stdout).toContain('denied');
    expect(answers).toEqual([
      { id: 'a1', answer: { decision: 'approve' } },
      { id: 'a2', answer: { decision: 'approve-session' } },
      { id: 'a3', answer: { decision: 'deny' } },
    ]);
  });

  it('decide nothing when it is not clear about which, or there is none', async () => {
    const none: CliResult = await runCli(env, 'approve');
    expect(none.status).toBe(1);
    expect(none.stderr).toContain('Codex is not asking for anything. [request-gone]');
    ask('a1');
    ask('a2', { title: 'Change files?' });
    const several = await runCli(env, 'deny');
    expect(several.status).toBe(2);
    expect(several.stderr).toContain('Several requests are waiting. [usage]');
    expect(several.stderr).toContain('a1 (backend: Run a command?), a2 (backend: Change files?)');
    expect((await runCli(env, 'approve', 'zz')).stderr).toContain('No request has the id zz. [request-gone]');
    expect(answers).toEqual([]);
  });

  it('decide nothing when it is another by now', async () => {
    ask('a1');
    changed = 'f'.repeat(64);
    const { status, stderr } = await runCli(env, 'approve', 'a1');
    expect(status).toBe(1);
    expect(stderr).toContain('[request-changed]');
    expect(answers).toEqual([]);
  });

  it('answer one question in words, several by their ids, and a list with several values', async () => {
    ask('q1', { kind: 'question', questions: [question('port', 'Which port?')] });
    expect(await runCli(env, 'answer', 'q1', 'the', 'usual', 'one')).toMatchObject({ status: 0, stderr: '' });
    ask('q2', { kind: 'question', questions: [question('a', 'A?'), question('b', 'B?')] });
    const named = ['--question', 'a=1', '--question', 'b=x=y', '--question', 'b=z'];
    expect(await runCli(env, 'answer', ...named, 'q2')).toMatchObject({ status: 0, stderr: '' });
    expect(answers.map(({ answer }) => answer)).toEqual([
      { answers: { port: ['the usual one'] } },
      { answers: { a: ['1'], b: ['x=y', 'z'] } },
    ]);
    const colours = { ...question('c', 'Colours?'), multiple: true };
    ask('q4', { kind: 'elicitation', questions: [colours] });
    expect(await runCli(env, 'answer', 'q4', 'red,', 'green')).toMatchObject({ status: 0, stderr: '' });
    expect(answers.at(-1)?.answer).toEqual({ answers: { c: ['red', 'green'] } });
    ask('q3', { kind: 'question', questions: [question('a', 'A?')] });
    expect(await runCli(env, 'answer', 'q3', '--question', 'nonsense')).toMatchObject({ status: 2 });
  });

  it('read an answer from stdin, where no other user of the machine sees it', async () => {
    ask('q1', { kind: 'question', questions: [{ ...question('key', 'Which key?'), secret: true }] });
    const { command, args } = programCommand(['answer', 'q1', '-']);
    const verb = await startProcess('sh', ['-c', 'echo s3cret | "$0" "$@"', command, ...args], { env });
    expect(await verb.exited).toBe(0);
    expect(answers).toEqual([{ id: 'q1', answer: { answers: { key: ['s3cret'] } } }]);
    expect(verb.stdout()).not.toContain('s3cret');
  });
});
