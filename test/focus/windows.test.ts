import { describe, expect, it } from 'vitest';
import { consolesOf } from '../../src/focus/console-folder.ts';
import { editorProjects } from '../../src/focus/editor-title.ts';
import { activeWindow } from '../../src/focus/windows.ts';

describe('the active window', () => {
  it.each([
    ['C:\\Users\\me\\AppData\\Local\\Programs\\Microsoft VS Code\\Code.exe', 'code'],
    ['C:\\Program Files\\JetBrains\\bin\\idea64.exe', 'jetbrains-idea'],
    ['C:\\Windows\\System32\\notepad.exe', 'notepad'],
  ])('of %s has the class %s', (program, name) => {
    const window = activeWindow({ title: 'a title', className: 'Chrome_WidgetWin_1', pid: 4, program });
    expect(window).toEqual({ title: 'a title', classes: [name, 'chrome_widgetwin_1'], pid: 4 });
  });

  it('has only the class of the window when its program is not known', () => {
    const window = activeWindow({ title: '', className: 'Shell', pid: 4, program: null });
    expect(window.classes).toEqual(['shell']);
  });

  it('names the project of an editor', () => {
    const program = 'C:\\Code - Insiders.exe';
    const title = 'main.ts - backend - Visual Studio Code - Insiders';
    const window = activeWindow({ title, className: 'Chrome_WidgetWin_1', pid: 4, program });
    expect(editorProjects(window)).toEqual([{ name: 'backend' }]);
  });
});

describe('the consoles of a window', () => {
  const terminal = [
    { pid: 10, parent: 1, name: 'windowsterminal.exe' },
    { pid: 11, parent: 10, name: 'openconsole.exe' },
    { pid: 12, parent: 10, name: 'powershell.exe' },
    { pid: 13, parent: 10, name: 'openconsole.exe' },
    { pid: 14, parent: 10, name: 'cmd.exe' },
    { pid: 15, parent: 12, name: 'git.exe' },
    { pid: 16, parent: 12, name: 'node.exe' },
    { pid: 17, parent: 16, name: 'codex.exe' },
    { pid: 18, parent: 99, name: 'cmd.exe' },
  ];

  it('are the tabs of a terminal, each with what was started last in it', () => {
    expect(consolesOf(10, ['windowsterminal', 'cascadia_hosting_window_class'], terminal)).toEqual([
      [12, 16, 17],
      [14],
    ]);
  });

  it('are the program itself in a window of conhost', () => {
    const processes = [
      { pid: 20, parent: 1, name: 'cmd.exe' },
      { pid: 21, parent: 20, name: 'conhost.exe' },
      { pid: 22, parent: 20, name: 'vim.exe' },
    ];
    expect(consolesOf(20, ['cmd', 'consolewindowclass'], processes)).toEqual([[20, 22]]);
  });

  it('are none where a program has children and no console', () => {
    const browser = [
      { pid: 30, parent: 1, name: 'firefox.exe' },
      { pid: 31, parent: 30, name: 'firefox.exe' },
    ];
    expect(consolesOf(30, ['firefox', 'mozillawindowclass'], browser)).toEqual([]);
  });

  it('end where an id was used again', () => {
    const circle = [
      { pid: 40, parent: 42, name: 'cmd.exe' },
      { pid: 42, parent: 40, name: 'node.exe' },
      { pid: 0, parent: 0, name: '' },
    ];
    expect(consolesOf(40, ['consolewindowclass'], circle)).toEqual([[40, 42]]);
  });
});
