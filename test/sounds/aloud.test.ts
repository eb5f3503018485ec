import { describe, expect, it } from 'vitest';
import { requestAloud } from '../../src/sounds/aloud.ts';
import { pendingRequest } from '../support/request.ts';

const read = (over: Parameters<typeof pendingRequest>[0] = {}) =>
  requestAloud(pendingRequest({ folder: null, ...over }), 'backend');

describe('what is read of a request', () => {
  it('names the project, the command, the folder and the reason', () => {
    expect(read({ detail: 'npm test', folder: '/home/me', reason: 'To be sure!' })).toEqual({
      text: 'backend asks. Run a command?. npm test. in slash home slash me. because: To be sure',
      whole: true,
    });
  });

  it('names each sign of a command, which a voice would leave out', () => {
    expect(read({ detail: 'ls -lR "a b" > c.txt;\nd' }).text).toContain(
      'ls dash lR double quote a b double quote greater than c dot txt semicolon new line d',
    );
    expect(read({ detail: 'sort -R' }).text).toContain('sort dash capital R');
  });

  it('holds nothing that is a command to a voice program', () => {
    const hostile = '!-!CANCEL [[volm 0]] <speak> && `x`';
    const { text } = read({ detail: hostile, reason: hostile, title: hostile });
    expect(text).not.toMatch(/[!<>[\]`&\n]/);
    expect(requestAloud(pendingRequest(), '[[volm 0]]\n!-!QUIT').text).not.toMatch(/[[\]!\n]/);
  });

  it.each([
    ['a long command', { detail: 'x'.repeat(301) }],
    ['a long reason', { reason: 'y'.repeat(301) }],
    ['a sign that has no name', { detail: 'cat ✂' }],
    ['a control character that is written out', { detail: 'cat ␛' }],
    ['a folder that cannot be read', { folder: '/home/⟨202E⟩' }],
  ])('is not whole with %s', (_name, over) => {
    const { text, whole } = read(over);
    expect(whole).toBe(false);
    expect(text).toBe(
      'backend asks. Run a command? It cannot be read aloud completely. Look at the notification.',
    );
  });

  it('reads a question as a sentence', () => {
    const { text } = read({ kind: 'question', title: 'Colour', detail: 'Which one?\n- Blue\n- Red: hot' });
    expect(text).toBe('backend asks. Colour. Which one? Blue Red: hot');
  });
});
