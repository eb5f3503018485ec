import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Decision, PendingRequest } from '../../../src/agent/requests.ts';
import type { AgentSession, SessionEvent } from '../../../src/agent/session.ts';
import type { CodexHomeOptions } from '../../../src/loopback/codex-home.ts';
import type { Reply } from '../../../src/loopback/model.ts';
import { type CodexBench, codexBench, collect, outcome, SessionLog } from '../../support/codex.ts';
import { waitFor } from '../../support/process.ts';

const MCP_SERVER = fileURLToPath(new URL('../../support/asking-mcp-server.ts', import.meta.url));

/** Asks to leave the sandbox, as the model does for what its sandbox forbids. */
function command(text: string, justification = 'May I?'): Reply {
  return { kind: 'command', command: text, justification };
}

const done: Reply = { kind: 'text', chunks: ['done'] };

describe('what Codex asks a person', () => {
  let bench: CodexBench;
  let session: AgentSession;
  let log: SessionLog;
  /** What the model answers next, one by one; then `done`. */
  let replies: Reply[];

  /** One Codex for all that need no settings of their own. */
  let shared: { bench: CodexBench; session: AgentSession; log: SessionLog } | undefined;
  /** How many events there were before. */
  let before: number;
  let count = 0;

  async function begin(options?: CodexHomeOptions): Promise<void> {
    const started = (options ? undefined : shared) ?? (await start(options));
    if (!options) shared = started;
    ({ bench, session, log } = started);
    before = log.all.length;
    count += 1;
  }

  async function start(options?: CodexHomeOptions) {
    const own = await codexBench(() => replies.shift() ?? done, options);
    const begun = own.session();
    const started = { bench: own, session: begun, log: new SessionLog(begun) };
    await begun.start();
    return started;
  }

  beforeEach(() => {
    replies = [];
  });
  afterEach(async () => {
    if (bench !== shared?.bench) await bench?.close();
  });
  afterAll(() => shared?.bench.close());

  const events = (): SessionEvent[] => log.all.slice(before);

  /** The request with this number, counted from 0. */
  async function asked(number = 0): Promise<PendingRequest> {
    const isRequest = (event: SessionEvent): boolean => event.type === 'requested';
    await waitFor('a request', () => events().filter(isRequest).length > number, { timeout: 120_000 });
    const event = events().filter(isRequest)[number];
    if (event?.type !== 'requested') throw new Error('no request');
    return event.request;
  }

  async function decide(request: PendingRequest, decision: Decision): Promise<void> {
    await session.answer(request.id, request.hash, { decision });
  }

  const file = (name: string): string => join(bench.home, `${count}-${name}`);
  /** What the model was told last. */
  const lastInput = (): string => bench.model.requests.at(-1)?.toolOutput ?? '';

  test('a command: the exact one, its folder and its reason; approved, it runs', async () => {
    await begin();
    replies = [command(`echo "a b" > ${file('made')}`, 'To show it')];
    const told = collect(session.submit('make it'));
    const end = told.then((all) => all.at(-1));
    const request = await asked();
    expect(request).toMatchObject({
      kind: 'command',
      detail: `echo "a b" > ${file('made')}`,
      folder: bench.directory,
      reason: 'To show it',
      questions: [],
    });
    expect(request.decisions).toContain('approve');
    expect(request.decisions).toContain('deny');
    expect(request.dangers).toContain('reaches outside the project');
    expect(session.pending).toEqual([request]);
    await decide(request, 'approve');
    expect(await end).toMatchObject({ type: 'completed', answer: 'done' });
    const does = (await told).flatMap((each) => (each.type === 'activity' ? [each.activity.text] : []));
    const waits = does.findIndex((text) => text.startsWith('waiting for you before running echo "a b"'));
    expect(waits).toBeGreaterThanOrEqual(0);
    expect(does[waits + 1]).toMatch(/^running echo "a b"/);
    expect(await readFile(file('made'), 'utf8')).toBe('a b\n');
    expect(session.pending).toEqual([]);
    expect(log.all).toContainEqual({ type: 'resolved', id: request.id });
  });

  test('denied, it does not run, and the model is told so', async () => {
    await begin();
    replies = [command(`touch ${file('made')}`)];
    const end = outcome(session.submit('make it'));
    await decide(await asked(), 'deny');
    await end;
    expect(existsSync(file('made'))).toBe(false);
    expect(lastInput()).toMatch(/reject|denied|declin/i);
  });

  test('approved for the session, the same command is not asked about again', async () => {
    await begin();
    replies = [command(`touch ${file('made')}`), command(`touch ${file('made')}`)];
    const end = outcome(session.submit('make it twice'));
    const request = await asked();
    expect(request.decisions).toContain('approve-session');
    await decide(request, 'approve-session');
    expect(await end).toMatchObject({ type: 'completed' });
    expect(events().filter(({ type }) => type === 'requested')).toHaveLength(1);
  });

  test('permissions beyond the sandbox: none, for a turn, for the session, or for one command', async () => {
    await begin({
      settings: 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"',
      features: 'request_permissions_tool = true\nexec_permission_approvals = true',
    });
    const outside = file('outside');
    await mkdir(outside);
    const wanted = { network: { enabled: true }, file_system: { read: ['/etc/hosts'], write: [outside] } };
    const input = JSON.stringify({ reason: 'To write there', permissions: wanted });
    const ask: Reply = { kind: 'tool', name: 'request_permissions', input };
    const touch = (name: string): Reply => ({ kind: 'command', command: `touch ${join(outside, name)}` });
    const isThere = (name: string): boolean => existsSync(join(outside, name));

    replies = [ask, touch('denied')];
    let end = outcome(session.submit('may you?'));
    const denied = await asked();
    expect(denied).toMatchObject({
      kind: 'permissions',
      detail: `use the network\nread /etc/hosts\nwrite ${outside}`,
      folder: bench.directory,
      reason: 'To write there',
      decisions: ['approve', 'approve-session', 'deny'],
      dangers: ['grants permissions beyond one command', 'uses the network'],
    });
    await decide(denied, 'deny');
    expect(await end).toMatchObject({ type: 'completed' });
    expect(lastInput()).toContain('Read-only file system');

    replies = [ask, touch('turn')];
    end = outcome(session.submit('and now?'));
    const granted = await asked(1);
    // The same words, but another request: what was pressed on the old one does nothing.
    expect(granted.hash).toBe(denied.hash);
    await expect(decide(denied, 'approve')).rejects.toMatchObject({ code: 'request-gone' });
    expect(session.pending).toEqual([granted]);
    await decide(granted, 'approve');
    expect(await end).toMatchObject({ type: 'completed' });
    expect([isThere('denied'), isThere('turn')]).toEqual([false, true]);

    replies = [touch('over'), ask, touch('session')];
    end = outcome(session.submit('once more'));
    await decide(await asked(2), 'approve-session');
    await end;
    replies = [touch('later')];
    expect(await outcome(session.submit('still?'))).toMatchObject({ type: 'completed' });
    expect([isThere('over'), isThere('session'), isThere('later')]).toEqual([false, true, true]);

    const one = {
      cmd: `touch ${file('one')}`,
      sandbox_permissions: 'with_additional_permissions',
      additional_permissions: { file_system: { write: [bench.home] } },
    };
    replies = [{ kind: 'tool', name: 'exec_command', input: JSON.stringify(one) }];
    end = outcome(session.submit('one command'));
    const command = await asked(3);
    expect(command).toMatchObject({ kind: 'command', dangers: expect.arrayContaining([...denied.dangers]) });
    // What the session has been granted is told again.
    expect(command.detail.split('\n').sort()).toEqual(
      [
        one.cmd,
        'permission: read /etc/hosts',
        'permission: use the network',
        `permission: write ${bench.home}`,
        `permission: write ${outside}`,
      ].sort(),
    );
    await decide(command, 'approve');
    await end;
    expect(existsSync(file('one'))).toBe(true);
  });

  test('a change of files: the whole diff', async () => {
    await begin({ settings: 'approval_policy = "on-request"\nsandbox_mode = "read-only"' });
    await writeFile(join(bench.directory, 'a.txt'), 'one\ntwo\n');
    const patch =
      "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+three\n" +
      '*** Add File: b.txt\n+new\n*** End Patch\nEOF\n';
    replies = [{ kind: 'command', command: patch }];
    const end = outcome(session.submit('change it'));
    const request = await asked();
    expect(request).toMatchObject({ kind: 'file-change', folder: bench.directory });
    expect(request.detail).toContain('-two');
    expect(request.detail).toContain('+three');
    expect(request.detail).toMatch(/add .*b\.txt/);
    expect(request.detail).toContain('new');
    await decide(request, 'approve');
    await end;
    expect(await readFile(join(bench.directory, 'a.txt'), 'utf8')).toBe('one\nthree\n');
    expect(existsSync(join(bench.directory, 'b.txt'))).toBe(true);
  });

  test('answered in the terminal by a person, it is gone here', async () => {
    await begin();
    replies = [command(`touch ${file('made')}`)];
    const end = outcome(session.submit('make it'));
    const request = await asked();
    await waitFor('the question on the screen', () =>
      /Yes, proceed|1\. Yes/.test(session.terminal.screen().join('\n')),
    );
    session.terminal.write('y');
    await end;
    expect(existsSync(file('made'))).toBe(true);
    expect(session.pending).toEqual([]);
    await expect(decide(request, 'approve')).rejects.toMatchObject({ code: 'request-gone' });
  });

  test('an interrupted turn takes its request back', async () => {
    await begin();
    replies = [command(`touch ${file('made')}`)];
    const end = outcome(session.submit('make it'));
    const request = await asked();
    expect(await session.interrupt()).toBe(true);
    expect(await end).toMatchObject({ type: 'interrupted' });
    await waitFor('the request to go', () => session.pending.length === 0);
    await expect(decide(request, 'approve')).rejects.toMatchObject({ code: 'request-gone' });
    expect(existsSync(file('made'))).toBe(false);
  });

  test('nothing is typed while it waits', async () => {
    await begin();
    replies = [command(`touch ${file('made')}`)];
    const end = outcome(session.submit('make it'));
    const request = await asked();
    const before = session.terminal.screen().join('\n');
    await expect(outcome(session.submit('and another thing'))).rejects.toMatchObject({
      code: 'approval-pending',
    });
    await expect(outcome(session.submit('steer', { mode: 'steer' }))).rejects.toMatchObject({
      code: 'approval-pending',
    });
    expect(session.terminal.screen().join('\n')).toBe(before);
    await decide(request, 'deny');
    await end;
    expect(existsSync(file('made'))).toBe(false);
  });

  test('200 stale answers: none is acted on', async () => {
    await begin();
    replies = [command(`touch ${file('first')}`), command(`touch ${file('second')}`)];
    const end = outcome(session.submit('make both'));
    const first = await asked();
    await decide(first, 'deny');
    const second = await asked(1);
    const codes = new Set<string>();
    for (let count = 0; count < 200; count += 1) {
      const [id, hash] = [
        [first.id, first.hash],
        [first.id, second.hash],
        [second.id, first.hash],
        ['0', second.hash],
        [second.id, second.hash.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
      ][count % 5] as [string, string];
      await session.answer(id, hash, { decision: 'approve' }).then(
        () => codes.add('acted on'),
        ({ code }) => codes.add(code),
      );
    }
    expect([...codes].sort()).toEqual(['request-changed', 'request-gone']);
    expect(session.pending).toEqual([second]);
    const twice = await Promise.allSettled([decide(second, 'deny'), decide(second, 'approve')]);
    expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await end;
    expect(existsSync(file('first')) || existsSync(file('second'))).toBe(false);
  });

  test('a question with options', async () => {
    await begin({ features: 'default_mode_request_user_input = true' });
    const questions = [
      {
        id: 'colour',
        header: 'Colour',
        question: 'Which colour?',
        options: [
          { label: 'Blue', description: 'as the sky' },
          { label: 'Red', description: 'as blood' },
        ],
      },
    ];
    replies = [{ kind: 'tool', name: 'request_user_input', input: JSON.stringify({ questions }) }];
    const end = outcome(session.submit('ask me'));
    const request = await asked();
    expect(request).toMatchObject({ kind: 'question', title: 'Colour', decisions: [] });
    expect(request.questions[0]).toMatchObject({
      id: 'colour',
      text: 'Which colour?',
      options: [
        { label: 'Blue', description: 'as the sky' },
        { label: 'Red', description: 'as blood' },
      ],
    });
    await expect(decide(request, 'approve')).rejects.toMatchObject({ code: 'request-unfit' });
    await expect(session.answer(request.id, request.hash, { answers: {} })).rejects.toMatchObject({
      code: 'request-unfit',
    });
    await session.answer(request.id, request.hash, { answers: { colour: ['Red'] } });
    expect(await end).toMatchObject({ type: 'completed' });
    expect(lastInput()).toContain('Red');
  });

  test('what an MCP server asks', async () => {
    await begin({
      tables: `[mcp_servers.asker]\ncommand = "${process.execPath}"\nargs = ["${MCP_SERVER}"]`,
    });
    replies = [{ kind: 'tool', name: 'ask', namespace: 'mcp__asker', input: '{}' }];
    const end = outcome(session.submit('use the tool'));
    // Codex itself asks first whether the tool may be called at all.
    const call = await asked();
    expect(call).toMatchObject({ kind: 'elicitation', questions: [], decisions: ['approve', 'deny'] });
    await decide(call, 'approve');
    const request = await asked(1);
    expect(request).toMatchObject({ kind: 'elicitation', title: 'asker asks', decisions: ['deny'] });
    expect(request.detail).toContain('Fill this in');
    expect(request.detail).toContain('How often (a whole number, 1 to 5; otherwise 2)');
    expect(request.detail).toContain('Colours (optional; choose at most 2)\n- Red: r\n- Green: g');
    expect(request.questions.map(({ id }) => id).sort()).toEqual([
      'colours',
      'mail',
      'name',
      'sure',
      'times',
    ]);
    await expect(
      session.answer(request.id, request.hash, { answers: { name: ['x'], sure: ['true'], times: ['many'] } }),
    ).rejects.toMatchObject({ code: 'request-unfit' });
    for (const wrong of [
      { times: ['6'] },
      { colours: ['Blue'] },
      { mail: ['ada'] },
      { name: ['Ada Lovelace'] },
    ]) {
      const answers = { name: ['Ada'], sure: ['true'], ...wrong };
      await expect(session.answer(request.id, request.hash, { answers })).rejects.toMatchObject({
        code: 'request-unfit',
      });
    }
    await session.answer(request.id, request.hash, {
      answers: { name: ['Ada'], sure: ['true'], colours: ['Red', 'g'] },
    });
    await end;
    const plain = lastInput().replaceAll('\\', '');
    expect(plain).toContain('"name":"Ada"');
    expect(plain).toContain('"times":2');
    expect(plain).toContain('"colours":["r","g"]');
    expect(plain).not.toContain('"mail"');
  });
});
