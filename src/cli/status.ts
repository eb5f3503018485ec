import type { DaemonStatus } from '../control/status.ts';
import { priorityLine } from '../processes/priority-wording.ts';
import { terminalText } from '../text/clean.ts';
import { staleWarning } from '../update/staleness.ts';
import { VERSION } from '../version.ts';
import { decideWithout } from '../wording/notifications.ts';
import { withDaemon } from './connect.ts';
import { formatMs, type JsonOption, oneLine, print, printJson, table } from './output.ts';

const TOGGLE_ONLY = 'toggle only: the desktop reports no release of the key';

export async function status(options: JsonOption): Promise<void> {
  const now = await withDaemon((daemon) => daemon.request('status', {}));
  if (options.json) printJson(now);
  else print(describe(now));
}

function describe(now: DaemonStatus): string {
  const { session, hotkey, microphone, transcriber, notifications, last } = now;
  const rows = [
    ['daemon', `${now.version}, pid ${now.pid}, up ${formatUptime(now.uptime_s)}`],
    ...(now.version === VERSION
      ? []
      : [['', `this program is ${VERSION}: run \`codex-voice restart\` to update the daemon`]]),
    ['stage', now.stage],
    ['project', now.project],
    [
      'codex',
      [session.state, session.model, session.thread && `thread ${session.thread}`].filter(Boolean).join(', '),
    ],
    ...(session.limits ?? []).map((limit) => [
      '',
      session.transport === 'terminal' ? `through its terminal only: ${limit}` : limit,
    ]),
    ['hotkey', `${hotkey.keys[0] ?? 'none'}: ${hotkey.state} (${hotkey.backend})`],
    ...(hotkey.toggle_only ? [['', TOGGLE_ONLY]] : []),
    ...(hotkey.passed_over ?? []).map(({ name, reason }) => ['', `not ${name}: ${reason}`]),
    [
      'microphone',
      `${microphone.source ?? microphone.device} through ${microphone.backend ?? 'the first recorder that works'}: ${microphone.state}`,
    ],
    ['engine', `${transcriber.engine} ${transcriber.model}: ${transcriber.state}`],
    ['endpoint', endpointOf(now)],
    ['notifications', notifications.reason ?? notifications.server ?? notifications.backend],
    ['tray', now.tray.state],
    ['priority', priorityLine(now.priority)],
    ['spoken answers', now.spoken_answers.voice ?? now.spoken_answers.state],
    ...now.pending.flatMap(rowsOf),
    ...now.queue.map(({ prompt, project, state }) => [state, `${project}: ${oneLine(prompt)}`]),
  ];
  const reasons = [session.reason, hotkey.reason, microphone.trouble, transcriber.reason];
  for (const reason of [...reasons, now.spoken_answers.reason, now.journal_trouble]) {
    if (reason) rows.push(['trouble', `${reason.message} ${reason.hint} [${reason.code}]`]);
  }
  const stale = staleWarning(now.updates);
  if (stale) rows.push(['updates', `${stale.message} ${stale.hint} [${stale.code}]`]);
  if (last) {
    rows.push(['last', `${last.state}: ${oneLine(last.prompt ?? last.transcript ?? '')}`]);
    const times = Object.entries(last.timings).map(([stage, ms]) => `${stage} ${formatMs(ms)}`);
    if (times.length > 0) rows.push(['', times.join(', ')]);
  }
  return table(rows);
}

function endpointOf({ endpoint: { rule, detector } }: DaemonStatus): string {
  if (rule === 'fixed') return 'after endpoint_ms of silence';
  if (detector?.reason) return detector.reason.message;
  return `adaptive, smart-turn: ${detector?.state}`;
}

/** Most lines of a diff in the status. */
const MOST_LINES = 40;

/** A request with all that is decided about, and how. */
function rowsOf(request: DaemonStatus['pending'][number]): string[][] {
  const { id, project, title, detail, folder, reason, dangers } = request;
  const lines = terminalText(detail).split('\n');
  const rest = lines.length - MOST_LINES;
  return [
    ['waits for you', `${id}, ${project}: ${oneLine(title)}`],
    ...lines.slice(0, MOST_LINES).map((line) => ['', `  ${line}`]),
    ...(rest > 0 ? [['', `  ... ${rest} more lines: codex-voice attach`]] : []),
    ...(dangers.length > 0 ? [['', `careful: ${dangers.join(', ')}`]] : []),
    ...(folder === null ? [] : [['', `in ${oneLine(folder)}`]]),
    ...(reason === null ? [] : [['', `because: ${oneLine(reason)}`]]),
    ['', decideWithout(request)],
  ];
}

function formatUptime(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}
