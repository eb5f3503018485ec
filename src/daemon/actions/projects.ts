import type { Performers } from '../../actions.ts';
import type { Projects } from '../../delivery/projects.ts';
import { VoiceError } from '../../errors.ts';

/** Which project prompts go to, and in which conversation. */
export function projectPerformers(
  projects: Projects,
): Pick<Performers, 'choose-project' | 'open-conversation'> {
  return {
    'choose-project': ({ project }) => {
      projects.choose(project === null ? null : projects.called(project).name);
      return { project: projects.current.name, chosen: projects.chosen !== null };
    },
    // Codex must have nothing to do. Throws project-unknown, codex-busy.
    'open-conversation': async ({ project: name, thread }) => {
      const project = name === undefined ? projects.current.name : projects.called(name).name;
      const delivery = projects.delivery(project);
      if (delivery.entries.some(({ state }) => state !== 'uncertain')) {
        const hint = 'Wait for the answer, or run `codex-voice interrupt`.';
        throw new VoiceError('codex-busy', `A prompt in ${project} is not answered yet.`, hint);
      }
      let opened = '';
      // What is said meanwhile belongs to the conversation that was asked for.
      await delivery.pause(async () => {
        opened = await projects.withSession(project, async (session) => {
          await session.open(thread);
          return session.status.thread ?? '';
        });
      });
      return { project, thread: opened };
    },
  };
}
