import { describe, expect, it } from 'vitest';
import { SwayFocus } from '../../src/focus/sway.ts';

const node = (id: number, rest: object = {}) => ({
  id,
  type: 'con',
  focused: false,
  rect: { width: 0, height: 0 },
  nodes: [],
  floating_nodes: [],
  ...rest,
});
const foot = node(7, { name: 'shell', app_id: 'foot', pid: 4_711 });
const xterm = node(8, {
  name: 'xterm',
  app_id: null,
  pid: 99,
  window_properties: { class: 'XTerm', instance: 'xterm' },
});

/** A tree with an output, a workspace, a container and these windows. */
const tree = (...windows: object[]) =>
  node(1, { nodes: [node(2, { nodes: [node(3, { nodes: [node(4)], floating_nodes: windows })] })] });

const event = (change: string, container: object) => ({ name: 'window', payload: { change, container } });

/** @param answer sway's tree */
const startFocus = (answer: unknown) => new SwayFocus(async () => answer);

describe('the active window of sway', () => {
  it('is the focused one of the tree', async () => {
    const focus = startFocus(tree(foot, { ...xterm, focused: true }));
    expect(focus.window).toBeNull();
    await focus.refresh();
    expect(focus.window).toEqual({ title: 'xterm', classes: ['xterm', 'xterm'], pid: 99 });
  });

  it('is none while a workspace has the focus', async () => {
    const focus = startFocus(node(1, { nodes: [node(3, { focused: true })] }));
    await focus.refresh();
    expect(focus.window).toBeNull();
  });

  it('is the one that gets the focus, with its newest title', () => {
    const focus = startFocus(tree());
    focus.take(event('focus', foot));
    focus.take(event('title', { ...foot, name: 'other' }));
    focus.take(event('title', { ...xterm, name: 'a window behind it' }));
    expect(focus.window).toEqual({ title: 'other', classes: ['foot'], pid: 4_711 });
  });

  it('is looked for again when a window closes, moves, or the workspace changes', async () => {
    for (const change of [
      event('close', foot),
      event('move', foot),
      { name: 'workspace', payload: { change: 'focus' } },
    ]) {
      const focus = startFocus(tree({ ...xterm, focused: true }));
      focus.take(event('focus', foot));
      focus.take(change);
      await expect.poll(() => focus.window?.pid).toBe(99);
    }
  });

  it('is not that of a tree that was asked for before the focus moved', async () => {
    const asked = Promise.withResolvers<unknown>();
    const focus = new SwayFocus(() => asked.promise);
    const refreshed = focus.refresh();
    focus.take(event('focus', foot));
    asked.resolve(tree({ ...xterm, focused: true }));
    await refreshed;
    expect(focus.window?.pid).toBe(4_711);
  });

  it('ignores what is not of sway, and cuts what is too long', async () => {
    const focus = startFocus('no tree');
    await focus.refresh();
    focus.take({ name: 'window', payload: { change: 'focus', container: { id: 'x' } } });
    focus.take({ name: 'window', payload: null });
    expect(focus.window).toBeNull();
    focus.take(event('focus', { ...foot, name: 'x'.repeat(100_000), pid: -3 }));
    expect(focus.window).toEqual({ title: 'x'.repeat(4_096), classes: ['foot'], pid: null });
  });
});
