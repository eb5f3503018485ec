import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asideReport, inspectJournal } from '../journal/journal.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';
import { nearestFolder, openRights, proveWritable } from './folders.ts';

/** The state folder can be written and is private; the journal in it is whole and can be written. */
export async function checkState({ paths: { state, journal } }: CheckContext): Promise<Finding> {
  const folder = nearestFolder(state);
  proveWritable(folder);
  if (folder !== state) return ok(`${state} is created at the first start`);
  const utterances = existsSync(journal) ? inspectJournal(journal).utterances : 0;
  for (const path of [state, journal].filter((each) => existsSync(each))) {
    const rights = openRights(path);
    if (rights !== null) return warning(open(path, rights));
  }
  const aside = newestAside(journal);
  if (aside !== null) return warning(asideReport(aside));
  return ok(`${state}: private, ${utterances} utterances in the journal`);
}

/** A damaged journal that was moved aside and is still there; null: there is none. */
function newestAside(journal: string): string | null {
  const begin = `${basename(journal)}.corrupt-`;
  const names = readdirSync(dirname(journal)).filter((name) => name.startsWith(begin) && /\dZ$/.test(name));
  const newest = names.sort().at(-1);
  return newest === undefined ? null : join(dirname(journal), newest);
}

function open(path: string, rights: string) {
  return {
    code: 'folder-unsafe',
    message: `Other users can read ${path} (mode ${rights}).`,
    hint: `Run \`chmod go= ${path}\`.`,
  } as const;
}
