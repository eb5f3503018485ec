import { expect, test } from 'vitest';
import type { FormField } from '../../../src/codex/protocol.ts';
import { fieldQuestion, fieldValue } from '../../../src/codex/requests/form.ts';
import { takesOf } from '../../../src/wording/notifications.ts';

const refused = (field: FormField, ...given: string[]): void => {
  expect(() => fieldValue('f', field, true, given)).toThrow(
    expect.objectContaining({ code: 'request-unfit' }),
  );
};
const value = (field: FormField, ...given: string[]): unknown => fieldValue('f', field, true, given);

test('every form of a field shows what it takes', () => {
  const face = (field: FormField, required = true) => {
    const question = fieldQuestion('f', field, required);
    const options = question.options.map(({ label, description }) =>
      [label, description].filter(Boolean).join('='),
    );
    return [question.text, takesOf(question), ...options].filter(Boolean).join(' ');
  };
  expect(face({ type: 'string' })).toBe('f');
  expect(
    face({ type: 'string', title: 'Name', description: 'yours', minLength: 2, maxLength: 9 }, false),
  ).toBe('Name: yours (optional; 2 to 9 characters)');
  expect(face({ type: 'string', format: 'email', default: 'a@b.org' })).toBe(
    'f (an e-mail address such as ada@example.org; otherwise a@b.org)',
  );
  expect(face({ type: 'string', pattern: '^[a-z]+$' })).toBe('f (matches ^[a-z]+$)');
  expect(face({ type: 'integer', minimum: 1, maximum: 5, default: 3 }, false)).toBe(
    'f (optional; a whole number, 1 to 5; otherwise 3)',
  );
  expect(face({ type: 'number', minimum: 0 })).toBe('f (a number, at least 0)');
  expect(face({ type: 'boolean', default: false })).toBe('f (otherwise false) true false');
  expect(face({ type: 'string', enum: ['r', 'g'], enumNames: ['Red', 'Green'], default: 'g' })).toBe(
    'f (otherwise Green) Red=r Green=g',
  );
  expect(face({ type: 'string', oneOf: [{ const: '#f00', title: 'Red' }, { const: '#0f0' }] })).toBe(
    'f Red=#f00 #0f0',
  );
  const items = {
    anyOf: [
      { const: 'r', title: 'Red' },
      { const: 'g', title: 'Green' },
    ],
  };
  expect(face({ type: 'array', items, minItems: 1, maxItems: 2, default: ['g'] })).toBe(
    'f (choose 1 to 2; otherwise Green) Red=r Green=g',
  );
  expect(face({ type: 'array', items: { enum: ['x'] } })).toBe('f (choose any number of them) x');
  expect(fieldQuestion('f', { type: 'array', items }, true)).toMatchObject({ multiple: true, free: false });
  expect(face({ type: 'string', enum: ['a', 'b'], enumNames: ['Same', 'Same'] })).toBe('f a b');
});

test('an answer becomes the value that the schema allows, and no other is sent', () => {
  const items = { anyOf: [{ const: 'r', title: 'Red' }, { const: 'g', title: 'Green' }, { const: 'b' }] };
  const several: FormField = { type: 'array', items, minItems: 1, maxItems: 2 };
  expect(value(several, 'Green', 'r', 'Red')).toEqual(['g', 'r']);
  refused(several, 'Green', 'Red', 'b');
  refused(several, 'Blue');
  const one: FormField = { type: 'string', oneOf: [{ const: '#f00', title: 'Red' }] };
  expect(value(one, 'Red')).toBe('#f00');
  expect(value(one, '#f00')).toBe('#f00');
  refused(one, 'red');
  refused(one, 'Red', 'Red');
  expect(value({ type: 'boolean' }, 'false')).toBe(false);
  refused({ type: 'boolean' }, 'perhaps');

  const whole: FormField = { type: 'integer', minimum: 1, maximum: 5 };
  expect(value(whole, ' 5 ')).toBe(5);
  for (const given of ['6', '0', '1.5', 'many', '0x2', 'Infinity', '']) refused(whole, given);
  expect(value({ type: 'number' }, '-2.5e1')).toBe(-25);
  refused({ type: 'number' }, '3,5');

  const short: FormField = { type: 'string', minLength: 2, maxLength: 3 };
  expect(value(short, '👩👩👩')).toBe('👩👩👩');
  for (const given of ['a', 'abcd', '', ' ']) refused(short, given);
  expect(value({ type: 'string', pattern: '^[a-z]+$' }, 'abc')).toBe('abc');
  refused({ type: 'string', pattern: '^[a-z]+$' }, 'ABC');
  expect(value({ type: 'string', pattern: '(' }, 'abc')).toBe('abc');
});

test.each([
  ['email', 'ada@example.org', 'ada'],
  ['uri', 'https://example.org/a', 'example'],
  ['date', '2026-02-28', '2026-02-30'],
  ['date-time', '2026-02-28T09:30:00+01:00', '2026-02-28'],
])('the format %s', (format, right, wrong) => {
  expect(value({ type: 'string', format }, right)).toBe(right);
  refused({ type: 'string', format }, wrong);
});

test('what is not answered is the default, or left out, or missing', () => {
  const text: FormField = { type: 'string', default: 'usual' };
  expect(fieldValue('f', text, true, undefined)).toBe('usual');
  expect(fieldValue('f', text, false, [])).toBe('usual');
  expect(fieldValue('f', text, false, [''])).toBeUndefined();
  expect(fieldValue('f', { type: 'integer' }, false, undefined)).toBeUndefined();
  expect(fieldValue('f', { type: 'boolean', default: false }, true, undefined)).toBe(false);
  expect(() => fieldValue('f', { type: 'integer' }, true, undefined)).toThrow('has no answer');
});
