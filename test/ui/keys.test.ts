import { describe, expect, it } from 'vitest';
import { commandOf, type InkKey, KEYS, keyNames } from '../../src/ui/input/keys.ts';
import { textOf } from '../../src/ui/painting/cells.ts';
import { textLines } from '../../src/ui/views/texts.ts';
import { connected, events, pending } from './states.ts';

const NONE: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
};

describe('keys', () => {
  it('have names, several that were typed quickly too', () => {
    expect(keyNames('jjG', NONE)).toEqual(['j', 'j', 'G']);
    expect(keyNames(' ', NONE)).toEqual(['space']);
    expect(keyNames('', { ...NONE, upArrow: true })).toEqual(['up']);
    expect(keyNames('d', { ...NONE, ctrl: true })).toEqual(['ctrl+d']);
    expect(keyNames('\r', { ...NONE, return: true, meta: true })).toEqual(['alt+return']);
    expect(keyNames('', { ...NONE, tab: true, shift: true })).toEqual(['shift+tab']);
    expect(keyNames('', { ...NONE, escape: true, meta: true })).toEqual(['escape']);
    expect(keyNames('\x1f', NONE)).toEqual(['ctrl+_']);
    expect(keyNames('hi\r', NONE)).toEqual(['h', 'i', 'return']);
    expect(keyNames('old\x15new\x1a', NONE)).toEqual(['o', 'l', 'd', 'ctrl+u', 'n', 'e', 'w', 'ctrl+z']);
  });

  it('mean one thing at a time: no view binds a key twice at once', () => {
    for (const { view, bindings } of KEYS) {
      const always = bindings.filter(({ when }) => when === undefined).flatMap(({ keys }) => keys);
      expect(new Set(always).size, `${view}`).toBe(always.length);
    }
  });

  it('are all in the help, from the same table', () => {
    const help = textLines({ ...connected({ columns: 80, rows: 24 }), help: true })
      .map(textOf)
      .join('\n');
    for (const { title, bindings } of KEYS) {
      expect(help).toContain(title);
      for (const { help: what, command } of bindings) {
        if (command.name !== 'option' && command.name !== 'view') expect(help).toContain(what);
      }
    }
  });

  it('go to the view first: a digit marks an option where there are some', () => {
    const talk = connected();
    expect(commandOf(talk, '2')).toEqual({ name: 'view', view: 'requests' });
    const options = [{ label: 'yes', description: '' }];
    const question = { id: 'q', header: '', text: 'Really?', options, free: false, secret: false };
    const asked = events(talk, {
      event: 'approval',
      payload: { project: 'backend', request: pending('r', { questions: [question], decisions: [] }) },
    });
    expect(commandOf({ ...asked, view: 'requests' }, '2')).toEqual({ name: 'option', index: 1 });
    expect(commandOf({ ...asked, view: 'requests' }, 'a')).toBeNull();
  });

  it('close the help and do nothing else, except scroll it and leave', () => {
    const help = { ...connected(), help: true };
    expect(commandOf(help, 'x')).toEqual({ name: 'help' });
    expect(commandOf(help, 'j')).toEqual({ name: 'down' });
    expect(commandOf(help, 'q')).toEqual({ name: 'quit' });
  });
});
