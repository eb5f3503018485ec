import { describe, expect, test } from 'vitest';
import { projectAt, projectOfTitle } from '../../src/focus/focused-project.ts';

const PROJECTS = [
  { name: 'backend', directory: '/home/me/src/backend' },
  { name: 'web app', directory: '/home/me/src/web' },
  { name: 'nested', directory: '/home/me/src/backend/tools' },
];

describe('which project a title names', () => {
  test.each([
    ['main.ts — backend — Visual Studio Code', 'backend'],
    ['● main.ts - backend - Visual Studio Code', 'backend'],
    ['index.html - web - VSCodium', 'web app'],
    ['backend — Cursor', 'backend'],
    ['main.ts — backend (Workspace) — Visual Studio Code', 'backend'],
    ['backend – Main.java', 'backend'],
    ['web [~/src/web] – index.html', 'web app'],
    ['backend', 'backend'],
  ])('%s', (title, name) => {
    expect(projectOfTitle(title, PROJECTS)).toBe(name);
  });

  test.each([
    'Inbox - backend@example.org - Mail',
    'How the backend works - Browser',
    'main.ts — other — Visual Studio Code',
    'Visual Studio Code',
    '',
    '\u001b]0;backend\u0007',
  ])('none: %j', (title) => {
    expect(projectOfTitle(title, PROJECTS)).toBeNull();
  });
});

describe('which project a folder lies in', () => {
  test.each([
    ['/home/me/src/backend', 'backend'],
    ['/home/me/src/backend/lib/deep', 'backend'],
    ['/home/me/src/backend/tools/x', 'nested'],
    ['/home/me/src/backend-old', null],
    ['/home/me', null],
    ['/', null],
  ])('%s', (folder, name) => {
    expect(projectAt(folder, PROJECTS)).toBe(name);
  });
});
