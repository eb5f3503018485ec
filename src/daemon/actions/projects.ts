import type { Performers } from '../../actions.ts';
import type { Projects } from '../../delivery/projects.ts';
import { VoiceError } from '../../errors.ts';

/** Actions about projects and conversations. */
export function projectPerformers(
  projects: Projects,
): Pick<Performers, 'choose-project' | 'open-conversation'> {
  return {
    'choose-project': ({ project }) => {
      projects.choose(project === null ? null : projects.called(project).name);
      return { project: projects.current.name, chosen: projects.chosen !== null };
    },
    // Codex must be idle. Throws project-unknown, codex-busy.
    'open-conversation': async ({ project: name, thread }) => {
      const project = name === undefined ? projects.current.name : projects.called(name).name;
      const delivery = projects.delivery(project);
      if (delivery.entries.some(({ state }) => state !== 'uncertain')) {
        const hint = 'Wait for the answer, or run `codex-voice interrupt`.';
        throw new VoiceError('codex-busy', `A prompt in ${project} is not answered yet.`, hint);
      }
      let opened = '';
      // Prompts that are spoken meanwhile go to the new conversation.
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
