import type { Performers } from '../../actions.ts';
import { cleanPrompt } from '../../agent/prompt.ts';
import type { Projects } from '../../delivery/projects.ts';
import type { Publisher } from '../../facts.ts';
import { type Destination, destinationOf } from '../../interpretation/destination.ts';
import { LiveUtterance, type UtteranceJournal } from '../../journal/live-utterance.ts';
import type { Hearing } from '../../listening/hearing.ts';
import { readAudioFile } from '../../microphone/sound-files/audio-file.ts';

interface PromptParts {
  bus: Publisher;
  journal: UtteranceJournal;
  projects: Projects;
  hearing: Pick<Hearing, 'hearRecording'>;
  env: NodeJS.ProcessEnv;
}

/** Actions for prompts that are typed or recorded elsewhere. */
export function promptPerformers({
  bus,
  journal,
  projects,
  hearing,
  env,
}: PromptParts): Pick<Performers, 'ask' | 'ask-recording' | 'interrupt'> {
  const asked = (name: string): Destination => ({ project: projects.called(name).name, rule: 'asked' });
  return {
    // A typed prompt goes into the same queue as a spoken one. Throws project-unknown, prompt-empty, prompt-too-long.
    ask: ({ text, source, project: name }) => {
      const { project, rule } = name === undefined ? destinationOf(projects) : asked(name);
      const prompt = cleanPrompt(text);
      const live = LiveUtterance.begin(journal, source, project, { state: 'heard', rule, prompt });
      live.stopwatch.mark('textAt');
      bus.publish({ type: 'heard', utterance: live.record, held: false });
      projects.delivery(project).enqueue(live);
      return live.id;
    },
    // Without a project, the words in it decide, else the chosen project.
    'ask-recording': async ({ file, partial, project }) => {
      const to = project === undefined ? null : asked(project);
      return hearing.hearRecording(await readAudioFile(file, { env, partial }), 'file', to).id;
    },
    interrupt: async ({ project }) => {
      const session = projects.running(project ?? projects.current.name);
      return (await session?.interrupt()) ?? false;
    },
  };
}
