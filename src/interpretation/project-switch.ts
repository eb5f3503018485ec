import type { Interpreter } from './interpretation.ts';
import { switchTarget } from './spoken-project.ts';

/** "Switch to the web app": a whole utterance that chooses a project. */
export const projectSwitch: Interpreter = {
  name: 'project switch',
  interpret({ words, rule }, { projects }) {
    // An explicit destination is kept.
    if (rule === 'asked') return null;
    const project = switchTarget(words, projects.all);
    return project === null ? null : { kind: 'project-switch', project };
  },
};
