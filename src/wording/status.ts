import { lineText } from '../text/clean.ts';

/** Longest part of a command or a name in a phrase, UTF-16 units. */
const MOST_DOING = 60;

/** Codex's activity as a short phrase without a full stop. */
export const doing = {
  writing: 'writing',
  /** @param before what it will do then, as another of these phrases; empty: it is not known */
  waiting: (before: string) => (before === '' ? 'waiting for you' : `waiting for you before ${before}`),
  agents: 'working with helpers',
  compacting: 'compacting the conversation',
  running: (command: string) => `running ${lineText(command, MOST_DOING)}`,
  editing: (names: readonly string[]) => `editing ${several(names, 'file')}`,
  reading: (names: readonly string[]) => `reading ${several(names, 'file')}`,
  listing: (path: string) =>
    path === '' ? 'looking at the files' : `looking into ${lineText(path, MOST_DOING)}`,
  searching: (query: string, path: string) =>
    `searching${query && ` for ${lineText(query, MOST_DOING)}`}${path && ` in ${lineText(path, MOST_DOING)}`}`,
  searchingWeb: (query: string) => `searching the web${query && ` for ${lineText(query, MOST_DOING)}`}`,
  tool: (tool: string, server: string) =>
    `using ${lineText(tool || 'a tool', MOST_DOING)}${server && ` of ${lineText(server, MOST_DOING)}`}`,
};

/** The name of the only one, else how many there are. */
function several(names: readonly string[], what: string): string {
  const [first, ...others] = new Set(names);
  if (first === undefined) return `${what}s`;
  return others.length === 0 ? lineText(first, MOST_DOING) : `${others.length + 1} ${what}s`;
}

/** Texts of the status line below a hidden terminal. */
export const status = {
  listening: (meter: string) => `● listening ${meter}`.trimEnd(),
  transcribing: '… transcribing',
  paused: '‖ paused',
  asks: '? needs you',
  works: (activity: string) => `▶ ${activity}`,
  trouble: (state: string) => `! ${state}`,
  requests: (count: number) => `${count} requests wait for you`,
  said: (words: string) => `“${words}”`,
  back: (rows: number) => `${rows} rows back, Shift+PgDn`,
  queued: (count: number) => `${count} queued`,
  detach: 'Ctrl-] detaches',
  smaller: (columns: number, rows: number) => `size set by another window: ${columns}×${rows}`,
  thread: (end: string) => `thread ${end}`,
  time: (stage: keyof typeof stages, ms: number) =>
    `${stages[stage]} ${ms < 1_000 ? `${Math.round(ms)}` : `${(ms / 1_000).toFixed(1)}s`}`,
};

/** Names of the stages of an utterance. */
const stages = {
  microphone: 'mic',
  transcription: 'whisper',
  delivery: 'pty',
  first_token: 'first',
  loop: 'total',
};

/** Titles of windows. */
export const windows = {
  screen: 'codex-voice',
  edit: 'codex-voice: edit',
  /** Until what is hidden says another one. */
  opening: (project: string) => `codex-voice: ${project}`,
  /** @param title what the hidden terminal says, else the project */
  attached: (title: string) => `${title} · codex-voice`,
};
