import { updateFolder } from '../update/folder.ts';
import { UpdateMemory } from '../update/memory.ts';
import { releaseAge, staleWarning } from '../update/staleness.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Checks the date of the newest known release, without asking the release host. */
export async function checkUpdates({ settings, paths, logger }: CheckContext): Promise<Finding> {
  const age = releaseAge(new UpdateMemory(updateFolder(paths.state), logger).read(), settings.update.channel);
  const stale = staleWarning(age);
  if (stale !== null) return warning(stale);
  return ok(
    age.date === null ? 'no check for updates yet' : `the newest manifest is from ${age.date.slice(0, 10)}`,
  );
}
