import { type Destination, destinationOf } from './destination.ts';
import type { Context, Interpreter, Said } from './interpretation.ts';
import { addressed } from './spoken-project.ts';

/** A prompt for Codex: every utterance without another meaning. A project named in it takes precedence. */
export const prompt: Interpreter = {
  name: 'prompt',
  interpret(said, { projects, correct }) {
    const { project, rule, words } = placed(said, projects);
    return { kind: 'prompt', project, rule, ...correct(project, words) };
  },
};

function placed(
  { words, project, rule }: Said,
  projects: Context['projects'],
): Destination & Pick<Said, 'words'> {
  if (rule === 'asked') return { project, rule, words };
  const spoken = addressed(words, projects.all);
  if (spoken) return { project: spoken.project, rule: 'said', words: spoken.prompt };
  return { ...destinationOf(projects, rule === 'focused' ? project : null), words };
}
