import { z } from 'zod';
import { knownKeys, SETTINGS } from '../../src/settings/schema.ts';
import { markdownTable } from './markdown.ts';
import { KEY_TEXTS, TABLE_TEXTS } from './settings-text.ts';

/** Every key of config.toml with its default, its allowed values and its meaning: one table for each table of the file. */
export function settingsSection(): string {
  const { '': tables = [], ...keys } = knownKeys();
  return tables
    .map((table) => settingsTable(table as keyof typeof KEY_TEXTS, keys[table] ?? []))
    .join('\n\n');
}

function settingsTable(table: keyof typeof KEY_TEXTS, keys: readonly string[]): string {
  const isList = SETTINGS.shape[table] instanceof z.ZodDefault;
  const texts: Record<string, string> = KEY_TEXTS[table];
  const rows = keys.map((key) => {
    const schema = keySchema(table, key);
    return [`\`${key}\``, defaultOf(schema), allowedBy(schema), texts[key] ?? ''];
  });
  return [
    isList ? `### \`[[${table}]]\`` : `### \`[${table}]\``,
    ...(TABLE_TEXTS[table] ? [TABLE_TEXTS[table], ''] : []),
    markdownTable(['key', 'default', 'allowed', 'meaning'], rows),
  ].join('\n');
}

function keySchema(table: keyof typeof KEY_TEXTS, key: string): z.ZodType {
  const schema: z.ZodType = SETTINGS.shape[table];
  const inner =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
      ? (schema.unwrap() as z.ZodType)
      : schema;
  const object = inner instanceof z.ZodArray ? (inner.element as z.ZodType) : inner;
  if (!(object instanceof z.ZodObject)) throw new Error(`[${table}] is not a table`);
  const found: z.ZodType | undefined = object.shape[key];
  if (!found) throw new Error(`[${table}] has no key ${key}`);
  return found;
}

function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  return result.success ? `\`${JSON.stringify(result.data)}\`` : 'none';
}

/** What the error message of the key allows: the same words that a user sees after a mistake. */
function allowedBy(schema: z.ZodType): string {
  const { error } = schema.safeParse(Symbol());
  const allowed = error?.issues[0]?.message ?? '';
  const values = allowed.split(', ');
  return values.every((value) => /^("[^"]*"|true|false)$/.test(value))
    ? values.map((value) => `\`${value}\``).join(', ')
    : allowed;
}
