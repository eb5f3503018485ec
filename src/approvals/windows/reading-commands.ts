import type { WindowsShell } from '../../agent/requests.ts';
import { onlyReads } from '../reading-programs.ts';

/** Commands of PowerShell that read and print, with their aliases on Windows; none writes or runs with PARAMETERS. */
const READERS =
  'get-content gc cat type get-childitem gci dir ls get-location gl pwd get-item gi test-path resolve-path rvpa split-path get-filehash get-date write-output write echo write-host'.split(
    ' ',
  );
/**
 * Those that may stand after `|`. The others take paths from there, so the text of a file could name a file outside of
 * the project. For the same reason ConvertFrom-Json is not among them: Select-String reads the file that a property
 * names.
 */
const FILTERS =
  'select-string sls measure-object measure select-object select sort-object sort group-object group compare-object compare diff format-table ft format-list fl out-string'.split(
    ' ',
  );

/** Their parameters. `-OutVariable` and the like are missing on purpose: they set variables of PowerShell. */
const PARAMETERS =
  'path literalpath recurse force filter include exclude depth file directory name hidden tail totalcount head first last skip raw encoding pattern simplematch casesensitive context list quiet notmatch allmatches property expandproperty unique descending line word character pathtype leaf parent algorithm format autosize width erroraction'.split(
    ' ',
  );

/** Commands inside cmd that read and print. All others are looked up in the current folder first. */
const OF_CMD = new Set('dir type echo ver vol'.split(' '));

/**
 * True when the words, beginning with the program's name, are a command of this shell that only reads and prints.
 * @param piped it may get the output of another command
 */
export function onlyReadsOnWindows(words: readonly string[], shell: WindowsShell, piped: boolean): boolean {
  const [program = '', ...rest] = words;
  const name = program.toLowerCase();
  if (shell === 'cmd') return OF_CMD.has(name);
  if (FILTERS.includes(name) || (READERS.includes(name) && !piped)) return rest.every(isHarmless);
  const native = name.replace(/\.exe$/u, '');
  if (!['git', 'rg'].includes(native) || rest.some((word) => /[&|<>^"]/u.test(word))) return false;
  return onlyReads([native, ...rest]);
}

function isHarmless(word: string): boolean {
  // A drive such as `Env:` is no disk.
  if (!word.startsWith('-')) return !/^\w{2,}:/u.test(word);
  const name = word.slice(1).toLowerCase();
  // A shorter name may stand for another parameter.
  return /^\d+$|^ea$/u.test(name) || (name.length >= 3 && PARAMETERS.some((each) => each.startsWith(name)));
}

/** Programs that are no danger by themselves, whatever they build or test. Their dangerous words are named separately. */
const FAMILIAR = new Set(
  'git rg npm pnpm yarn bun deno node tsc eslint prettier biome vitest jest python py pip uv poetry pytest ruff mypy cargo rustc go dotnet msbuild make cmake ctest ninja gradle mvn java javac php composer ruby bundle rake cd chdir set-location sl push-location pushd pop-location popd mkdir md where-object get-command gcm get-help convertfrom-json convertto-json'.split(
    ' ',
  ),
);

/** True when it is known what the program does, so that its name says whether it is dangerous. */
export function isFamiliar(program: string): boolean {
  const name = program.toLowerCase();
  return (
    [...READERS, ...FILTERS].includes(name) ||
    OF_CMD.has(name) ||
    FAMILIAR.has(name.replace(/\.(?:exe|cmd)$/u, ''))
  );
}
