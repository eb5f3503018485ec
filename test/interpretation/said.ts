import type { Context, Heard } from '../../src/interpretation/interpretation.ts';

/** Projects, in the order of the settings. */
export const PROJECTS = [
  { name: 'backend', aliases: ['api'] },
  { name: 'web app', aliases: [] },
  { name: 'docs', aliases: [] },
] as const;

/** What was said with the hotkey, for the first project, with what the test says of it. */
export function heard(transcript: string, over: Partial<Heard> = {}): Heard {
  const place = { project: 'backend', rule: 'default' } as const;
  return { transcript, speechMs: 2_000, source: 'hotkey', pressedAt: 100, ...place, ...over };
}

/** The same, with its words. */
export function said(words: string, over: Partial<Heard> = {}): Heard & { words: string } {
  return { ...heard(words, over), words };
}

/** What nothing waits for, with what the test says of it. */
export function context(over: Partial<Context> = {}): Context {
  return {
    approvals: { spoken: true, approve: ['approve', 'yes approve'], deny: ['deny'] },
    requests: [],
    review: null,
    recent: null,
    projects: projects(),
    correct: (project, prompt) => ({ prompt: `${prompt} [${project}]`, changes: [] }),
    ...over,
  };
}

export function projects(chosen: string | null = null): Context['projects'] {
  return { all: PROJECTS, chosen, current: PROJECTS.find(({ name }) => name === chosen) ?? PROJECTS[0] };
}
