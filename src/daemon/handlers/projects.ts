import type { ControlHandlers } from '../../control/server.ts';
import { VoiceError } from '../../errors.ts';
import type { HandledDaemon } from '../handled-daemon.ts';

type ProjectHandlers = Pick<ControlHandlers, 'projects' | 'use' | 'new' | 'sessions' | 'resume'>;

/** The projects and their conversations. */
export function projectHandlers(daemon: HandledDaemon): ProjectHandlers {
  const named = (name: string | undefined): string => {
    const { projects } = daemon.parts;
    return name === undefined ? projects.current.name : projects.called(name).name;
  };
  /** Goes on in another conversation once Codex has nothing to do. */
  const open = async (
    project: string,
    thread: string | null,
  ): Promise<{ project: string; thread: string }> => {
    const { projects } = daemon.parts;
    const [entry] = projects.delivery(project).entries;
    if (entry) {
      const hint = 'Wait for its answer, or stop it with `codex-voice interrupt`.';
      throw new VoiceError('usage', `A prompt of ${project} is not answered yet.`, hint);
    }
    const release = projects.watch(project);
    try {
      const session = await projects.session(project);
      await session.open(thread);
      return { project, thread: session.status.thread ?? '' };
    } finally {
      release();
    }
  };
  return {
    projects: async () => {
      const { projects } = daemon.parts;
      return {
        projects: projects.all.map(({ name, directory, aliases }) => ({
          name,
          path: directory,
          aliases: [...aliases],
          current: name === projects.current.name,
          chosen: name === projects.chosen,
          session: projects.status(name).state,
          queued: projects.delivery(name).entries.length,
        })),
      };
    },
    use: async ({ project }) => {
      const { projects } = daemon.parts;
      projects.choose(project === null ? null : named(project));
      return { project: projects.current.name, chosen: projects.chosen !== null };
    },
    new: async ({ project }) => open(named(project), null),
    sessions: async ({ project, limit }) => {
      const name = named(project);
      const session = await daemon.parts.projects.session(name);
      return { project: name, current: session.status.thread, sessions: await session.threads(limit) };
    },
    resume: async ({ id, project }) => open(named(project), id),
  };
}
