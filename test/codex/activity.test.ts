import { describe, expect, it } from 'vitest';
import { Activities, activityOf } from '../../src/codex/activity.ts';
import type { ThreadItem } from '../../src/codex/protocol.ts';

const item = (type: string, more: Partial<ThreadItem> = {}): ThreadItem => ({ type, id: type, ...more });
const action = (type: string, more = {}) => ({ type, ...more });
const change = (path: string) => ({ path, kind: { type: 'update' }, diff: '' });

describe('what an item means to somebody who looks on', () => {
  it.each<[string, ThreadItem]>([
    ['running npm test', item('commandExecution', { command: "/bin/bash -lc 'npm test'" })],
    [
      'running make && ./a.out',
      item('commandExecution', {
        command: '/bin/bash -lc "make && ./a.out"',
        commandActions: [action('unknown')],
      }),
    ],
    [
      'reading main.ts',
      item('commandExecution', { command: 'cat', commandActions: [action('read', { name: 'main.ts' })] }),
    ],
    [
      'running cat a; rm b',
      item('commandExecution', {
        command: 'cat a; rm b',
        commandActions: [action('read', { name: 'a' }), action('unknown')],
      }),
    ],
    [
      'searching for TODO in src',
      item('commandExecution', { commandActions: [action('search', { query: 'TODO', path: 'src' })] }),
    ],
    ['looking at the files', item('commandExecution', { commandActions: [action('listFiles')] })],
    ['editing turn.ts', item('fileChange', { changes: [change('/home/me/src/turn.ts')] })],
    ['editing 2 files', item('fileChange', { changes: [change('/a/b'), change('/a/c'), change('/a/b')] })],
    ['searching the web', item('webSearch', { query: '' })],
    ['searching the web for dbus', item('webSearch', { query: 'dbus' })],
    ['using create_issue of tracker', item('mcpToolCall', { tool: 'create_issue', server: 'tracker' })],
    ['compacting the conversation', item('contextCompaction')],
  ])('%s', (text, thing) => expect(activityOf(thing)?.text).toBe(text));

  it('nothing, where there is nothing to see', () => {
    expect(activityOf(item('userMessage'))).toBeNull();
    expect(activityOf(item('something-new'))).toBeNull();
  });

  it('one short line, whatever the command is', () => {
    const command = `printf '\u001b[31m${'x'.repeat(500)}\n\n${'y '.repeat(500)}'`;
    const text = activityOf(item('commandExecution', { command }))?.text ?? '';
    expect(text).not.toMatch(/[\p{Cc}]/u);
    expect(text.length).toBeLessThanOrEqual(70);
  });
});

describe('what Codex does', () => {
  it('is the newest thing that still runs, else thinking; told when it is news', () => {
    const activities = new Activities();
    const test = item('commandExecution', { id: 'c', command: 'npm test' });
    const edit = item('fileChange', { id: 'e', changes: [change('a.ts')] });
    expect(activities.started(item('reasoning'))).toBeNull();
    expect(activities.started(test)?.text).toBe('running npm test');
    expect(activities.started(edit)?.text).toBe('editing a.ts');
    expect(activities.completed(item('userMessage'))).toBeNull();
    expect(activities.completed(edit)?.text).toBe('running npm test');
    expect(activities.completed(item('reasoning'))).toBeNull();
    expect(activities.completed(test)?.text).toBe('thinking');
  });

  it('waits for the person while it asks: a command that is asked about does not run', () => {
    const activities = new Activities();
    const command = item('commandExecution', { id: 'c', command: 'npm ci' });
    expect(activities.waits(false)).toBeNull();
    activities.started(command);
    expect(activities.waits(true)).toEqual({
      kind: 'waiting',
      text: 'waiting for you before running npm ci',
    });
    expect(activities.waits(true)).toBeNull();
    expect(activities.waits(false)?.text).toBe('running npm ci');
    activities.completed(command);
    expect(activities.waits(true)?.text).toBe('waiting for you');
  });
});
