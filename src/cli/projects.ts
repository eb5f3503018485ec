import { VoiceError } from '../errors.ts';
import { withDaemon } from './connect.ts';
import { type JsonOption, oneLine, print, printJson, table } from './output.ts';

interface ProjectOption {
  project?: string;
}

/** The projects of the settings; `*`: prompts go there now. */
export async function projects(options: JsonOption): Promise<void> {
  const { projects: all } = await withDaemon((daemon) => daemon.request('projects', {}));
  if (options.json) return printJson(all);
  const rows = all.map(({ name, path, aliases, current, chosen, session, queued }) => [
    current ? '*' : ' ',
    aliases.length > 0 ? `${name} (${aliases.join(', ')})` : name,
    session,
    queued > 0 ? `${queued} queued` : '',
    `${path}${chosen ? '  (chosen)' : ''}`,
  ]);
  print(table(rows));
}

/** Chooses a project, or `auto`: the folder of the focused window decides again. */
export async function use(name: string): Promise<void> {
  const choice = name === 'auto' ? null : name;
  const { project, chosen } = await withDaemon((daemon) => daemon.request('use', { project: choice }));
  print(chosen ? `now: ${project}` : `now: the focused folder, otherwise ${project}`);
}

export async function newSession(options: ProjectOption): Promise<void> {
  const { project, thread } = await withDaemon((daemon) => daemon.request('new', options, { timeoutMs: 0 }));
  print(`${project}: new conversation ${thread}`);
}

interface SessionsOptions extends JsonOption, ProjectOption {
  limit: string;
}

/** Conversations of a project, newest first; `*`: the one that prompts go to. */
export async function sessions({ project, limit, json }: SessionsOptions): Promise<void> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw new VoiceError(
      'usage',
      `-n ${limit} is not a valid number of conversations.`,
      'Use a number from 1 to 100.',
    );
  }
  const params = { limit: count, ...(project === undefined ? {} : { project }) };
  const found = await withDaemon((daemon) => daemon.request('sessions', params, { timeoutMs: 60_000 }));
  if (json) return printJson(found.sessions);
  if (found.sessions.length === 0) return print(`${found.project}: no conversation yet`);
  const rows = found.sessions.map(({ id, preview, at }) => [
    id === found.current ? '*' : ' ',
    id,
    new Date(at).toLocaleString(),
    oneLine(preview),
  ]);
  print(table(rows));
}

export async function resume(id: string, options: ProjectOption): Promise<void> {
  const { project, thread } = await withDaemon((daemon) =>
    daemon.request('resume', { id, ...options }, { timeoutMs: 0 }),
  );
  print(`${project}: continuing ${thread}`);
}
