import { expect, test } from 'vitest';
import { SystrayMenu } from '../../src/tray/systray-menu.ts';
import type { TrayEntry } from '../../src/tray/tray.ts';

const item = (label: string): TrayEntry => ({
  type: 'item',
  label,
  action: { type: 'open-terminal', project: label },
});
const text = (label: string): TrayEntry => ({ type: 'text', label });
const line: TrayEntry = { type: 'separator' };
const submenu = (label: string, ...entries: TrayEntry[]): TrayEntry => ({ type: 'submenu', label, entries });

test('fewer entries fit into the places of more: the others are hidden', () => {
  const menu = new SystrayMenu([
    text('Ready'),
    text('trouble'),
    line,
    item('Listen'),
    submenu('Last', item('a'), item('b')),
  ]);
  expect(menu.items.map(({ title }) => title)).toEqual(['Ready', 'trouble', '<SEPARATOR>', 'Listen', 'Last']);
  const changed = menu.change([text('Ready'), line, item('Stop'), submenu('Last', item('b'))]);
  expect(changed?.map(({ title, hidden }) => [title, hidden])).toEqual([
    ['trouble', true],
    ['Stop', false],
    ['b', false],
    ['b', true],
  ]);
  expect(changed?.every(({ items }) => items.length === 0)).toBe(true);
  expect(menu.change([text('Ready'), line, item('Stop'), submenu('Last', item('b'))])).toEqual([]);
});

test('more entries do not fit, and change nothing', () => {
  const menu = new SystrayMenu([text('Ready'), line, item('Listen')]);
  expect(menu.change([text('Ready'), line, item('a'), item('b')])).toBeNull();
  expect(menu.change([text('Ready'), line, submenu('more', item('a'))])).toBeNull();
  // A separator cannot be hidden.
  expect(menu.change([text('Ready'), item('Listen')])).toBeNull();
  expect(menu.change([text('Ready'), line, item('Listen')])).toEqual([]);
});

test('a click means what is shown there now, and nothing where nothing is', () => {
  const menu = new SystrayMenu([item('a'), line, item('b')]);
  const [first, , last] = menu.items.map(({ __id }) => __id);
  menu.change([line, item('c')]);
  expect(menu.actionOf(first ?? 0)).toBeNull();
  expect(menu.actionOf(last ?? 0)).toEqual({ type: 'open-terminal', project: 'c' });
  expect(menu.actionOf(99)).toBeNull();
});
