import { expect, test } from 'vitest';
import { MenuLayout } from '../../src/tray/menu-layout.ts';
import type { TrayEntry } from '../../src/tray/tray.ts';

const item = (label: string, project = label): TrayEntry => ({
  type: 'item',
  label,
  action: { type: 'open-terminal', project },
});
const submenu = (label: string, ...entries: TrayEntry[]): TrayEntry => ({ type: 'submenu', label, entries });

/** The numbers of the entries below one. */
function idsOf(menu: MenuLayout, parent = 0): number[] {
  return menu.layout(parent, -1, [])?.[2].map(({ value }) => value[0]) ?? [];
}

test('a layout as deep and with as many properties as is asked for', () => {
  const menu = new MenuLayout();
  menu.set([item('a_b'), { type: 'separator' }, submenu('more', item('c'))]);
  const [, root, children] = menu.layout(0, -1, []) ?? [];
  expect(root?.['children-display']?.value).toBe('submenu');
  expect(children?.map(({ value }) => value[1].label?.value ?? value[1].type?.value)).toEqual([
    'a__b',
    'separator',
    'more',
  ]);
  expect(children?.[2]?.value[2]).toHaveLength(1);
  expect(menu.layout(0, 1, [])?.[2][2]?.value[2]).toHaveLength(0);
  expect(menu.layout(0, -1, ['type'])?.[2][0]?.value[1]).toEqual({});
  expect(menu.layout(99, -1, [])).toBeNull();
  expect(menu.properties([99, 1], [])).toHaveLength(1);
});

test('an entry keeps its number, and a number is never given to another', () => {
  const menu = new MenuLayout();
  menu.set([item('a'), item('b')]);
  const [a = 0, b = 0] = idsOf(menu);
  menu.set([item('new'), item('b')]);
  const [fresh = 0, same] = idsOf(menu);
  expect(same).toBe(b);
  expect([a, b]).not.toContain(fresh);
  // A menu may still be open that says "a".
  expect(menu.actionOf(a)).toEqual({ type: 'open-terminal', project: 'a' });
  menu.set([item('a', 'elsewhere')]);
  expect(idsOf(menu)).not.toContain(a);
});

test('entries that look the same are two', () => {
  const menu = new MenuLayout();
  menu.set([submenu('more', item('x'), item('x')), item('x')]);
  const ids = [...idsOf(menu), ...idsOf(menu, idsOf(menu)[0])];
  expect(new Set(ids).size).toBe(4);
  expect(menu.set([submenu('more', item('x'), item('x')), item('x')])).toBe(false);
});

test('only a change is a new revision, and what is long gone is forgotten', () => {
  const menu = new MenuLayout();
  expect(menu.set([item('a')])).toBe(true);
  const { revision } = menu;
  expect(menu.set([item('a')])).toBe(false);
  expect(menu.revision).toBe(revision);
  const [first = 0] = idsOf(menu);
  for (let count = 0; count < 2_000; count++) menu.set([item(`n${count}`)]);
  expect(menu.actionOf(first)).toBeNull();
  expect(menu.revision).toBe(revision + 2_000);
});
