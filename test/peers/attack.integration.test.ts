import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { performWith } from '../../src/actions.ts';
import type { PendingRequest } from '../../src/agent/requests.ts';
import type { AgentSession } from '../../src/agent/session.ts';
import { closesSocket, identifyCodex } from '../../src/codex/binary.ts';
import { type ControlServer, createControlServer } from '../../src/control/server.ts';
import { controlHandlers } from '../../src/daemon/wire/handlers.ts';
import { VoiceError } from '../../src/errors.ts';
import { BUS_NAME, BUS_PATH, BusKeys } from '../../src/hotkey/bus-keys.ts';
import type { Reply } from '../../src/loopback/model.ts';
import { AgentProcesses } from '../../src/peers/agents.ts';
import { credentialsReader } from '../../src/peers/credentials.ts';
import { Door } from '../../src/peers/door.ts';
import { PeerJudge } from '../../src/peers/judge.ts';
import { processTable } from '../../src/peers/process-table.ts';
import { type CodexBench, codexBench, outcome, SessionLog, silent } from '../support/codex.ts';
import { handlers } from '../support/control-handlers.ts';
import { waitFor } from '../support/process.ts';
import { newRights } from '../support/rights.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';

const ATTACKER = fileURLToPath(new URL('attacker.mjs', import.meta.url));

interface Attempt {
  /** What became of each request: the code of its error, or "done". */
  told: Record<string, string>;
  /** By port: the HTTP status that a client without a token gets, "open", or null. */
  servers: Record<string, number | string | null>;
  /** By path: what a client without a token meets at Codex's Unix sockets, the code of an error or "open". */
  sockets: Record<string, string>;
  /** Processes in sight whose environment has the token of Codex's server. */
  tokens: number;
  /** Of the processes that it could see. */
  namespace: string;
}

/** The real Codex with the network allowed in its sandbox, as it attacks the daemon that started it. */
describe('a command that Codex runs', () => {
  let bench: CodexBench;
  let waiting: AgentSession;
  let attacking: AgentSession;
  let log: SessionLog;
  let request: PendingRequest;
  let server: ControlServer;
  let bus: TestSessionBus;
  let busKeys: BusKeys;
  /** The keys that got through the session bus. */
  const pressed: string[] = [];
  let socket: string;
  let onSocket: boolean;
  let decisions: 'people' | 'nobody' = 'people';
  /** What got through to the daemon. */
  const performed: string[] = [];
  let replies: Reply[] = [];

  beforeAll(async () => {
    bench = await codexBench(
      ({ lastUserText }) => {
        if (lastUserText === 'wait')
          return { kind: 'command', command: 'touch approved', justification: 'May I?' };
        return replies.shift() ?? { kind: 'text', chunks: ['done'] };
      },
      {
        settings: 'sandbox_mode = "workspace-write"\napproval_policy = "on-request"',
        tables: '[sandbox_workspace_write]\nnetwork_access = true',
      },
    );
    onSocket = closesSocket((await identifyCodex('codex', bench.env)).version);
    const table = processTable();
    const agents = new AgentProcesses(table);
    const judge = new PeerJudge({ table, agents, pid: process.pid, uid: process.getuid?.() ?? -1 });
    bus = await startSessionBus();
    const trusts = (pid: number): boolean => judge.trustsService(pid);
    busKeys = new BusKeys({ env: bus.env, onKey: (key) => pressed.push(key), trusts, logger: silent });
    await bus.waitForName(BUS_NAME);
    socket = join(bench.socketFolder, 'control', 'control.sock');
    const note = (name: string, result: object) => async () => {
      performed.push(name);
      return result as never;
    };
    const rights = newRights({ socketDecisions: () => decisions });
    const unexpected = () => {
      throw new VoiceError('internal', 'This test does not expect that.', 'None.');
    };
    const perform = performWith<'answer' | 'review-send'>(
      {
        answer: async ({ request: id = '', hash = '', answer }) => {
          if (!('decision' in answer) || answer.decision !== 'approve') return unexpected();
          performed.push('approve');
          await waiting.answer(id, hash, answer);
          return id;
        },
        'review-send': unexpected,
      },
      rights.judge,
    );
    const terminals = { input: () => performed.push('terminal/input') };
    const real = controlHandlers({ perform, rights, terminals } as never);
    server = await createControlServer({
      path: socket,
      version: 'test',
      handlers: handlers({
        status: async () => ({ pending: [{ ...request, project: 'project' }] }) as never,
        approve: real.approve,
        deny: real.deny,
        answer: real.answer,
        'review/send': real['review/send'],
        'review/edit': real['review/edit'],
        'terminal/input': real['terminal/input'],
        ask: note('ask', { id: 'a', utterance: null }),
        stop: note('stop', {}),
        reload: note('reload', { changed: false }),
      }),
      gatekeeper: new Door({ judge, credentials: credentialsReader() }),
      logger: silent,
    });
    const env = agents.environment(bench.env);
    const session = (name: string): AgentSession =>
      bench.session({
        env,
        started: (pid) => agents.note(pid),
        socketFolder: join(bench.socketFolder, name),
      });
    [waiting, attacking] = [session('one'), session('two')];
    log = new SessionLog(attacking);
    const asked = new SessionLog(waiting);
    await Promise.all([waiting.start(), attacking.start()]);
    void outcome(waiting.submit('wait'));
    const event = await asked.waitFor(({ type }) => type === 'requested');
    if (event.type !== 'requested') throw new Error('nothing is asked');
    ({ request } = event);
    await copyFile(ATTACKER, join(bench.directory, 'attacker.mjs'));
  });
  afterAll(async () => {
    await server?.close();
    await busKeys?.close();
    await bus?.stop();
    await bench?.close();
  });
  beforeEach(() => {
    performed.length = 0;
    pressed.length = 0;
    decisions = 'people';
  });

  const attempt = async (name: string): Promise<Attempt> =>
    JSON.parse(
      await waitFor(`the attempt ${name}`, () =>
        readFile(join(bench.directory, `${name}.json`), 'utf8').catch(() => null),
      ),
    );
  const attacker = (name: string, manner = ''): string =>
    `${process.execPath} attacker.mjs ${socket} ${name} ${manner}`;
  /** Lives as long as the sandbox needs to be there. */
  const until = (file: string): string => `for i in $(seq 600); do [ -e ${file} ] && break; sleep 0.1; done`;
  const andWait = (name: string): string => until(`${name}.json`);
  const double = (name: string, before = ''): string =>
    `(${before} setsid sh -c '${attacker(name, 'orphan $$')} & exec sleep 0.3' >/dev/null 2>&1 &); ${andWait(name)}`;

  async function run(command: string, justification?: string): Promise<void> {
    replies = [{ kind: 'command', command, ...(justification && { justification }) }];
    const seen = log.all.length;
    const end = outcome(attacking.submit(`attack ${command}`));
    if (justification) {
      const asked = await waitFor('the question', () =>
        log.all.slice(seen).find(({ type }) => type === 'requested'),
      );
      if (asked.type !== 'requested') throw new Error('nothing is asked');
      await attacking.answer(asked.request.id, asked.request.hash, { decision: 'approve' });
    }
    expect(await end).toMatchObject({ type: 'completed' });
  }

  function expectRefused({ told }: Attempt): void {
    expect(new Set(Object.values(told))).toEqual(new Set(['decision-refused']));
    expect(performed).toEqual([]);
    expect(waiting.pending.map(({ id }) => id)).toEqual([request.id]);
  }

  test.each([
    ['direct', (name: string) => attacker(name)],
    ['nohup', (name: string) => `nohup ${attacker(name)} >/dev/null 2>&1 & ${andWait(name)}`],
    ['setsid-and-a-double-fork', (name: string) => double(name)],
    ['no-environment', (name: string) => double(name, 'env -i')],
    ['no-environment-direct', (name: string) => `env -i ${attacker(name)}`],
  ])('in its sandbox with the network: %s', async (name, command) => {
    await run(command(name));
    const tried = await attempt(name);
    expectRefused(tried);
    expect(tried.namespace).not.toBe(readlinkSync('/proc/self/ns/pid'));
    // Codex's own server takes an answer from everyone who gets in: by a socket that the sandbox hides, or by a token.
    const met = Object.values(onSocket ? tried.sockets : tried.servers);
    expect(met.filter((each) => each === (onSocket ? 'EACCES' : 401)).length).toBeGreaterThanOrEqual(2);
    expect([...Object.values(tried.sockets), ...Object.values(tried.servers)]).not.toContain('open');
    expect(tried.tokens).toBe(0);
  });

  test('one that ends before its request is looked at', async () => {
    await run(`${attacker('gone', 'gone')}; sleep 0.5`);
    expect(performed).toEqual([]);
    expect(waiting.pending).toHaveLength(1);
  });

  test.each([
    ['approved-direct', (name: string) => attacker(name)],
    ['approved-nohup', (name: string) => `nohup ${attacker(name)} >/dev/null 2>&1 & ${andWait(name)}`],
    ['approved-and-a-double-fork', (name: string) => double(name)],
    ['approved-no-environment', (name: string) => `env -i ${attacker(name)}`],
  ])('outside its sandbox, as a user approved it: %s', async (name, command) => {
    await run(command(name), 'May I?');
    expectRefused(await attempt(name));
  });

  const press = (told: string, key = 'Press'): string => {
    const address = Object.entries(bus.env).map(([name, value]) => `${name}='${value}'`);
    const call = `dbus-send --session --print-reply --dest=${BUS_NAME} ${BUS_PATH} ${BUS_NAME}.${key}`;
    return `${address.join(' ')} ${call} >${told}.part 2>&1; mv ${told}.part ${told}`;
  };
  const answerIn = (file: string) =>
    waitFor('the answer of the bus', () => readFile(join(bench.directory, file), 'utf8').catch(() => null));

  test.each([
    ['in its sandbox', 'sandboxed', undefined],
    ['outside its sandbox', 'approved', 'May I?'],
  ])('presses no key over the session bus, %s', async (_, file, justification) => {
    await run(press(file), justification);
    expect(await answerIn(file)).toMatch(/AccessDenied|Failed to open connection/);
    await run(`(setsid sh -c "${press(`${file}-orphan`)}" &); ${until(`${file}-orphan`)}`, justification);
    expect(await answerIn(`${file}-orphan`)).toMatch(/AccessDenied|Failed to open connection/);
    expect(pressed).toEqual([]);
    for (const key of ['Press', 'Release'])
      await once(spawn('sh', ['-c', press('person', key)], { cwd: bench.directory }), 'exit');
    expect(pressed).toEqual(['press', 'release']);
  });

  test('the program of a person may do the same, and with "nobody" everything but decide', async () => {
    const own = async (name: string): Promise<Attempt> => {
      const args = ['attacker.mjs', socket, name];
      const child = spawn(process.execPath, args, { cwd: bench.directory, stdio: 'ignore' });
      await once(child, 'exit');
      return attempt(name);
    };
    decisions = 'nobody';
    const { told } = await own('nobody');
    expect(told).toMatchObject({
      approve: 'decision-refused',
      deny: 'decision-refused',
      answer: 'decision-refused',
      'terminal/input': 'decision-refused',
      'review/send': 'decision-refused',
      'review/edit': 'decision-refused',
      ask: 'done',
      stop: 'done',
    });
    expect(performed).toEqual(['ask', 'reload', 'stop']);
    decisions = 'people';
    performed.length = 0;
    expect((await own('person')).told).toMatchObject({ approve: 'done', 'terminal/input': 'done' });
    expect(performed).toEqual(['approve', 'ask', 'reload', 'stop', 'terminal/input']);
    await waitFor('the command', () =>
      readFile(join(bench.directory, 'approved')).then(
        () => true,
        () => false,
      ),
    );
  });
});
