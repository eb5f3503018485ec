import { existsSync } from 'node:fs';
import { inspectJournal } from '../../journal/journal.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';
import { nearestFolder, openRights, proveWritable } from './folders.ts';

/** The state folder can be written and is private; the journal in it is whole and can be written. */
export async function checkState({ paths: { state, journal } }: CheckContext): Promise<Finding> {
  const folder = nearestFolder(state);
  proveWritable(folder);
  if (folder !== state) return ok(`${state} is made at the first start`);
  const utterances = existsSync(journal) ? inspectJournal(journal).utterances : 0;
  for (const path of [state, journal].filter((each) => existsSync(each))) {
    const rights = openRights(path);
    if (rights !== null) return warning(open(path, rights));
  }
  return ok(`${state}: private, ${utterances} utterances in the journal`);
}

function open(path: string, rights: string) {
  return {
    code: 'folder-unsafe',
    message: `Other users can look into ${path} (mode ${rights}).`,
    hint: `Make it yours alone: chmod go= ${path}`,
  } as const;
}
