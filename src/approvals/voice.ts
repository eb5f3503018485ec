import type { PendingRequest } from '../agent/requests.ts';
import { type PlainWord, plainCommands } from './plain-commands.ts';
import { onlyReads } from './reading-programs.ts';

/**
 * Why a command may be approved by voice: the settings name it exactly (`named`), a pattern in the settings matches it
 * (`matched`), or it only reads (`reading`).
 */
type VoicePermission = 'named' | 'matched' | 'reading';

/**
 * Returns why a command may be approved by voice: each part must be in the list of the settings or only read.
 * @param rules `[approvals] voice_commands`: commands in which a word `*` means one word, at the end any number of
 * words
 * @returns null when it must not be approved by voice
 */
export function voicePermission(command: string, rules: readonly string[]): VoicePermission | null {
  const parts = plainCommands(command);
  if (parts === null) return null;
  const permissions = parts.map((words) => permissionOf(words, rules));
  if (permissions.includes(null)) return null;
  if (permissions.every((each) => each === 'named')) return 'named';
  return permissions.every((each) => each === 'reading') ? 'reading' : 'matched';
}

/** Says whether a voice may approve a request; null: it may not, or the request is about more than its command. */
export function requestPermission(
  { command, detail }: Pick<PendingRequest, 'command' | 'detail'>,
  rules: readonly string[],
): VoicePermission | null {
  return command === undefined || command !== detail ? null : voicePermission(command, rules);
}

function permissionOf(words: readonly PlainWord[], rules: readonly string[]): VoicePermission | null {
  const texts = words.map(({ text }) => text);
  const [program] = words;
  // An assignment before the program changes what it does.
  if (program === undefined || program.pattern || /^\w*\+?=/u.test(program.text)) return null;
  const parsed = rules.map(ruleOf).filter((rule) => rule !== null);
  if (!words.some(({ pattern }) => pattern)) {
    if (parsed.some((rule) => !rule.includes('*') && isSame(rule, texts))) return 'named';
    if (parsed.some((rule) => rule.includes('*') && matches(rule, texts))) return 'matched';
  }
  return onlyReads(texts) ? 'reading' : null;
}

/** The words of a rule; null: it is not exactly one plain command. */
function ruleOf(rule: string): string[] | null {
  const [command, ...others] = plainCommands(rule.replaceAll(/(?<=\s)\*(?=\s|$)/gu, String.raw`\*`)) ?? [];
  return command === undefined || others.length > 0 ? null : command.map(({ text }) => text);
}

/** True for a valid entry of `[approvals] voice_commands`: one plain command. */
export function isVoiceRule(rule: string): boolean {
  return ruleOf(rule) !== null;
}

function isSame(rule: readonly string[], words: readonly string[]): boolean {
  return rule.length === words.length && rule.every((word, index) => word === words[index]);
}

function matches(rule: readonly string[], words: readonly string[]): boolean {
  const open = rule.at(-1) === '*';
  const fixed = open ? rule.slice(0, -1) : rule;
  if (open ? words.length < fixed.length : words.length !== fixed.length) return false;
  return fixed.every((word, index) => word === '*' || word === words[index]);
}
