import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeCommand } from '../../scripts/package/command-line.ts';
import { type Completion, completions } from '../../scripts/package/completions.ts';
import { manPage } from '../../scripts/package/man-page.ts';
import { program } from '../../src/cli/program.ts';
import { run, waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Writes one shell's script of a program to a folder of the test. */
function install(shell: Completion['shell'], command: Command = program()): string {
  const completion = completions(describeCommand(command)).find((one) => one.shell === shell);
  if (!completion) throw new Error(`no completion for ${shell}`);
  const file = join(temporaryFolder(), completion.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, completion.text);
  return file;
}

/** What bash offers after these words. */
async function bash(file: string, ...words: string[]): Promise<string[]> {
  const complete = '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _codex_voice';
  const script = `${complete}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = await run('bash', ['-c', script, 'bash', file, 'codex-voice', ...words]);
  return offered.split('\n').filter(Boolean);
}

async function fish(file: string, line: string): Promise<string[]> {
  const script = `source ${file}; complete -C '${line}'`;
  const offered = await run('fish', ['--no-config', '-c', script], {
    env: { ...process.env, HOME: dirname(file) },
  });
  return offered.split('\n').filter(Boolean);
}

/** A program with all that completions can meet: quotes, choices, files, folders. */
function thorny(): Command {
  const command = new Command('codex-voice').description("It's thorny.");
  command.command('read').description("a [file] of the person's: this").argument('<file>', 'a recording');
  const models = command.command('models').description('the models');
  models.command('read').argument('<model>').argument('[folder]').option('--to <folder>', 'where to');
  command.command('pick').addArgument(command.createArgument('<size>', 'of it').choices(['tiny', 'small']));
  return command;
}

describe('completions', () => {
  it('complete verbs, verbs of verbs, options and files in bash', async () => {
    const file = install('bash');
    await run('shellcheck', [file]);
    expect(await bash(file, 'his')).toEqual(['history']);
    expect(await bash(file, 'config', 'p')).toEqual(['path', 'print']);
    expect(await bash(file, 'config', 'check', '--')).toEqual(['--json', '--help']);
    expect(await bash(file, 'ask', '--audio', '/etc/passw')).toContain('/etc/passwd');
    expect(await bash(file, 'history', '--limit', '')).toEqual([]);
  });

  it('complete in fish, with what each verb does', async () => {
    const file = install('fish');
    expect(await fish(file, 'codex-voice his')).toEqual(['history\tlist or search utterances, newest first']);
    expect(await fish(file, 'codex-voice config p')).toEqual([
      'path\tprint the path of the settings file',
      'print\tprint the effective settings',
    ]);
    expect((await fish(file, 'codex-voice config check --j'))[0]).toMatch(/^--json\t/);
    expect(await fish(file, 'codex-voice ask --audio /etc/passw')).toContain('/etc/passwd');
  });

  it('complete in zsh, where compinit finds the file in a folder', async () => {
    const file = install('zsh');
    const home = temporaryFolder();
    writeFileSync(
      join(home, '.zshrc'),
      `fpath=(${dirname(file)} $fpath); autoload -U compinit; compinit -u -D; PS1='ready> '\ncodex-voice() { print got $* }\n`,
    );
    const terminal = spawn('zsh', ['-d', '-i'], {
      env: { ...process.env, HOME: home, ZDOTDIR: home, TERM: 'dumb' },
    });
    let screen = '';
    terminal.onData((text) => {
      screen += text;
    });
    try {
      await waitFor('the prompt', () => screen.includes('ready> '));
      terminal.write('codex-voice conf\tch\t--js\t\r');
      await waitFor('the completed line', () => screen.includes('got config check --json'));
    } finally {
      terminal.kill('SIGKILL');
    }
  });

  it('survive quotes, brackets and colons, and tell verbs of one name apart', async () => {
    const [bashFile, zshFile, fishFile] = (['bash', 'zsh', 'fish'] as const).map((shell) =>
      install(shell, thorny()),
    );
    await run('shellcheck', [bashFile ?? '']);
    await run('zsh', ['-n', zshFile ?? '']);
    expect(await bash(bashFile ?? '', 'pick', 't')).toEqual(['tiny']);
    expect(await bash(bashFile ?? '', 'read', '/etc/passw')).toContain('/etc/passwd');
    expect(await bash(bashFile ?? '', 'models', 'read', '--to', '/us')).toEqual(['/usr']);
    expect(await fish(fishFile ?? '', 'codex-voice pick t')).toEqual(['tiny\tof it']);
    expect(await fish(fishFile ?? '', 'codex-voice re')).toEqual(["read\ta [file] of the person's: this"]);
    expect(await fish(fishFile ?? '', 'codex-voice models read --t')).toEqual(['--to\twhere to']);
  });
});

describe('the manual page', () => {
  it('names every verb and option, and is clean for mandoc and man', async () => {
    const prose = readFileSync(new URL('../../docs/manual.md', import.meta.url), 'utf8');
    const file = join(temporaryFolder(), 'codex-voice.1');
    writeFileSync(
      file,
      manPage({ program: describeCommand(program()), version: '1.2.3', date: '2026-01-31', prose }),
    );
    expect(await run('mandoc', ['-T', 'lint', '-W', 'warning,stop', file])).toBe('');
    const text = await run('mandoc', ['-T', 'utf8', '-O', 'width=500', file]);
    const plain = text.replaceAll(/.\x08/g, '');
    for (const { name } of describeCommand(program()).commands)
      expect(plain).toContain(`codex-voice ${name}`);
    expect(plain).toContain(
      'codex-voice ask [--audio file] [--partial] [--project name] [--no-wait] [--json] [text ...]',
    );
    expect(plain).toContain('Maximum number (default 20).');
    for (const section of ['DESCRIPTION', 'EXIT STATUS', 'FILES', 'EXAMPLES'])
      expect(plain).toContain(`\n${section}\n`);
  });
});
