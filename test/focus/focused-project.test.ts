import { describe, expect, test } from 'vitest';
import { editorProjects } from '../../src/focus/editor-title.ts';
import { projectAt, projectOfEditor, projectOfFolders } from '../../src/focus/focused-project.ts';
import type { Process } from '../../src/focus/processes.ts';
import { terminalsOf } from '../../src/focus/terminal-folder.ts';
import { serverOptions } from '../../src/focus/tmux.ts';

const PROJECTS = [
  { name: 'backend', directory: '/home/me/src/backend' },
  { name: 'web app', directory: '/home/me/src/web' },
  { name: 'nested', directory: '/home/me/src/backend/tools' },
];

describe('which project an editor says it has', () => {
  const projectOf = (classes: string[], title: string) =>
    projectOfEditor(editorProjects({ classes, title }, '/home/me'), PROJECTS);

  test.each([
    ['main.ts — backend — Visual Studio Code', 'backend'],
    ['● main.ts - backend - Visual Studio Code', 'backend'],
    ['index.html - web - VSCodium', 'web app'],
    ['backend — Cursor', 'backend'],
    ['main.ts — backend (Workspace) — Visual Studio Code', 'backend'],
    ['main.ts - backend - My profile - Visual Studio Code', 'backend'],
    ['main.ts - backend - Visual Studio Code - Insiders', 'backend'],
    // A file that is called like a project is none.
    ['web - other - Visual Studio Code', null],
    ['main.ts — other — Visual Studio Code', null],
    // On another machine.
    ['main.ts - backend [SSH: host] - Visual Studio Code', null],
    ['Visual Studio Code', null],
    ['', null],
    ['\u001b]0;backend\u0007', null],
  ])('Visual Studio Code and its kin: %j', (title, name) => {
    expect(projectOf(['code', 'code'], title)).toBe(name);
  });

  test.each([
    ['backend – Main.java', 'backend'],
    ['web [~/src/web] – index.html', 'web app'],
    ['anything [/home/me/src/backend/tools]', 'nested'],
    ['backend [~/elsewhere/backend] – Main.java', null],
    ['backend', 'backend'],
    ['web app – x', 'web app'],
    ['Welcome to IntelliJ IDEA', null],
  ])('JetBrains: %j', (title, name) => {
    expect(projectOf(['sun-awt-x11-xframepeer', 'jetbrains-idea'], title)).toBe(name);
  });

  test.each([
    [['navigator', 'firefox'], 'backend – Main.java'],
    [['xterm', 'xterm'], 'main.ts - backend - Visual Studio Code'],
    [[], 'backend'],
  ])('a title of %j is nobody’s word', (classes, title) => {
    expect(projectOf(classes, title)).toBeNull();
  });

  test('two projects of the same name are told apart by their path alone', () => {
    const twins = [
      { name: 'a', directory: '/one/app' },
      { name: 'b', directory: '/two/app' },
    ];
    const idea = (title: string) => editorProjects({ classes: ['jetbrains-idea'], title });
    expect(projectOfEditor(idea('app – x'), twins)).toBeNull();
    expect(projectOfEditor(idea('app [/two/app] – x'), twins)).toBe('b');
  });
});

describe('which project a folder lies in', () => {
  test.each([
    ['/home/me/src/backend', 'backend'],
    ['/home/me/src/backend/lib/deep', 'backend'],
    ['/home/me/src/backend/..dots', 'backend'],
    ['/home/me/src/backend/tools/x', 'nested'],
    ['/home/me/src/backend-old', null],
    ['/home/me', null],
    ['/', null],
  ])('%s', (folder, name) => {
    expect(projectAt(folder, PROJECTS)).toBe(name);
  });
});

describe('which project the terminals of a window are in', () => {
  const [backend, web] = ['/home/me/src/backend', '/home/me/src/web'];
  test.each([
    [[backend], 'sh', 'backend'],
    [[backend, `${backend}/lib`], 'sh', 'backend'],
    [[backend, web], 'me@host: ~/src/web', 'web app'],
    [[backend, web], 'vim', null],
    [[backend, '/tmp'], 'vim', null],
    [[backend, '/tmp'], 'me@host:/tmp', null],
    [['/tmp'], 'backend', null],
    [[], 'backend', null],
  ])('%j, titled %j: %s', (folders, title, name) => {
    expect(projectOfFolders(folders, title, PROJECTS)).toBe(name);
  });
});

describe('the terminals of a process', () => {
  const process = (pid: number, parent: number, tty: number): Process => {
    return { pid, parent, tty, name: 'sh', group: pid, session: pid, foreground: pid };
  };
  const pids = (...tree: Process[]) => terminalsOf(tree).map((each) => each.map(({ pid }) => pid));

  test('one a tab, each with all that runs in it', () => {
    expect(pids(process(1, 0, 0), process(2, 1, 7), process(3, 1, 8), process(4, 2, 7))).toEqual([
      [2, 4],
      [3],
    ]);
  });

  test('not the one that it was started from', () => {
    expect(pids(process(1, 0, 5), process(2, 1, 5), process(3, 2, 6))).toEqual([[3]]);
  });

  test('not those inside of a terminal', () => {
    expect(pids(process(1, 0, 0), process(2, 1, 7), process(3, 2, 0), process(4, 3, 9))).toEqual([[2]]);
  });

  test('none of a process that is gone, or has none', () => {
    expect(pids()).toEqual([]);
    expect(pids(process(1, 0, 5), process(2, 1, 0))).toEqual([]);
  });
});

describe('the server of a tmux client', () => {
  test.each([
    ['', []],
    ['attach -t main', []],
    ['-L work attach', ['-L', 'work']],
    ['-2uLwork new -s x', ['-L', 'work']],
    ['-f conf -L work', ['-L', 'work']],
    ['new-session -L other', []],
    ['-S /tmp/socket attach', null],
    ['-L ../elsewhere', null],
  ])('tmux %s', (words, options) => {
    expect(serverOptions(words.split(' ').filter(Boolean))).toEqual(options);
  });
});
