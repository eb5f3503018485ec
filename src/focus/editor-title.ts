import { homedir } from 'node:os';
import { join } from 'node:path';

/** What an editor's title says of its project. Untrusted. */
export type EditorProject = { folder: string } | { name: string };

/** WM_CLASS of Visual Studio Code and its kin. */
const CODE =
  /^(?:code|code-oss|code - oss|code - insiders|code-insiders|vscodium|codium|cursor|windsurf)(?:-url-handler)?$/u;
/** Their names at the end of a title, after which a few words may follow ("- Insiders", "[Administrator]"). */
const CODE_NAME = / [-—–] (?:Visual Studio Code|Code - OSS|VSCodium|Cursor|Windsurf)(?: .*)?$/u;
/** WM_CLASS of the IDEs of JetBrains, and of Android Studio. */
const JETBRAINS = /^jetbrains-/u;
/** "project – file", "project [~/path] – file": the path where two projects have the same name. */
const JETBRAINS_TITLE = /^(.+?)(?: \[([^\]]+)\])?(?: – .*)?$/u;

/**
 * What the title of an editor says of its project, the likeliest first; empty: nothing, or its window's class is of no
 * editor that is known. Defaults of Visual Studio Code 1.9x ("file - folder - Visual Studio Code") and of JetBrains
 * 2024, by their documentation.
 */
export function editorProjects(
  { title, classes }: { title: string; classes: readonly string[] },
  home = homedir(),
): EditorProject[] {
  if (classes.some((each) => CODE.test(each))) return codeProjects(title);
  if (classes.some((each) => JETBRAINS.test(each))) return jetbrainsProjects(title, home);
  return [];
}

/** "file - folder - profile - Visual Studio Code"; the file and the profile are not always there. */
function codeProjects(title: string): EditorProject[] {
  const end = CODE_NAME.exec(title)?.index;
  if (end === undefined) return [];
  const parts = title.slice(0, end).split(/ [-—–] /u);
  const folders = parts.length > 1 ? parts.slice(1) : parts;
  return folders.map((part) => ({ name: part.replace(/ \(Workspace\)$/u, '') }));
}

function jetbrainsProjects(title: string, home: string): EditorProject[] {
  const [, name, path] = JETBRAINS_TITLE.exec(title) ?? [];
  if (path?.startsWith('~/')) return [{ folder: join(home, path.slice(2)) }];
  if (path?.startsWith('/')) return [{ folder: path }];
  return name === undefined ? [] : [{ name }];
}
