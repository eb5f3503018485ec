// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are source code
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => ({
  path,
  source: readFileSync(`${root}/${path}`, 'utf8'),
}));

/** A string, a template without or with values, a comment; what else a piece of source is, is one sign. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}|[^`\\])*`|[\s\S]/g;

/** The arguments of every call that begins with `opening`, which ends with a parenthesis; comments are left out. */
function callsOf(source: string, opening: RegExp): string[][] {
  return [...source.matchAll(opening)].map(({ 0: { length }, index }) => argumentsOf(source, index + length));
}

function argumentsOf(source: string, from: number): string[] {
  const found = [''];
  let depth = 0;
  for (const [token] of source.slice(from).matchAll(TOKEN)) {
    if (token.startsWith('//') || token.startsWith('/*')) continue;
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth -= 1;
    if (depth < 0) break;
    if (token === ',' && depth === 0) found.push('');
    else found.push((found.pop() ?? '') + token);
  }
  return found.map((argument) => argument.trim());
}

function withoutHint(source: string): string[][] {
  return callsOf(source, /\bnew VoiceError\(/g).filter(([, , hint = '']) => /^(?:(['"`])\s*\1)?$/.test(hint));
}

/** What is said by these calls, or stands in these parts of a bubble or menu, as words in quotation marks. */
function saidThere(source: string): string[] {
  const calls = callsOf(source, /(?<!function )\b(?:notice|tell|announce|say)\(/g).flat();
  const parts = [...source.matchAll(/\b(?:title|body|label|withoutButtons|replyHint|answer): (?=['"`])/g)];
  const values = parts.map(({ 0: { length }, index }) => argumentsOf(source, index + length)[0] ?? '');
  return [...calls, ...values].flatMap((text) =>
    [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => /^['"`].*[\p{L}:] \S/su.test(token)),
  );
}

describe('every error', () => {
  it('says what to do', () => {
    const found = sources.map(({ path, source }) => [path, withoutHint(source)] as const);
    expect(found.filter(([, calls]) => calls.length > 0)).toEqual([]);
    const all = sources.flatMap(({ source }) => callsOf(source, /\bnew VoiceError\(/g));
    expect(all.length).toBeGreaterThan(100);
  });

  it.each([
    ["throw new VoiceError('usage', 'No.');", 1],
    ["throw new VoiceError('usage', 'No, (never).', '');", 1],
    ['throw new VoiceError(\n  code,\n  `a, ${f(b, `c`)}`, // why, then\n);', 1],
    ["throw new VoiceError('usage', `No ${f(a, 'b')}, no.`, 'Do it.', { cause });", 0],
    ['throw new VoiceError(code, message, hint);', 0],
  ])('is found without one: %s', (source, count) => {
    expect(withoutHint(source)).toHaveLength(count);
  });
});

describe('every sentence of the desktop', () => {
  it('stands in a file of wording', () => {
    const elsewhere = sources.filter(
      ({ path }) => !/^src\/(?:(?:wording|ui|cli)\/|[a-z-]+\/(?:[a-z]+-)?wording\.ts$)/.test(path),
    );
    const found = elsewhere.map(({ path, source }) => [path, saidThere(source)] as const);
    expect(found.filter(([, said]) => said.length > 0)).toEqual([]);
  });

  it.each([
    ["reply.notice({ title: project, body: ['It is so.', hint].join() });", 1],
    ['tell(title, `It is ${what} now`);', 1],
    ["const bubble = { title: 'It is so', body };", 1],
    ['reply.notice({ title: messages.failed, body, about: `${a}:b` });', 0],
  ])('is found elsewhere: %s', (source, count) => {
    expect(new Set(saidThere(source)).size).toBe(count);
  });
});
