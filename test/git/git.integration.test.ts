import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changedFiles } from '../../src/git/changed-files.ts';
import { git } from '../../src/git/git.ts';
import { askGit } from '../../src/vocabulary/collect/git.ts';
import { ProjectWords } from '../../src/vocabulary/project-words.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/process.ts';

const execute = promisify(execFile);
const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Every setting of Git 2.39 by which a repository names a program, each with the name of its mark. */
const PROGRAMS = {
  'core.fsmonitor': 'fsmonitor',
  'core.pager': 'pager',
  'pager.log': 'pager-log',
  'pager.ls-files': 'pager-ls-files',
  'core.editor': 'editor',
  'sequence.editor': 'sequence-editor',
  'core.sshCommand': 'ssh',
  'core.askPass': 'askpass',
  'core.gitProxy': 'proxy',
  'core.alternateRefsCommand': 'alternates',
  'credential.helper': 'credential',
  'diff.external': 'external-diff',
  'diff.own.command': 'diff-command',
  'diff.own.textconv': 'textconv',
  'filter.own.clean': 'clean',
  'filter.own.smudge': 'smudge',
  'filter.own.process': 'process',
  'merge.own.driver': 'merge',
  'gpg.program': 'gpg',
  'gpg.ssh.program': 'gpg-ssh',
  'gpg.x509.program': 'gpg-x509',
  'interactive.diffFilter': 'interactive',
  'uploadpack.packObjectsHook': 'pack-objects',
  'remote.origin.uploadpack': 'upload-pack',
  'remote.origin.vcs': 'vcs',
  'alias.ls-files': 'alias-ls-files',
  'alias.log': 'alias-log',
  'difftool.own.cmd': 'difftool',
  'trailer.own.cmd': 'trailer',
  'submodule.sub.update': 'submodule-update',
  'browser.own.cmd': 'browser',
};
const HOOKS = [
  'post-index-change',
  'fsmonitor-watchman',
  'reference-transaction',
  'post-checkout',
  'pre-commit',
];

describe('a repository that names a program wherever it can', () => {
  let folder: TemporaryFolder;
  let root: string;
  let marks: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    root = join(folder.path, 'project');
    marks = join(folder.path, 'marks');
    await mkdir(root);
    await mkdir(marks);
    const own = (...args: string[]) =>
      execute('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-C', root, ...args]);
    await own('init', '--quiet', '--initial-branch=main');
    await writeFile(join(root, '.gitattributes'), '* filter=own diff=own merge=own\n');
    await writeFile(join(root, '.gitignore'), 'ignored.ts\n');
    for (const name of ['first', 'second', 'touched', 'ignored'])
      await writeFile(join(root, `${name}.ts`), `export const ${name} = 1;\n`);
    // A submodule, with the same settings again.
    const sub = join(root, 'sub');
    await mkdir(sub);
    await execute('git', ['-C', sub, 'init', '--quiet']);
    await writeFile(join(sub, 'within.ts'), '1\n');
    await execute('git', ['-C', sub, 'add', '.']);
    await execute('git', ['-C', sub, '-c', 'user.name=T', '-c', 'user.email=t@e.org', 'commit', '-qm', 'x']);
    await writeFile(join(root, '.gitmodules'), `[submodule "sub"]\n\tpath = sub\n\turl = ext::${marks}/x\n`);
    await own('add', '-A');
    await own('commit', '--quiet', '-m', 'first');
    await own('branch', 'fix/stormWarning');
    const program = async (mark: string): Promise<string> => {
      const file = join(folder.path, `${mark}.sh`);
      const rest = ['clean', 'smudge', 'textconv'].includes(mark) ? 'cat' : 'exit 1';
      await writeFile(file, `#!/bin/sh\ntouch "${join(marks, mark)}"\n${rest}\n`);
      await chmod(file, 0o755);
      return file;
    };
    const settings: string[] = [];
    for (const [key, mark] of Object.entries(PROGRAMS)) {
      const file = await program(mark);
      const value = key.startsWith('alias.') || key === 'submodule.sub.update' ? `!${file}` : file;
      const [section = '', ...rest] = key.split('.');
      const name = rest.pop() ?? '';
      const part = rest.length > 0 ? `[${section} "${rest.join('.')}"]` : `[${section}]`;
      settings.push(part, `\t${name} = "${value}"`);
    }
    settings.push('[filter "own"]', '\trequired = true', '[log]', '\tshowSignature = true');
    settings.push('[remote "origin"]', `\turl = ext::${marks}/x`, '\tpromisor = true');
    settings.push('[extensions]', '\tpartialClone = origin', '[protocol "ext"]', '\tallow = always');
    settings.push('[submodule]', '\trecurse = true', '[status]', '\tsubmoduleSummary = true');
    const included = join(folder.path, 'included');
    await writeFile(included, `${settings.join('\n')}\n`);
    // Half of it in the file itself, all of it again by includeIf; hooks in both places.
    const config = join(root, '.git', 'config');
    const before = await readFile(config, 'utf8');
    const conditional = `[includeIf "gitdir:${root}/"]\n\tpath = ${included}\n`;
    await writeFile(config, `${before}${settings.join('\n')}\n${conditional}`);
    await writeFile(join(sub, '.git', 'config'), `${settings.join('\n')}\n[core]\n\tbare = false\n`);
    for (const hook of HOOKS) {
      const file = await program(`hook-${hook}`);
      const place = join(root, '.git', 'hooks', hook);
      await mkdir(join(root, '.git', 'hooks'), { recursive: true });
      await writeFile(place, await readFile(file));
      await chmod(place, 0o755);
    }
    // A program of this name, for a PATH that begins in the folder.
    await writeFile(join(root, 'git'), `#!/bin/sh\ntouch "${join(marks, 'own-git')}"\n`);
    await chmod(join(root, 'git'), 0o755);
    await writeFile(join(root, 'first.ts'), 'export const other = 22;\n');
    // As large as it was, and at another time: Git would have to read it.
    await utimes(join(root, 'touched.ts'), 1_000_000_000, 1_000_000_000);
  });
  afterAll(() => folder.remove());

  it('is asked all that is wanted, and none of them runs', async () => {
    vi.stubEnv('PATH', `.:${process.env.PATH}`);
    vi.stubEnv('GIT_EXTERNAL_DIFF', join(folder.path, 'external-diff.sh'));
    vi.stubEnv('GIT_PAGER', join(folder.path, 'pager.sh'));
    try {
      const facts = await askGit(root);
      expect(facts?.files).toEqual(expect.arrayContaining(['first.ts', 'second.ts']));
      expect(facts?.files).not.toContain('ignored.ts');
      expect(facts?.changed.toSorted()).toEqual(['first.ts', 'touched.ts']);
      expect(facts?.recent).toContain('second.ts');
      expect(facts?.branches).toContain('fix/stormWarning');
    } finally {
      vi.unstubAllEnvs();
    }
    expect(await readdir(marks)).toEqual([]);
  });

  it('would have run some of them for Git as it is', async () => {
    await execute('git', ['-C', root, 'status'], { timeout: 10_000 }).catch(() => undefined);
    expect(await readdir(marks)).toEqual(expect.arrayContaining(['fsmonitor', 'process']));
  });

  it('is not looked at when the user does not trust it', async () => {
    const words = new ProjectWords({
      folder: join(folder.path, 'cache'),
      lists: [],
      enabled: () => true,
      trusts: () => false,
      replacements: () => [],
      conversation: () => {
        throw new Error('it is looked at');
      },
      logger: pino({ level: 'silent' }),
    });
    words.prepare(root);
    await words.settled();
    words.refresh(root);
    await words.settled();
    await words.close();
    expect(await readdir(folder.path)).not.toContain('cache');
  });

  it('an object that is missing is not fetched', async () => {
    const objects = join(root, '.git', 'objects');
    for (const name of await readdir(objects)) {
      if (name.length !== 2) continue;
      for (const file of await readdir(join(objects, name)))
        await promisify(execFile)('rm', ['-f', join(objects, name, file)]);
    }
    for (const mark of await readdir(marks)) await execute('rm', [join(marks, mark)]);
    expect(await git(root, 'log', ['-n', '1', '--name-only'])).toBeNull();
    expect(await changedFiles(root)).toContain('first.ts');
    expect(await readdir(marks)).toEqual([]);
  });
});

it('one function runs Git', async () => {
  const found = await execute('grep', ['-rlE', `(spawn|exec|execFile|run)(Sync)?\\(['"]git['"]`, 'src'], {
    cwd: REPOSITORY,
  }).catch(({ stdout }: { stdout: string }) => ({ stdout }));
  expect(found.stdout).toBe('');
});
