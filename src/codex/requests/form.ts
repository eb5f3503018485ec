import { z } from 'zod';
import type { Question } from '../../agent/requests.ts';
import type { VoiceError } from '../../errors.ts';
import { exactText } from '../../text/clean.ts';
import type { FormField } from '../protocol.ts';
import { requestUnfit } from './errors.ts';

/** An option: its value, and its title. */
interface Choice {
  value: string;
  title: string | undefined;
}

const FORMATS: Readonly<Record<string, { words: string; schema: z.ZodType; example: string }>> = {
  email: { words: 'an e-mail address', schema: z.email(), example: 'ada@example.org' },
  uri: { words: 'an address', schema: z.url(), example: 'https://example.org' },
  date: { words: 'a date', schema: z.iso.date(), example: '2026-01-31' },
  'date-time': {
    words: 'a date with its time',
    schema: z.iso.datetime({ offset: true }),
    example: '2026-01-31T09:30:00Z',
  },
};

/** A decimal number, as in JSON: not 0x10 or Infinity. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

/** Turns a form field of an MCP server (MCP 2025-11-25) into a question with the rules of its schema. */
export function fieldQuestion(id: string, field: FormField, required: boolean): Question {
  const options = labelled(choicesOf(field)).map(({ label, value }) => ({
    label,
    description: label === exactText(value) ? '' : exactText(value),
  }));
  const title = field.title ?? id;
  return {
    id,
    header: exactText(title),
    text: exactText([title, field.description].filter(Boolean).join(': ')),
    options,
    free: options.length === 0,
    secret: false,
    ...(field.type === 'array' && { multiple: true }),
    ...(!required && { optional: true }),
    ...(ruleOf(field) && { rule: ruleOf(field) }),
    ...(initialOf(field).length > 0 && { initial: initialOf(field) }),
  };
}

/**
 * Returns the value of a field for the user's answers. Without an answer it is the default of the schema, or undefined
 * for an optional field. One empty text always means undefined.
 * @throws VoiceError request-unfit when the schema does not allow the value
 */
export function fieldValue(
  id: string,
  field: FormField,
  required: boolean,
  given: readonly string[] | undefined,
): unknown {
  const none = given === undefined || given.length === 0;
  if (none && field.default !== undefined) return field.default;
  if (none || (given.length === 1 && given[0]?.trim() === '')) {
    if (!required) return undefined;
    throw requestUnfit(
      `The question ${id} has no answer.`,
      `Answer: ${fieldQuestion(id, field, required).text}`,
    );
  }
  if (field.type === 'array') return chosen(id, field, given);
  const [first = '', ...others] = given;
  if (others.length > 0)
    throw requestUnfit(`The question ${id} takes one answer.`, `You gave: ${given.join(', ')}.`);
  const choices = choicesOf(field);
  if (choices.length > 0) {
    const value = choiceOf(choices, first);
    return field.type === 'boolean' ? value === 'true' : value;
  }
  return field.type === 'string' ? text(id, field, first) : number(id, field, first);
}

/** Describes the rules of a schema; '' when there are none. */
function ruleOf(field: FormField): string {
  if (field.type === 'array') {
    const range = rangeOf(field.minItems, field.maxItems);
    return `${range ? `choose ${range}` : 'choose any number of them'}`;
  }
  if (field.type === 'number' || field.type === 'integer') {
    const range = rangeOf(field.minimum, field.maximum);
    return [field.type === 'integer' ? 'a whole number' : 'a number', range].filter(Boolean).join(', ');
  }
  if (field.type === 'boolean' || choicesOf(field).length > 0) return '';
  const range = rangeOf(field.minLength, field.maxLength);
  const format = FORMATS[field.format ?? ''];
  return [
    format ? `${format.words} such as ${format.example}` : field.format && exactText(field.format),
    range && `${range} characters`,
    field.pattern && `matches ${exactText(field.pattern)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function rangeOf(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined)
    return least === most ? `exactly ${least}` : `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? '' : `at most ${most}`;
}

/** Returns the schema's default as answers. */
function initialOf(field: FormField): string[] {
  if (field.default === undefined) return [];
  const values = Array.isArray(field.default) ? field.default : [field.default];
  const labels = labelled(choicesOf(field));
  return values.map(
    (value) => labels.find((each) => each.value === String(value))?.label ?? exactText(String(value)),
  );
}

function choicesOf(field: FormField): Choice[] {
  const from = field.type === 'array' ? (field.items ?? {}) : field;
  const titled = from.oneOf ?? from.anyOf;
  if (titled) return titled.map(({ const: value, title }) => ({ value, title }));
  const values = from.enum ?? (field.type === 'boolean' ? ['true', 'false'] : []);
  return values.map((value, index) => ({ value, title: from.enumNames?.[index] }));
}

/** Labels options with their titles, and adds the values where two titles are the same. */
function labelled(choices: readonly Choice[]): { value: string; label: string }[] {
  const titles = choices.map(({ value, title }) => exactText(title || value));
  const unique = new Set(titles).size === titles.length;
  return choices.map(({ value }, index) => ({
    value,
    label: unique ? (titles[index] ?? value) : exactText(value),
  }));
}

/** Finds an option by its label or its value. @throws VoiceError request-unfit */
function choiceOf(choices: readonly Choice[], given: string): string {
  const labels = labelled(choices);
  const found = labels.find(({ label }) => label === given) ?? labels.find(({ value }) => value === given);
  if (found) return found.value;
  const names = labels.map(({ label }) => label).join(', ');
  throw requestUnfit(`"${given}" is not one of the answers.`, `Choose one of: ${names}.`);
}

function chosen(id: string, field: FormField, given: readonly string[]): string[] {
  const choices = choicesOf(field);
  const values = [...new Set(choices.length > 0 ? given.map((each) => choiceOf(choices, each)) : given)];
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = field;
  if (values.length < minItems || values.length > maxItems) throw against(id, field, values.join(', '));
  return values;
}

function number(id: string, field: FormField, given: string): number {
  const value = Number(given);
  const written = NUMBER.test(given.trim()) && Number.isFinite(value);
  if (!written || (field.type === 'integer' && !Number.isInteger(value))) {
    const what = field.type === 'integer' ? 'a whole number' : 'a number';
    throw requestUnfit(`"${given}" is not ${what}.`, 'Answer with digits.');
  }
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = field;
  if (value < minimum || value > maximum) throw against(id, field, given);
  return value;
}

function text(id: string, field: FormField, given: string): string {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, format = '' } = field;
  // JSON Schema counts code points.
  const length = [...given].length;
  const fits =
    length >= minLength && length <= maxLength && (FORMATS[format]?.schema.safeParse(given).success ?? true);
  if (!fits || !matches(field.pattern, given)) throw against(id, field, given);
  return given;
}

/** A pattern that is invalid in JavaScript is left to the server. */
function matches(pattern: string | undefined, given: string): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, 'u').test(given);
  } catch {
    return true;
  }
}

function against(id: string, field: FormField, given: string): VoiceError {
  return requestUnfit(`The question ${id} does not take "${given}".`, `It accepts: ${ruleOf(field)}.`);
}
