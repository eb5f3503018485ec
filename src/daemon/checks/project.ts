import { realDirectory } from '../../codex/session-options.ts';
import { projectOf } from '../project.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** The folder in which Codex is to work is there. */
export async function checkProject({ settings, workingDirectory, daemon }: CheckContext): Promise<Finding> {
  const project = projectOf(settings, workingDirectory);
  const directory = await realDirectory(project);
  if (project.trusted) return ok(`${project.name}: ${directory}`);
  if (daemon.state === 'running') {
    return ok(`no [[project]] in config.toml: the daemon was started in "${daemon.status.project}"`);
  }
  return ok(`no [[project]] in config.toml: Codex works where the daemon is started (here: ${directory})`);
}
