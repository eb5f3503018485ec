import { describe, expect, it } from 'vitest';
import { isTyped, KeyReader, mouseWithin } from '../../src/attach/typed-keys.ts';
import { isLight } from '../../src/terminal/colours.ts';

const read = (...chunks: string[]) => {
  const reader = new KeyReader();
  return chunks.map((chunk) => reader.read(chunk));
};

describe('what a person types', () => {
  it('is passed on as it came', () => {
    const all = [
      'hello',
      '\x1b',
      '\x1b[A',
      '\x1bOA',
      '\x1bx',
      '\x1b\x1b[A',
      '日本🙂',
      '\x1b[<0;3;4M',
      '\x1b[I',
      '\x03',
    ];
    expect(read(...all).map(({ keys }) => keys)).toEqual(all);
    expect(read(all.join(''))[0]?.keys).toBe(all.join(''));
  });

  it('is a key of ours: Ctrl-] in every way in which terminals send it', () => {
    const ways = ['\x1d', '\x1b[93;5u', '\x1b[93;5:1u', '\x1b[93;133u', '\x1b[93::91;69u', '\x1b[27;5;93~'];
    for (const way of ways) {
      expect(read(`ab${way}cd`)[0]).toMatchObject({ keys: 'ab', detach: true });
    }
    for (const other of [']', '\x1b[93;5:3u', '\x1b[93;6u', '\x1b[93u', '\x1b[92;5u']) {
      expect(read(other)[0]).toMatchObject({ keys: other, detach: false });
    }
  });

  it('looks back and forward: each press, no release', () => {
    expect(read('\x1b[5;2~\x1b[5;2~\x1b[6;2~\x1b[5;2:3~')[0]).toMatchObject({ keys: '', scroll: 1 });
    expect(read('\x1b[5;130~')[0]).toMatchObject({ keys: '', scroll: 1 });
    expect(read('\x1b[5~')[0]).toMatchObject({ keys: '\x1b[5~', scroll: 0 });
    expect(read('a\x1b[5;2~b')[0]).toMatchObject({ keys: 'ab', scroll: 1 });
  });

  it('is no key of ours while it is pasted', () => {
    const pasted = ['\x1b[200~one\x1dtwo', '\x1b[5;2~\x1d', 'three\x1b[201~'];
    expect(read(...pasted)).toMatchObject(pasted.map((keys) => ({ keys, scroll: 0, detach: false })));
    expect(read(...pasted, '\x1d').at(-1)?.detach).toBe(true);
  });

  it('is not one of the answers to our questions, which may come in pieces, and late', () => {
    const [first, second, third] = read(
      '\x1b]10;rgb:0000/0000/0000\x1b\\x\x1b]11;rgb:ff',
      'ff/ffff/ffff\x1b',
      '\\y\x1b[?62;22c',
    );
    expect(first).toMatchObject({ keys: 'x', colours: { foreground: 'rgb:0000/0000/0000' } });
    expect(second).toMatchObject({ keys: '', colours: {} });
    expect(third).toMatchObject({ keys: 'y', colours: { background: 'rgb:ffff/ffff/ffff' }, answered: true });
    expect(read('\x1b]12;rgba:1e1e/1e1e/1e1e/ffff\x07')[0]?.colours.cursor).toBe('rgba:1e1e/1e1e/1e1e/ffff');
    // What is no colour is not written back to a terminal.
    expect(read('\x1b]11;x\x1b[c\x07')[0]?.colours).toEqual({});
  });

  it('tells typing from what the mouse and the focus report', () => {
    expect(isTyped('\x1b[<35;10;3M\x1b[<35;11;3M\x1b[O')).toBe(false);
    expect(isTyped('\x1b[<35;10;3Mx')).toBe(true);
  });

  it('has no mouse outside of the hidden screen', () => {
    expect(mouseWithin('a\x1b[<0;80;24Mb\x1b[<0;81;1M\x1b[<0;1;25mc', 80, 24)).toBe('a\x1b[<0;80;24Mbc');
  });
});

describe('a colour', () => {
  it('is light or dark', () => {
    expect(['rgb:ffff/ffff/ffff', 'rgb:fd/f6/e3', 'rgba:f/f/f/0'].map(isLight)).toEqual([true, true, true]);
    expect(['rgb:0000/0000/0000', 'rgb:1e1e/1e1e/1e1e', 'rgb:00/2b/36', 'none'].map(isLight)).toEqual(
      Array(4).fill(false),
    );
  });
});
