import type { EventName } from '../../src/control/events.ts';
import type { Method } from '../../src/control/params.ts';

/** Parameters and result of each request, in Markdown. A request without a text does not compile. */
export const REQUEST_TEXTS: Record<Method, readonly [parameters: string, result: string]> = {
  hello: [
    '`protocol`: 1, `oldest?`, `features?`, `client`: a name for the log, `nonce?`, `proof?`, `pipe?`: see below',
    '`{protocol, oldest, newest, features, version, pid}`, and `proof` on Windows',
  ],
  subscribe: [
    '`events`: names (below), `utterance?`: only events about this one',
    '`{events}`: the names that this daemon knows. Unknown names are ignored, so a newer client can ask for all names it knows. Replaces the previous subscription',
  ],
  toggle: ['', '`{stage}`; does what the hotkey does, as do `press`, `release` and `cancel`'],
  press: ['', '`{stage}`'],
  release: ['', '`{stage}`'],
  cancel: ['', '`{stage}`'],
  pause: [
    '',
    '`{stage}`. While paused, nothing opens the microphone and the hotkey is released, also after a restart. Typed prompts work',
  ],
  unpause: ['', '`{stage}`'],
  ask: [
    '`text` or `audio` (absolute path of a sound file), `partial` (false): accept a WAV file that is cut short, `wait` (true), `source`: `cli` (default) or `editor`, `project?`',
    '`{id, utterance}`; `utterance` is the finished one, or null with `wait: false`',
  ],
  interrupt: ['', '`{interrupted}`: false if nothing was in progress'],
  status: [
    '',
    'as `codex-voice status --json`. `journal_trouble?`: the previous journal was damaged, and where it is now. `priority`: `nice` of the daemon, the `driver` that granted it (or null), `engine`: nice value of the speech engine, `group`: what the scheduler compares first, `passed_over`',
  ],
  history: ['`query` (""), `limit` (20, at most 1000), `before?`: an id', '`{utterances}`, newest first'],
  stats: [
    '`limit` (1000): number of newest answered utterances',
    '`{count, stages}`; a stage is `{count, min, median, p95, p99, max}`, ms',
  ],
  config: [
    '',
    '`{settings, file, exists, autoModel, modelNamed}`. `autoModel`: the file has `whisper_model = "auto"`. `modelNamed`: the file names a model',
  ],
  reload: ['', '`{changed}`; reads config.toml now. It is also read whenever it changes'],
  projects: ['', '`{projects}`: `{name, path, aliases, current, chosen, session, queued}` each'],
  use: ['`project`: a name or alias; null: no project is chosen any more', '`{project, chosen}`'],
  new: ['`project?` (default: the current one)', '`{project, thread}`; starts a new conversation'],
  sessions: [
    '`project?`, `limit` (20, at most 100)',
    '`{project, current, sessions}`: `{id, name, preview, at, folder}` each, newest first',
  ],
  resume: ['`id`, `project?`', '`{project, thread}`; prompts go to that conversation'],
  approve: [
    '`id?`, `hash?`, `session` (false): also approve the same request for the rest of the session',
    '`{id}`. Without `id`, the only request that waits. With `hash`, it is decided only if that is the request that was shown (`request-changed`)',
  ],
  deny: ['`id?`, `hash?`', '`{id}`; Codex continues without it'],
  answer: [
    '`id?`, `hash?`, `answers`: an array of texts for the id of each question. A question that is optional or has `initial` may be missing',
    '`{id}`',
  ],
  queue: [
    '',
    '`{queue}`: prompts that are not answered yet, `{id, project, prompt, state}`. `state`: sending, queued, or uncertain (it may have been sent, and only the user can know)',
  ],
  'queue/move': ['`id`, `position`: 1 for the first', '`{queue}`'],
  'queue/drop': ['`id`', '`{queue}`; it is not sent, and its utterance is cancelled'],
  'queue/send': [
    '`id` of a prompt that is uncertain, interrupted, failed or cancelled. For the last three, its first eight characters are enough',
    '`{queue}`; it is sent (again)',
  ],
  review: [
    '',
    '`{reviews}`: prompts that are shown before they are sent, `{id, project, rule, transcript, prompt, state, left_s}`. `state`: counting (it is sent in `left_s` seconds), stopped (the user is speaking), editing, confirmed (it is sent after the prompts that were spoken before it), unseen (no notification server shows it)',
  ],
  'review/send': ['`id?`: its start is enough; default: the newest', '`{reviews}`; it is sent'],
  'review/edit': ['`id?`, `text`', '`{reviews}`; that text is sent instead'],
  'review/cancel': ['`id?`', '`{reviews}`; it is not sent'],
  'review/hold': [
    '`id?`',
    '`{review}`. Its countdown stops until one of the three requests above, or until this client disconnects: then it starts again',
  ],
  'review/open': ['`id?`', '`{reviews}`; opens the editor in a terminal window'],
  attach: [
    '`columns`, `rows`, `project?` (default: the current one), `status_line` (false): the last row shows the state of the daemon, `no_color` (false): that row has no colours, `paced` (false): see below, `window?`: `{popup, pid, display?, id?}`: the window of the client: whether it was opened for it, its process, its DISPLAY and WINDOWID',
    '`{snapshot, columns, rows}`; escape sequences that paint the screen',
  ],
  popup: [
    "`project?` (default: the current one), `composer` (false): show the newest rows, `display?`: `{DISPLAY?, WAYLAND_DISPLAY?, XAUTHORITY?}` of another desktop than the daemon's",
    '`{project, window}`; the terminal window of that project was `opened` or `raised`',
  ],
  restart: [
    '',
    '`{restarting}`. False: it is busy and continues. True: it restarts as the same process, with the program that is installed now',
  ],
  stop: ['', '`{}`; the daemon ends'],
};

/** Payload of each event, in Markdown. */
export const EVENT_TEXTS: Record<EventName, string> = {
  hotkey:
    '`key`: press, release, toggle (a press where the desktop reports no release), cancel; `backend`: the driver that reported it, or bindings for a command that the desktop ran',
  stage: '`stage`: idle, listening, finishing, paused; `utterance` or null',
  level: '`utterance`, `dbfs`: volume, `speaking`; about ten a second while listening',
  partial:
    '`utterance`, `text`: the transcript so far, `stable`: number of UTF-16 units at its beginning that will not change any more',
  transcript:
    '`utterance`, `project`, `rule`: why that project (said, asked, chosen, focused, default), `text`',
  review: '`reviews`: as above; one of them has changed. There is no event for each second of a countdown',
  accepted: '`utterance`, `project`, `rule`, `prompt`, `turn`: Codex has the prompt',
  activity:
    '`utterance`, `project`, `activity: {kind, text}`: what Codex is doing, as a phrase to display (`running npm test`). After `accepted` it is thinking until the first of these events. `kind`: thinking, writing, command, read, search, edit, tool, agent, compaction, waiting (Codex asks for something)',
  delta: '`utterance`, `text`: more of the answer',
  answer: '`utterance`, `record`: the finished utterance, whatever its outcome (`record.state`)',
  approval:
    '`project`, `request: {id, kind, title, detail, command?, shell?, folder, reason, hash, decisions, questions, dangers, at}`: Codex waits for the user. `kind`: command, file-change, permissions, question, elicitation. `command`: what runs if approving does nothing else. `shell`: powershell or cmd, if one of these reads the command. `decisions`: approve, approve-session, deny. `questions`: `{id, header, text, options: [{label, description}], free, secret, multiple?, optional?, rule?, initial?}` (`multiple`: several options; `optional`: it may be left out; `rule`: what is accepted, in words; `initial`: the answers that count if there is none)',
  resolved: '`project`, `request`: the id of a request that has been answered or withdrawn',
  queue: '`project`, `queue`: all of its prompts that are not answered yet',
  project: '`project`, `chosen`: prompts go there from now on, and whether the user chose it',
  session: '`project`, `status: {state, thread, model, transport, limits?, reason?}`',
  timings: '`utterance`, `timings`: those known so far, ms',
  error: '`utterance` or null, `error: {code, message, hint}`',
};
