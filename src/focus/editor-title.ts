import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The project that an editor's title names. Untrusted. */
export type EditorProject = { folder: string } | { name: string };

/** WM_CLASS of Visual Studio Code and editors made from it. */
const CODE =
  /^(?:code|code-oss|code - oss|code - insiders|code-insiders|vscodium|codium|cursor|windsurf)(?:-url-handler)?$/u;
/** Their names at the end of a title. A few words may follow ("- Insiders", "[Administrator]"). */
const CODE_NAME = / [-—–] (?:Visual Studio Code|Code - OSS|VSCodium|Cursor|Windsurf)(?: .*)?$/u;
/** WM_CLASS of the IDEs of JetBrains, and of Android Studio. */
const JETBRAINS = /^jetbrains-/u;
/** "project – file", or "project [~/path] – file" where two projects have the same name. */
const JETBRAINS_TITLE = /^(.+?)(?: \[([^\]]+)\])?(?: – .*)?$/u;

/**
 * Finds the project in the title of an editor's window, the likeliest first; empty when the title does not name one or
 * the editor is unknown. Knows the default titles of Visual Studio Code 1.9x ("file - folder - Visual Studio Code") and
 * JetBrains 2024, by their documentation.
 */
export function editorProjects(
  { title, classes }: { title: string; classes: readonly string[] },
  home = homedir(),
): EditorProject[] {
  if (classes.some((each) => CODE.test(each))) return codeProjects(title);
  if (classes.some((each) => JETBRAINS.test(each))) return jetbrainsProjects(title, home);
  return [];
}

/** "file - folder - profile - Visual Studio Code"; the file and the profile may be missing. */
function codeProjects(title: string): EditorProject[] {
  const end = CODE_NAME.exec(title)?.index;
  if (end === undefined) return [];
  const parts = title.slice(0, end).split(/ [-—–] /u);
  const folders = parts.length > 1 ? parts.slice(1) : parts;
  return folders.map((part) => ({ name: part.replace(/ \(Workspace\)$/u, '') }));
}

function jetbrainsProjects(title: string, home: string): EditorProject[] {
  const [, name, path] = JETBRAINS_TITLE.exec(title) ?? [];
  if (path && /^~[\\/]/.test(path)) return [{ folder: join(home, path.slice(2)) }];
  if (path && isAbsolute(path)) return [{ folder: path }];
  return name === undefined ? [] : [{ name }];
}
