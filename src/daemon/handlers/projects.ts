import type { CodexSession } from '../../codex/codex.ts';
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
  /** Does something with a session that is not parked meanwhile. */
  const withSession = async <T>(project: string, work: (session: CodexSession) => Promise<T>): Promise<T> => {
    const { projects } = daemon.parts;
    const release = projects.watch(project);
    try {
      return await work(await projects.session(project));
    } finally {
      release();
    }
  };
  /** Goes on in another conversation once Codex has nothing to do. */
  const open = async (
    project: string,
    thread: string | null,
  ): Promise<{ project: string; thread: string }> => {
    const { projects } = daemon.parts;
    const delivery = projects.delivery(project);
    if (delivery.entries.some(({ state }) => state !== 'uncertain')) {
      const hint = 'Wait for its answer, or stop it with `codex-voice interrupt`.';
      throw new VoiceError('codex-busy', `A prompt of ${project} is not answered yet.`, hint);
    }
    let opened = '';
    // What is said meanwhile belongs to the conversation that was asked for.
    await delivery.pause(async () => {
      opened = await withSession(project, async (session) => {
        await session.open(thread);
        return session.status.thread ?? '';
      });
    });
    return { project, thread: opened };
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
      return withSession(name, async (session) => {
        const sessions = await session.threads(limit);
        return { project: name, current: session.status.thread, sessions };
      });
    },
    resume: async ({ id, project }) => open(named(project), id),
  };
}
