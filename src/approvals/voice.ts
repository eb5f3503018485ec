import type { PendingRequest, WindowsShell } from '../agent/requests.ts';
import { type PlainWord, plainCommands } from './plain-commands.ts';
import { onlyReads } from './reading-programs.ts';
import { isPassedOn, windowsCommands } from './windows/plain-commands.ts';
import { onlyReadsOnWindows } from './windows/reading-commands.ts';

/**
 * Why a command may be approved by voice: the settings name it exactly (`named`), a pattern in the settings matches it
 * (`matched`), or it only reads (`reading`).
 */
type VoicePermission = 'named' | 'matched' | 'reading';

/**
 * Returns why a command may be approved by voice: each part must be in the list of the settings or only read.
 * @param rules `[approvals] voice_commands`: commands in which a word `*` means one word, at the end any number of
 * words
 * @param shell of Windows that reads it; absent: a POSIX shell
 * @returns null when it must not be approved by voice
 */
export function voicePermission(
  command: string,
  rules: readonly string[],
  shell?: WindowsShell,
): VoicePermission | null {
  const parts = shell ? windowsCommands(command, shell) : plainCommands(command);
  if (parts === null) return null;
  // cmd runs a program of the current folder first, so a name does not say which program runs.
  const valid = shell === 'cmd' ? [] : rules;
  const reads = (words: readonly string[], place: number): boolean =>
    shell ? onlyReadsOnWindows(words, shell, place > 0 && command.includes('|')) : onlyReads(words);
  const permissions = parts.map(
    (words, place) =>
      ruled(words, valid, shell) ?? (isCommand(words) && reads(textsOf(words), place) ? 'reading' : null),
  );
  if (permissions.includes(null)) return null;
  if (permissions.every((each) => each === 'named')) return 'named';
  return permissions.every((each) => each === 'reading') ? 'reading' : 'matched';
}

/** Says whether a voice may approve a request; null: it may not, or the request is about more than its command. */
export function requestPermission(
  { command, detail, shell }: Pick<PendingRequest, 'command' | 'detail' | 'shell'>,
  rules: readonly string[],
): VoicePermission | null {
  return command === undefined || command !== detail ? null : voicePermission(command, rules, shell);
}

/** Says whether the settings name the command. */
function ruled(
  words: readonly PlainWord[],
  rules: readonly string[],
  shell?: WindowsShell,
): VoicePermission | null {
  if (!isCommand(words) || words.some(({ pattern }) => pattern)) return null;
  const texts = textsOf(words);
  const parsed = rules.map((rule) => ruleOf(rule, shell)).filter((rule) => rule !== null);
  if (parsed.some((rule) => !rule.includes('*') && isSame(rule, texts))) return 'named';
  if (shell && !texts.every(isPassedOn)) return null;
  return parsed.some((rule) => rule.includes('*') && matches(rule, texts)) ? 'matched' : null;
}

/** An assignment before the program changes what it does. */
function isCommand([program]: readonly PlainWord[]): boolean {
  return program !== undefined && !program.pattern && !/^\w*\+?=/u.test(program.text);
}

function textsOf(words: readonly PlainWord[]): string[] {
  return words.map(({ text }) => text);
}

/** The words of a rule; null: it is not exactly one plain command. */
function ruleOf(rule: string, shell?: WindowsShell): string[] | null {
  const commands = shell
    ? windowsCommands(rule, shell)
    : plainCommands(rule.replaceAll(/(?<=\s)\*(?=\s|$)/gu, String.raw`\*`));
  const [command, ...others] = commands ?? [];
  if (command === undefined || others.length > 0 || (shell && command[0]?.pattern)) return null;
  return textsOf(command);
}

/** True for a valid entry of `[approvals] voice_commands`: one plain command of a POSIX shell or of PowerShell. */
export function isVoiceRule(rule: string): boolean {
  return ruleOf(rule) !== null || ruleOf(rule, 'powershell') !== null;
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
