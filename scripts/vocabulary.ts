/**
 * Finds turns of phrase that make a text hard to read: `npm run vocabulary`. It reads the documentation, the scripts
 * and src.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const FILES = ['*.md', 'docs/*.md', 'scripts/**/*.{sh,ts}', 'src/**/*.ts'];
/** It names the turns. */
const THIS_FILE = 'scripts/vocabulary.ts';

/** Each turn, and what to write instead. */
export const TURNS: readonly (readonly [turn: RegExp, instead: string])[] = [
  [/\b(?:the|a) person\b|\bperson's\b/i, '"the user" or "you"'],
  [/(?<!["'`])\bnobody\b(?!["'`])/i, 'the thing in the program as the subject, or the passive'],
  [/\bthat of\b/i, 'the noun again'],
  [/\bnone of\b/i, '"not ..."'],
  [/\b(?:is|as|to|for) another one\b/i, 'the noun: "another file", "does not match"'],
  [
    /\bof (?:its|their|our|his) own(?=[^\w\s]|$| (?:and|or|in|for|with|that|which|to|when|on|from|has|is)\b)/i,
    '"separate", "own" before the noun',
  ],
  [/\b(?:is|are|was|were) told\b/i, '"gets", "is notified", "is reported"'],
  [/\b(?:can|to) be had\b/i, '"is available"'],
  [/\bwaits? no more\b/i, '"has been answered"'],
  [/\b(?:an?|the|by|of|no|one|two|with|without|between) blanks?\b/, '"space"'],
  [/\bof which\b/i, 'two sentences'],
  [/\bas it is(?=[.,;:)\n]|$)/i, '"unchanged"'],
];

/** The lines of a text that contain one of the turns, as `line: "turn" -> instead`. Fenced code is left out. */
export function turnsIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (code) => code.replaceAll(/[^\n]/g, ''));
  return prose.split('\n').flatMap((line, index) =>
    TURNS.flatMap(([turn, instead]) => {
      const found = turn.exec(line);
      return found ? [`${index + 1}: "${found[0]}" -> ${instead}`] : [];
    }),
  );
}

/** The files that are checked, relative to the repository. */
export function checkedFiles(): string[] {
  return globSync(FILES, { cwd: ROOT, exclude: [THIS_FILE] }).toSorted();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = checkedFiles().flatMap((file) =>
    turnsIn(readFileSync(join(ROOT, file), 'utf8')).map((turn) => `${file}:${turn}`),
  );
  for (const line of found) process.stderr.write(`${line}\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
