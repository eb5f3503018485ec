import { correctedWithin } from './corrections/within.ts';
import { type Destination, destinationOf } from './destination.ts';
import type { Context, Interpreter, Said } from './interpretation.ts';
import { addressed } from './spoken-project.ts';

/**
 * A prompt for Codex: every utterance without another meaning. A project named in it takes precedence. What the speaker
 * took back or corrected while speaking is applied first.
 */
export const prompt: Interpreter = {
  name: 'prompt',
  interpret(said, { projects, correct }) {
    const meant = correctedWithin(said.words);
    const { project, rule, words } = placed({ ...said, words: meant.takenBack ?? meant.text }, projects);
    const { prompt, changes } = correct(project, words);
    if (meant.takenBack !== null) return { kind: 'taken-back', project, rule, prompt };
    const all = meant.changes.length === 0 ? changes : [...meant.changes, ...(changes ?? [])];
    return { kind: 'prompt', project, rule, prompt, changes: all };
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
