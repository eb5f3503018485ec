import type { Results } from '../../control/results.ts';
import type { Projects } from '../../delivery/projects.ts';
import type { Journal } from '../../journal/journal.ts';
import { stagePercentiles } from '../../metrics/percentiles.ts';
import type { Reviews } from '../../review/reviews.ts';

/** State that clients may read. */
export interface Look {
  readonly journal: Pick<Journal, 'list' | 'timings'>;
  readonly projects: Pick<
    Projects,
    'all' | 'current' | 'chosen' | 'called' | 'status' | 'delivery' | 'deliveries' | 'withSession'
  >;
  readonly reviews: Pick<Reviews, 'all'>;
}

/** Returns all projects with their state. */
export function projectsNow({ projects }: Look): Results['projects']['projects'] {
  return projects.all.map(({ name, directory, aliases }) => ({
    name,
    path: directory,
    aliases,
    current: name === projects.current.name,
    chosen: name === projects.chosen,
    session: projects.status(name).state,
    queued: projects.delivery(name).entries.length,
  }));
}

/** Returns the durations of the stages of the newest utterances. @param limit number of utterances */
export function statsOf({ journal }: Look, limit: number): Results['stats'] {
  const timings = journal.timings(limit);
  return { count: timings.length, stages: stagePercentiles(timings) };
}
