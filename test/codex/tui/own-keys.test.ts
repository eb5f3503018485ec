import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownKeys, tuiTable } from '../../../src/codex/tui/own-keys.ts';
import { silent } from '../../support/codex.ts';

test('a Codex without a keymap gets no settings', () => {
  expect(ownKeys(undefined)).toEqual([]);
  expect(ownKeys({ vim_mode_default: false, keymap: { composer: {}, editor: { move_left: null } } })).toEqual(
    [],
  );
  expect(ownKeys('odd')).toEqual([]);
});

test('Enter sends again, whatever else it was bound to', () => {
  expect(ownKeys({ keymap: { composer: { submit: 'ctrl-enter' } } })).toEqual([
    'tui.keymap.composer.submit=["enter","ctrl-enter"]',
  ]);
  expect(
    ownKeys({ keymap: { global: { submit: ['ctrl-enter'], open_transcript: ['return', 'f5'] } } }),
  ).toEqual([
    'tui.keymap.global.open_transcript=["f5"]',
    'tui.keymap.composer.submit=["enter","ctrl-enter"]',
  ]);
  const keymap = {
    composer: { submit: [], queue: ['enter', 'tab'] },
    editor: { insert_newline: ['Enter', 'shift-enter'], yank: 'enter f' },
  };
  expect(ownKeys({ keymap })).toEqual([
    'tui.keymap.composer.submit=["enter"]',
    'tui.keymap.composer.queue=["tab"]',
    'tui.keymap.editor.insert_newline=["shift-enter"]',
    'tui.keymap.editor.yank=[]',
  ]);
});

test('the keys that answer, interrupt and scroll are ours, and all others stay', () => {
  const keymap = {
    pager: { page_down: 'ctrl-d', scroll_down: 'pgdn' },
    chat: { interrupt_turn: 'f12' },
    approval: { approve: 'n', decline: ['y', 'x'], cancel: 'c' },
    list: { move_up: ['k', 'up'] },
  };
  expect(ownKeys({ keymap })).toEqual([
    'tui.keymap.pager.page_down=["page-down","ctrl-d"]',
    'tui.keymap.pager.scroll_down=[]',
    'tui.keymap.chat.interrupt_turn=["esc","f12"]',
    'tui.keymap.approval.approve=["y","n"]',
    'tui.keymap.approval.decline=["esc","x"]',
  ]);
});

test('Vim mode is off and cannot be switched on by a key', () => {
  const tui = { vim_mode_default: true, keymap: { global: { toggle_vim_mode: 'f8' } } };
  expect(ownKeys(tui)).toEqual(['tui.keymap.global.toggle_vim_mode=[]', 'tui.vim_mode_default=false']);
});

test('reads the table of config.toml, where there is one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'cv-'));
  try {
    const env = { CODEX_HOME: home };
    expect(await tuiTable(env, silent)).toBeUndefined();
    await writeFile(join(home, 'config.toml'), '[tui.keymap.composer]\nsubmit = "ctrl-enter"\n');
    expect(ownKeys(await tuiTable(env, silent))).toHaveLength(1);
    await writeFile(join(home, 'config.toml'), '[tui');
    expect(await tuiTable(env, silent)).toBeUndefined();
  } finally {
    await rm(home, { recursive: true });
  }
});
