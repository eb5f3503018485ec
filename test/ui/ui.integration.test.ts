import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Reply } from '../../src/loopback/model.ts';
import type { LoopbackRequest } from '../../src/loopback/request.ts';
import { NOBODY_SPEAKS, runCli, startDaemon, type TestDaemon } from '../support/desktop.ts';
import { run, waitFor } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { TmuxTerminal } from '../support/tmux.ts';

const ANSWER =
  '## Found\n\nThe **totals** skip `one` operand:\n\n- 日本語.ts\n- 🎉 `b.ts`\n\n```ts\nconst sum = 0;\n```\n\n| a | b |\n|---|--:|\n| x | 42 |\n\n\x1b[31mred\x1b[0m \x1b]0;title\x07end';

/** What the model answers: a list, slow words, a command that deletes, or a question. */
function reply(request: LoopbackRequest): Reply {
  const said = request.lastUserText;
  const result = JSON.stringify(request.input.at(-1)).includes('call_output');
  if (result) return { kind: 'text', chunks: ['Done as you said.'] };
  if (said.includes('slowly')) {
    const words = wordsOf(Array.from({ length: 400 }, (_, index) => `word${index}`).join(' '));
    return { kind: 'text', chunks: words, delayMs: 60 };
  }
  if (said.includes('delete')) {
    return { kind: 'command', command: 'rm -rf build && echo gone', justification: 'The build is stale' };
  }
  if (said.includes('patch')) {
    const patch =
      "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+three\n" +
      '*** Add File: b.txt\n+new\n*** End Patch\nEOF\n';
    return { kind: 'command', command: patch };
  }
  return { kind: 'text', chunks: wordsOf(ANSWER), delayMs: 5 };
}

describe('codex-voice ui', () => {
  let daemon: TestDaemon;
  let terminal: TmuxTerminal;
  let command: string;

  beforeAll(async () => {
    const env = { ...process.env };
    for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'NO_COLOR', 'TMUX']) delete env[name];
    // A change of files is asked about, too.
    const codexSettings = 'approval_policy = "on-request"\nsandbox_mode = "read-only"';
    daemon = await startDaemon(env, { config: NOBODY_SPEAKS, reply, codexSettings });
    await writeFile(join(daemon.home.project, 'a.txt'), 'one\ntwo\n');
    terminal = new TmuxTerminal(daemon.env, daemon.home.path);
    await terminal.start(80, 24);
    const program = programCommand(['ui']);
    command = [program.command, ...program.args].map((word) => `'${word}'`).join(' ');
  });
  afterAll(async () => {
    await terminal?.tmux('kill-server');
    await daemon?.stop();
  });

  /** Opens it; `before`: what stands before the command. */
  async function open(before = ''): Promise<string> {
    await terminal.type(`clear; ${before} ${command}; echo "left with $?"`);
    await terminal.keys('Enter');
    return terminal.sees('backend · idle');
  }

  it('needs a terminal that can be drawn on', async () => {
    const piped = await runCli(daemon.env, 'ui');
    expect(piped).toMatchObject({ status: 2, stderr: expect.stringContaining('ui needs a terminal') });
    await terminal.type(`TERM=dumb ${command}; echo "left with $?"`);
    await terminal.keys('Enter');
    expect(await terminal.sees('left with 2')).toContain('ui cannot draw on this terminal');
  });

  it('takes a prompt of several lines, and shows the answer as Markdown while it comes', async () => {
    const empty = await open();
    expect(empty).toContain('Nothing was said yet.');
    await terminal.keys('w');
    await terminal.sees('── to backend');
    await terminal.tmux('set-buffer', 'the first\nand the second line\n');
    await terminal.tmux('paste-buffer', '-p');
    await terminal.sees('  and the second line');
    await terminal.type('of it');
    await terminal.keys('Enter');
    const screen = await terminal.sees(/red end[\s\S]*backend · idle/);
    await daemon.model.waitForRequest(({ lastUserText }) =>
      lastUserText.includes('the first\nand the second line\nof it'),
    );
    const rows = screen.split('\n').map((row) => row.trimEnd());
    const at = rows.findIndex((row) => row.includes('Found'));
    expect(rows.slice(at, at + 15).map((row) => row.replace(/^ ▌ ?/, ''))).toEqual([
      ...[
        'Found',
        '',
        'The totals skip one operand:',
        '',
        '• 日本語.ts',
        '• 🎉 b.ts',
        '',
        '│ ts',
        '│ const sum = 0;',
      ],
      ...['', 'a   b', '─────', 'x  42', '', 'red end'],
    ]);
    // Headings, bold and code have their looks; what the answer wanted to set has none.
    const styled = await terminal.screen('-e');
    expect(styled).toMatch(/\x1b\[1m[^m]*totals/);
    expect(styled).toMatch(/\x1b\[36m[^m]*one/);
    expect(styled).not.toMatch(/\x1b\[[0-9;]*31m/);
  });

  it('shows what Codex asks, whole, and approves only by the second key what is dangerous', async () => {
    await terminal.keys('w');
    await terminal.type('delete the build');
    await terminal.keys('Enter');
    await terminal.sees('! backend asks: Run a command?');
    await terminal.keys('2');
    const screen = await terminal.sees('rm -rf build && echo gone');
    expect(screen.indexOf('deletes files')).toBeLessThan(screen.indexOf('rm -rf'));
    expect(screen).toContain('because: The build is stale');
    // At once it would be a key that was meant for something else.
    await new Promise((resolve) => setTimeout(resolve, 800));
    await terminal.keys('a');
    await terminal.sees('a again approves');
    expect(daemon.model.requests.some(({ input }) => JSON.stringify(input).includes('call_output'))).toBe(
      false,
    );
    await terminal.keys('a');
    await terminal.sees('Nothing waits for you.');
    await terminal.keys('1');
    await terminal.sees('Done as you said.');
  });

  it('says so when somebody else has answered meanwhile', async () => {
    await terminal.keys('w');
    await terminal.type('patch something');
    await terminal.keys('Enter');
    await terminal.sees('! backend asks: Change files?');
    await terminal.keys('2');
    await terminal.sees(/update .*a\.txt[\s\S]*\n -two\n \+three[\s\S]*add .*b\.txt\n new/);
    expect(await terminal.screen('-e')).toMatch(/\x1b\[3[12]m[+-]t/);
    expect((await daemon.cli('deny')).status).toBe(0);
    await terminal.sees('Nothing waits for you.');
    await terminal.keys('1');
    await terminal.sees('Done as you said.');
  });

  it('lists, moves and drops what waits, and interrupts', async () => {
    for (const text of ['count slowly', 'then one', 'then two']) {
      await terminal.keys('w');
      await terminal.type(text);
      await terminal.keys('Enter');
    }
    await terminal.sees('› then two');
    await terminal.keys('3');
    await terminal.sees(/1 +sending[\s\S]*2 +waits +backend +then one[\s\S]*3 +waits +backend +then two/);
    await terminal.keys('G', 'K');
    await terminal.sees(/2 +waits +backend +then two/);
    await terminal.keys('x');
    await waitFor('one less', async () => !(await terminal.screen()).includes('then two'));
    await terminal.keys('1', 'x');
    await terminal.sees('Interrupted.');
    const all = await daemon.waitForEnd(6);
    expect(all.map(({ prompt, state }) => [prompt, state]).slice(0, 3)).toEqual([
      ['then two', 'cancelled'],
      ['then one', 'answered'],
      ['count slowly', 'interrupted'],
    ]);
  });

  it('searches the journal, and goes back', async () => {
    await terminal.keys('/');
    await terminal.type('stale delete');
    await terminal.sees('0 with');
    await terminal.keys('C-u');
    await terminal.type('operand');
    await terminal.keys('Enter');
    const found = await terminal.sees('2 with "operand"');
    expect(found).not.toContain('then two');
    await terminal.escape();
    await terminal.sees('then two');
  });

  it('shows projects, conversations, timings, settings and help; what is wrong with the file, after the editor', async () => {
    await terminal.keys('4');
    await terminal.sees('● backend');
    await terminal.keys('l');
    await terminal.sees('Conversations of backend');
    await terminal.sees(/● \d\d:\d\d/);
    await terminal.escape();
    await terminal.keys('5');
    await terminal.sees(/The newest \d answered[\s\S]*delivery/);
    await terminal.keys('?');
    await terminal.sees('a page up; at the top, load older ones');
    await terminal.escape();
    await terminal.keys('q');
    await terminal.sees('left with 0');
    const before = await readFile(daemon.home.config, 'utf8');
    await open(`NO_COLOR=1 EDITOR="sh -c 'echo EDITOR HAS IT; sleep 1; echo \\"[hotky]\\" >> \\$1' --"`);
    // Weight and reversal are left; no colour is.
    const styles = (await terminal.screen('-e')).match(/\x1b\[[0-9;]*m/g) ?? [];
    expect(styles).toContain('\x1b[1m');
    expect(styles.filter((style) => /\[(?:.*;)?(?:3[0-7]|4[0-7]|9[0-7])m/.test(style))).toEqual([]);
    await terminal.keys('6');
    await terminal.sees('endpoint_ms = 800');
    await terminal.keys('e');
    await terminal.sees('EDITOR HAS IT');
    await terminal.sees('hotky: unknown');
    await writeFile(daemon.home.config, before);
    await terminal.keys('r');
    await waitFor('no problem any more', async () => !(await terminal.screen()).includes('hotky'));
    await terminal.keys('1');
  });

  it('follows the size of the terminal, down to 60x16 and up to 200x60', async () => {
    await terminal.escape();
    await terminal.resize(60, 16);
    const small = await terminal.sees(/^ Conversation {2}Requests[\s\S]*q quit/m);
    const lines = small.replace(/\n$/, '').split('\n');
    expect(lines).toHaveLength(16);
    expect(lines.at(-1)).toContain('q quit');
    await terminal.resize(200, 60);
    const large = await terminal.sees(/│ Timings[\s\S]*q quit/);
    expect(large.replace(/\n$/, '').split('\n')).toHaveLength(60);
    expect(large.match(/q quit/g)).toHaveLength(1);
    await terminal.resize(80, 24);
    expect((await terminal.sees(/^ 1 Conversation[\s\S]*q quit/m)).match(/q quit/g)).toHaveLength(1);
  });

  it('stops for Ctrl-Z and comes back; the shell has its terminal meanwhile', async () => {
    await terminal.keys('C-z');
    await terminal.sees('Stopped');
    await terminal.type('stty -a | grep -o " icanon" && fg');
    await terminal.keys('Enter');
    await terminal.sees('? help');
  });

  it('waits for a daemon that went away, and leaves a sane terminal when it is ended', async () => {
    await daemon.cli('stop');
    await terminal.sees('The daemon has ended. Reconnecting');
    await terminal.keys('w');
    await terminal.type('kept');
    await terminal.keys('Enter');
    await terminal.sees('No daemon is running.');
    // What could not be sent is a draft again.
    await terminal.keys('w');
    await terminal.sees('› kept');
    const pids = (await terminal.tmux('list-panes', '-F', '#{pane_pid}')).trim();
    const child = await run('pgrep', ['-P', pids]);
    process.kill(Number(child.trim()), 'SIGTERM');
    await terminal.sees('Terminated');
    await terminal.type('clear; stty -a | grep -o " icanon\\| echo "; echo sane');
    await terminal.keys('Enter');
    expect(await terminal.sees(/^sane/m)).toMatch(/ icanon\n echo/);
    await terminal.type(`clear; ${command}; echo "left with $?"`);
    await terminal.keys('Enter');
    expect(await terminal.sees('left with 3')).toContain('No daemon is running. [daemon-missing]');
  });
});
