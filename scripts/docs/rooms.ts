import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from './markdown.ts';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** What each folder of src holds; a folder that does not exist is left out of the table. */
const ROOMS: Readonly<Record<string, string>> = {
  agent: 'the interface of a coding agent, which codex/ implements (docs/agents.md)',
  approvals: 'who may decide: origins, dangers, and what a voice may approve',
  attach: 'looking at a hidden terminal: status line, keys, viewers',
  bubbles: 'the contents of notifications',
  cli: 'the command line, one file for each command',
  clipboard: 'copies a text to the clipboard',
  codex: 'Codex: sessions, app-server, hidden terminal, requests, history',
  control: 'the private socket between the daemon and its clients',
  daemon: 'builds all parts, starts, stops and reloads them',
  dbus: 'connections to the session and system bus',
  delivery: 'from the queue to the answer, for each project',
  'desktop-session': 'finds the display, the bus and PATH of the desktop',
  doctor: 'the checks of `codex-voice doctor`',
  download: 'downloads that resume and are verified',
  files: 'private files, logs, the cache',
  focus: 'which project has the focus',
  git: 'the only folder that runs git',
  hotkey: 'global hotkeys: the interface and its drivers',
  interpretation: 'from a transcript to its meaning: a table of interpreters',
  journal: 'every utterance, in SQLite',
  listening: 'from the key press to the transcript',
  loopback: 'the built-in model of the demo and the tests',
  macos: 'calls of the system libraries of macOS',
  metrics: 'timings and percentiles',
  microphone: 'recording: the interface and its drivers',
  models: 'Whisper models: catalogue, downloads, choice',
  notifications: 'notifications: the interface and its drivers',
  peers: 'distinguishes your programs from those that Codex started',
  processes: 'priorities, and running other programs',
  review: 'prompts that are shown before they are sent',
  service: 'starting with the desktop: systemd, autostart, launchd, Task Scheduler',
  settings: 'config.toml: schema, errors, watching',
  'single-file': 'the files inside the single file',
  sounds: 'cues and spoken answers',
  speech: 'speech detection and the end of an utterance',
  terminal: 'snapshots and painting of an emulated terminal',
  text: 'cleaning, measuring, shortening and decoding text; Markdown',
  transcription: 'speech engines: the interface and its drivers',
  tray: 'the icon and its menu',
  ui: 'the screen of `codex-voice ui`; only app.ts and run.ts know ink',
  update: 'updates, step by step',
  vocabulary: 'the spelling of names in a project',
  wayland: 'connections to Wayland compositors',
  win32: 'functions of Windows, one file for each subject; loaded only there',
  wording: 'sentences that several surfaces share',
  windows: 'terminal windows: which one, opening, raising, placing',
  x11: 'connections to the X server',
};

/** The folders of src. @throws Error when one has no description */
export function roomsSection(): string {
  const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = folders
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const text = ROOMS[name];
      if (text === undefined) throw new Error(`scripts/docs/rooms.ts has no description of src/${name}`);
      return [`\`${name}/\``, text];
    });
  return markdownTable(['folder of src', 'holds'], rows);
}
