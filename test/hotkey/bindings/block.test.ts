import { describe, expect, it } from 'vitest';
import { blockIn, EditedBlockError, withBlock, withoutBlock } from '../../../src/hotkey/bindings/block.ts';

const HASH = { open: '# ', close: '' };
const LINES = ['bind one', 'bind two'];

function put(text: string, at = text.length, created = false): string {
  return withBlock(text, { at }, LINES, HASH, created);
}

describe('lines between markers', () => {
  it.each(['', 'a\n', 'a\nb', 'a\r\nb\r\n', '\n\n\n', '# comment'])(
    'leave %j as it was when they are taken out',
    (text) => {
      for (const at of [0, text.length]) {
        const with_ = put(text, at);
        expect(blockIn(with_, HASH)).toBe('bind one\nbind two\n');
        expect(withoutBlock(with_, HASH)).toEqual({ text, created: false });
      }
    },
  );

  it('have a newline before and after them', () => {
    expect(put('a')).toMatch(
      /^a\n# >>> codex-voice keys [0-9a-f]{8} joined >>>\nbind one\nbind two\n# <<< codex-voice keys <<<\n$/,
    );
  });

  it('leave what was added around them, each on its own line', () => {
    expect(withoutBlock(`top\n${put('a')}below\n`, HASH)?.text).toBe('top\na\nbelow\n');
  });

  it('say whether the file was made for them', () => {
    expect(withoutBlock(put('', 0, true), HASH)).toEqual({ text: '', created: true });
  });

  it('can be missing', () => {
    expect(withoutBlock('a\nb\n', HASH)).toBeNull();
  });

  it.each([
    ['a line changed', (text: string) => text.replace('bind two', 'bind three')],
    ['a line added', (text: string) => text.replace('bind two\n', 'bind two\nmine\n')],
    ['the last marker removed', (text: string) => text.replace(/# <<<.*\n/, '')],
    ['the first marker removed', (text: string) => text.replace(/# >>>.*\n/, '')],
    ['the markers swapped', (text: string) => text.split('\n').toReversed().join('\n')],
  ])('are not taken out with %s', (_what, edit) => {
    const text = edit(put('a\n'));
    expect(() => withoutBlock(text, HASH)).toThrow(EditedBlockError);
  });

  it('are named by their line numbers when they were edited', () => {
    const edited = put('a\nb\n').replace('bind two', 'x');
    expect(() => withoutBlock(edited, HASH)).toThrow(expect.objectContaining({ first: 3, last: 6 }));
  });
});
