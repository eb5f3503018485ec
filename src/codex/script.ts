import type { WindowsShell } from '../agent/requests.ts';
import { shellWords } from '../approvals/shell-words.ts';
import { isWindowsPath } from '../approvals/windows/paths.ts';
import { windowsArguments } from './windows-arguments.ts';

/** What a shell runs. */
interface ShellCommand {
  script: string;
  /** null: the shell is not known. */
  shell: 'posix' | WindowsShell | null;
}

/**
 * Finds the model's command in the form in which Codex runs it, `/bin/bash -lc '...'` (0.169.0). On Windows it is
 * `powershell.exe -Command ...` or `cmd.exe /c ...` (by the source of Codex; not run on Windows).
 * @param directory of the project, absolute; its form shows whether this is Windows
 */
export function shellCommand(command: string, directory: string): ShellCommand {
  if (!isWindowsPath(directory)) return { script: posixScript(command), shell: 'posix' };
  return windowsScript(command) ?? { script: command, shell: null };
}

/** Returns the model's command without its shell, to display it. */
export function scriptOf(command: string): string {
  return windowsScript(command)?.script ?? posixScript(command);
}

/** A bare name, or where systems and package managers put shells. The model may name a shell, also one in a project. */
const SHELL =
  /^(?:\/(?:usr\/(?:local\/)?)?bin\/|\/opt\/(?:homebrew|local)\/bin\/|\/home\/linuxbrew\/\.linuxbrew\/bin\/|\/run\/current-system\/sw\/bin\/|\/nix\/store\/\w[\w.+-]*\/bin\/)?(?:ba|z|da)?sh$/u;

function posixScript(command: string): string {
  const words = shellWords(command);
  const [shell, flag, script] = words ?? [];
  const wrapped = words?.length === 3 && SHELL.test(shell ?? '') && /^-l?c$/.test(flag ?? '');
  return wrapped && script !== undefined ? script : command;
}

/** Where the shells of Windows are. A program of the same name in a project is no shell. */
const FOLDER =
  /^(?:[a-z]:\\(?:windows\\system32(?:\\windowspowershell\\v1\.0)?|program files\\powershell\\[\w-]+|users\\[^\\]+\\appdata\\local\\microsoft\\windowsapps|program files\\windowsapps\\microsoft\.powershell_[\w.]+)\\)?/iu;

/** Codex may put this before a script, so that PowerShell prints UTF-8. */
const UTF8 = '[Console]::OutputEncoding=[System.Text.Encoding]::UTF8;\n';

function windowsScript(command: string): { script: string; shell: WindowsShell } | null {
  const words = argumentsOf(command);
  const [program = '', ...rest] = words ?? [];
  const name = program.replace(FOLDER, '').toLowerCase();
  const script = rest.pop();
  const options = rest.map((each) => each.toLowerCase());
  if (script === undefined) return null;
  if (/^(?:powershell|pwsh)(?:\.exe)?$/u.test(name)) {
    const last = options.pop();
    const known = options.every((each) => ['-nologo', '-noprofile', '-noninteractive'].includes(each));
    if (!known || (last !== '-command' && last !== '-c')) return null;
    return { script: script.startsWith(UTF8) ? script.slice(UTF8.length) : script, shell: 'powershell' };
  }
  return /^cmd(?:\.exe)?$/u.test(name) && options.join(' ') === '/c' ? { script, shell: 'cmd' } : null;
}

/**
 * Codex quotes an absolute path and its arguments by the rules of Windows, everything else as for a POSIX shell. Older
 * versions quote everything as for a POSIX shell, and put `'` around such a path. What can be read in both ways is not
 * read.
 */
function argumentsOf(command: string): string[] | null {
  if (!/^"?[a-z]:/iu.test(command)) return shellWords(command);
  return /^"?[a-z]:\\(?!\\)/iu.test(command) ? windowsArguments(command) : null;
}
