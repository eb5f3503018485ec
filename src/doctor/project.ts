import { realDirectory } from '../agent/project.ts';
import { projectsOf } from '../delivery/project.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** The folders in which Codex is to work are there. */
export async function checkProject({ settings, workingDirectory, daemon }: CheckContext): Promise<Finding> {
  const projects = projectsOf(settings, workingDirectory);
  const found: string[] = [];
  for (const project of projects) found.push(`${project.name}: ${await realDirectory(project)}`);
  const [first] = projects;
  if (first.trusted) return ok(found.join('; '));
  if (daemon.state === 'running') {
    return ok(`no [[project]] in config.toml: the daemon was started in "${daemon.status.project}"`);
  }
  return ok(
    `no [[project]] in config.toml: Codex works where the daemon is started (here: ${first.directory})`,
  );
}
