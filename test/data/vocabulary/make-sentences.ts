import { readFileSync, writeFileSync } from 'node:fs';
import { partsOf, piecesOf } from '../../../src/vocabulary/parts.ts';
import { WordSet } from '../../../src/vocabulary/word-set.ts';
import { randomNumbers } from '../../support/noise.ts';

/**
 * Writes sentences.json beside this script: sentences as programmers say them to an agent, about names that are drawn
 * from the trees (make-trees.ts), the frequent ones more often: node test/data/vocabulary/make-sentences.ts
 * Each has the text as it should be written, what is said aloud, and the names in it.
 */

const TREES = ['hono', 'flask', 'ripgrep'];
const SENTENCES = 201;
const SEED = 20260822;

/** How people say what is no word; a name with another such part is not drawn. */
const SAID: Record<string, string> = {
  id: 'I D', url: 'U R L', urls: 'U R Ls', http: 'H T T P', html: 'H T M L', json: 'jason', api: 'A P I', jwt: 'J W T',
  css: 'C S S', ip: 'I P', cli: 'C L I', utf: 'U T F', db: 'D B', aws: 'A W S', ts: 'T S', tsx: 'T S X', js: 'J S',
  py: 'pie', rs: 'R S', md: 'M D', toml: 'tommel', yml: 'yammel', yaml: 'yammel', rst: 'R S T', txt: 'text', sh: 'S H',
  ctx: 'context', req: 'rec', res: 'res', str: 'string', args: 'args', param: 'param', params: 'params', async: 'ay sync',
  auth: 'auth', utils: 'you tills', util: 'you till', middleware: 'middle ware', dir: 'dir', dirs: 'dirs', config: 'config',
  regex: 'reg x', init: 'init', impl: 'imple', callback: 'call back', endpoint: 'end point', runtime: 'run time',
  env: 'env', stdin: 'standard in', stdout: 'standard out', func: 'funk', websocket: 'web socket', localhost: 'local host',
  multiline: 'multi line', filename: 'file name', subdomain: 'sub domain', stringify: 'string if eye', charset: 'char set',
  globset: 'glob set', matcher: 'match er', serializer: 'serial eyes er', wsgi: 'wizgy', cookie: 'cookie', metadata: 'meta data',
  cmd: 'command', arg: 'arg', vec: 'veck', hono: 'hoe no', jinja: 'gin ja', werkzeug: 'verk zoig', ripgrep: 'rip grep',
  termcolor: 'term color', pytest: 'pie test', mimetype: 'mime type', errorhandler: 'error handler', gzip: 'gee zip',
  gitignore: 'git ignore', hostname: 'host name', deno: 'dee no', vitest: 'vee test', jsx: 'J S X', dom: 'dom', ssg: 'S S G',
  cors: 'cores', csrf: 'C S R F', esbuild: 'E S build', serde: 'sir dee', bstr: 'B stir', globals: 'globals', sha: 'shah',
  dotenv: 'dot env', autoescape: 'auto escape', unescape: 'un escape', lineterm: 'line term', walker: 'walker', utc: 'U T C',
  iter: 'itter', mut: 'mute', sync: 'sync', fallback: 'fall back', frontend: 'front end', backend: 'back end', kwargs: 'K W args',
};
const DIGITS = 'zero one two three four five six seven eight nine'.split(' ');

/** F: a function or variable, T: a type, P: a file, W: a word of the project. */
const PATTERNS = `Rename F to F.
Add a unit test for F.
Why does F return the wrong value when the list is empty?
Call F before the request is sent.
Look at F and explain what it does.
Move F into P.
I think F is too slow, can you make it faster?
The test for F fails on Windows, please fix it.
In P, make F return early.
Check whether F still handles empty input.
Find all places where we use F.
Write a docstring for F and F.
Extract the body of the loop in F into a helper.
Use F instead of F in the new code.
Add a field to T for the time of the last change.
The T class needs a constructor with two arguments.
What is the difference between T and T?
Make T generic and update everything that depends on it.
Let F take a T as its second argument.
Open P and remove the unused imports.
Show me what changed in P since yesterday.
There is a bug in P, the error is swallowed.
Does this also happen with W?
Explain how W works with T here.
Upgrade W to the latest version and run the tests.
Please log a warning when F is called twice.
Delete F, nobody calls it any more.
Split P into two files and keep F where it is.
F should throw an error if T is missing.
Can we get rid of F and use T directly?`.split('\n');

interface Tree {
  name: string;
  files: string[];
  identifiers: Record<string, number>;
}
interface Name {
  written: string;
  weight: number;
}

const words = new WordSet(readFileSync(new URL('../../../assets/english/words.bloom', import.meta.url)));
const random = randomNumbers(SEED);

function sayable(part: string): boolean {
  return part in SAID || /^\d$/.test(part) || /^\d\d$/.test(part) || (part.length > 2 && words.has(part));
}

function said(written: string, extension = false): string {
  return piecesOf(written)
    .map((piece) => {
      if (piece === '.') return 'dot';
      if (piece === '-' && extension) return 'dash';
      if (/^\d+$/.test(piece)) return piece.length === 1 ? (DIGITS[Number(piece)] ?? piece) : piece;
      return SAID[piece] ?? (/[\p{L}]/u.test(piece) ? piece : '');
    })
    .filter(Boolean)
    .join(' ');
}

function namesOf({ files, identifiers }: Tree): Record<'F' | 'T' | 'P' | 'W', Name[]> {
  const compound = Object.entries(identifiers).filter(([name]) => {
    const parts = partsOf(name);
    return parts.length >= 2 && parts.length <= 5 && parts.every(sayable) && parts.some((part) => part.length > 3) && !/\d$/.test(name);
  });
  const weighed = (entries: [string, number][]): Name[] =>
    entries.map(([written, count]) => ({ written, weight: Math.sqrt(count) }));
  return {
    F: weighed(compound.filter(([name]) => /^[a-z]/.test(name))),
    T: weighed(compound.filter(([name]) => /^[A-Z].*[a-z]/.test(name) && !name.includes('_'))),
    W: weighed(Object.entries(identifiers).filter(([name]) => name in SAID && name.length > 3 && !words.has(name))),
    P: [...new Set(files.map((file) => file.slice(file.lastIndexOf('/') + 1)))]
      .filter((file) => /^[a-z][\w-]*(?:\.\w+)*\.\w+$/i.test(file) && partsOf(file).every(sayable) && !file.includes('__'))
      .map((written) => ({ written, weight: 1 })),
  };
}

function draw(names: readonly Name[], taken: readonly string[]): string {
  const left = names.filter(({ written }) => !taken.includes(written));
  let at = random() * left.reduce((sum, { weight }) => sum + weight, 0);
  for (const { written, weight } of left) {
    at -= weight;
    if (at <= 0) return written;
  }
  throw new Error('no names are left');
}

const trees = TREES.map((name): Tree => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')));
const sentences = Array.from({ length: SENTENCES }, (_, index) => {
  const tree = trees[index % trees.length];
  const pattern = PATTERNS[Math.floor(index / trees.length) % PATTERNS.length];
  if (!tree || !pattern) throw new Error('no trees or no patterns');
  const names = namesOf(tree);
  const drawn: string[] = [];
  const written = pattern.replaceAll(/\b[FTPW]\b/g, (kind) => {
    const name = draw(names[kind as 'F'], drawn);
    drawn.push(name);
    return name;
  });
  let next = 0;
  const spoken = pattern.replaceAll(/\b[FTPW]\b/g, (kind) => said(drawn[next++] ?? '', kind === 'P'));
  return { tree: tree.name, written, spoken, names: drawn };
});
writeFileSync(
  new URL('sentences.json', import.meta.url),
  `[\n${sentences.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`,
);
