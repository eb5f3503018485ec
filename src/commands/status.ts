import type { DaemonStatus } from '../control/protocol.ts';
import { withDaemon } from './connect.ts';
import { formatMs, type JsonOption, oneLine, print, printJson, table } from './output.ts';

export async function status(options: JsonOption): Promise<void> {
  const now = await withDaemon((daemon) => daemon.request('status', {}));
  if (options.json) printJson(now);
  else print(describe(now));
}

function describe(now: DaemonStatus): string {
  const { session, hotkey, microphone, transcriber, notifications, last } = now;
  const rows = [
    ['daemon', `${now.version}, pid ${now.pid}, up ${formatUptime(now.uptime_s)}`],
    ['stage', now.stage],
    ['project', now.project],
    [
      'codex',
      [session.state, session.model, session.thread && `thread ${session.thread}`].filter(Boolean).join(', '),
    ],
    ...(session.limits ?? []).map((limit) => ['', `by its terminal alone: ${limit}`]),
    ['hotkey', `${hotkey.keys[0] ?? 'none'}: ${hotkey.state}`],
    [
      'microphone',
      `${microphone.device} through ${microphone.backend ?? 'the first recorder that works'}: ${microphone.state}`,
    ],
    ['whisper', `${transcriber.model}: ${transcriber.state}`],
    ['notifications', notifications.reason ?? notifications.server ?? notifications.backend],
    ...now.pending.flatMap(({ id, project: asks, title, detail, folder, reason, decisions }) => [
      ['waits for you', `${asks}: ${oneLine(title)} ${oneLine(detail)}`],
      ['', [folder && `in ${folder}`, reason && `because: ${oneLine(reason)}`].filter(Boolean).join(', ')],
      ['', decisions.length > 0 ? `codex-voice approve ${id} | deny ${id}` : `codex-voice answer ${id} TEXT`],
    ]),
    ...now.queue.map(({ prompt, project, state }) => [state, `${project}: ${oneLine(prompt)}`]),
  ];
  for (const reason of [session.reason, hotkey.reason]) {
    if (reason) rows.push(['trouble', `${reason.message} ${reason.hint} [${reason.code}]`]);
  }
  if (last) {
    rows.push(['last', `${last.state}: ${oneLine(last.prompt ?? last.transcript ?? '')}`]);
    const times = Object.entries(last.timings).map(([stage, ms]) => `${stage} ${formatMs(ms)}`);
    if (times.length > 0) rows.push(['', times.join(', ')]);
  }
  return table(rows);
}

function formatUptime(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}
