import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wordsOf } from '../../../src/loopback/answers.ts';
import { NODE_OPTIONS } from '../../../src/single-file/child.ts';
import { AttachedWindow } from '../../support/attached-window.ts';
import { runCli, startDaemon } from '../../support/desktop.ts';
import { startProcess, type TestProcess, temporaryFolder, waitFor } from '../../support/process.ts';
import { programCommand } from '../../support/program.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { processTree } from '../process-tree.ts';

const TERMINAL_DAEMON = fileURLToPath(new URL('../../support/terminal-daemon.ts', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../support/hidden-program.ts', import.meta.url));

/** Columns and rows of the window that is looked at, the status line included. */
const SIZE = { columns: 120, rows: 40 };
const LINES_A_SECOND = 2_000;
const FLOOD_S = 180;
/** Until then the old generation has been collected for the first time. */
const SETTLED_S = 60;
const MARKS = 60;
/** An answer that streams so long, a word each 33 ms as a quick model does. */
const STREAM_S = 12;
const WORD_MS = 33;

/** The hidden terminal as somebody sees it who attaches, and the pop-up window. */
export async function attach({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  const notes = [
    `window of ${SIZE.columns}x${SIZE.rows}; a program in the hidden terminal writes the time with each line, the window compares it with its own clock when the line arrives (CLOCK_MONOTONIC of both)`,
    `flood: ${LINES_A_SECOND} coloured lines a second for ${FLOOD_S} s; CPU is that of the daemon alone, share of a core`,
    `streaming: the real Codex, an answer of ${STREAM_S} s, one word in ${WORD_MS} ms`,
    'pop-up: `codex-voice attach --popup` spawned -> xdotool sees the window of xterm; baseline: xterm spawned directly; "shows Codex": the window has attached and has its first frame',
  ];
  return {
    figures: [
      ...(await latency(desktop.env, progress)),
      ...(await flood(desktop.env, progress, (note) => notes.push(note))),
      ...(await streaming(desktop.env, progress)),
      ...(await popups(desktop.env, (...args) => desktop.x.xdotool(...args), repeat, progress)),
    ],
    notes,
  };
}

/** A hidden terminal with a program of ours, and a window that looks at it. */
async function withTerminal<T>(
  base: NodeJS.ProcessEnv,
  program: readonly string[],
  work: (window: AttachedWindow, daemon: TestProcess) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder();
  const env = { ...base, XDG_RUNTIME_DIR: folder.path, HOME: folder.path };
  // The daemon's own options: with a larger young generation its garbage would look like growth.
  const args = [...NODE_OPTIONS, TERMINAL_DAEMON, folder.path, process.execPath, PROGRAM, ...program];
  const daemon = await startProcess(process.execPath, args, { env });
  await waitFor('the daemon', () => daemon.stdout().includes('ready'));
  const window = new AttachedWindow(env, SIZE);
  try {
    await waitFor('the first mark', () => /@\d/.test(window.raw));
    return await work(window, daemon);
  } finally {
    window.pty.kill('SIGKILL');
    await daemon.stop();
    await folder.remove();
  }
}

/** Ages of the newest line in each piece that arrives, ms. */
function ages(window: AttachedWindow): number[] {
  const found: number[] = [];
  window.pty.onData((data) => {
    const now = Number(process.hrtime.bigint()) / 1e6;
    const newest = Math.max(0, ...Array.from(data.matchAll(/@([\d.]+)@/g), ([, at]) => Number(at)));
    if (newest > 0) found.push(now - newest);
  });
  return found;
}

async function latency(env: NodeJS.ProcessEnv, progress: BenchContext['progress']): Promise<Figure[]> {
  progress('one line at a time');
  return withTerminal(env, ['lines', '0'], async (window) => {
    const seen = ages(window);
    await waitFor('the marks', () => seen.length >= MARKS, { timeout: 60_000 });
    return [figure('PTY byte -> painted, one line at a time', 'ms', seen, { aim: 20 })];
  });
}

async function flood(
  env: NodeJS.ProcessEnv,
  progress: BenchContext['progress'],
  tell: (note: string) => void,
): Promise<Figure[]> {
  progress(`${LINES_A_SECOND} lines a second for ${FLOOD_S} s`);
  return withTerminal(env, ['lines', String(LINES_A_SECOND)], async (window, daemon) => {
    await delay(3_000); // The scroll-back is full, and what compiles is compiled.
    const seen = ages(window);
    const [before, from] = [await useOf(daemon.pid), performance.now()];
    const count = lastLine(window);
    await delay(SETTLED_S * 1_000);
    const settled = await useOf(daemon.pid);
    await delay((FLOOD_S - SETTLED_S) * 1_000);
    const [after, to] = [await useOf(daemon.pid), performance.now()];
    tell(`the flood had ${Math.round(((lastLine(window) - count) * 1_000) / (to - from))} lines a second`);
    return [
      figure('PTY byte -> painted, in the flood', 'ms', seen, { aim: 20 }),
      figure('CPU daemon in the flood', '%', [(100 * (after.cpu - before.cpu)) / (to - from)]),
      figure('RSS daemon, before the flood', 'MB', [before.rss]),
      figure(`RSS daemon, after ${SETTLED_S} s of it`, 'MB', [settled.rss]),
      figure(`RSS daemon, after ${FLOOD_S} s`, 'MB', [after.rss]),
    ];
  });
}

function lastLine(window: AttachedWindow): number {
  return Math.max(0, ...Array.from(window.text.matchAll(/line (\d+) /g), ([, count]) => Number(count)));
}

async function streaming(env: NodeJS.ProcessEnv, progress: BenchContext['progress']): Promise<Figure[]> {
  progress(`Codex streams for ${STREAM_S} s, twice`);
  const words = Array.from(
    { length: Math.round((STREAM_S * 1_000) / WORD_MS) },
    (_, index) => `word${index} `,
  );
  const reply = () => ({ kind: 'text' as const, chunks: wordsOf(words.join(' ')), delayMs: WORD_MS });
  await using daemon = await startDaemon(env, { reply, env: { CODEX_VOICE_LOG: 'info' } });
  const share = async (): Promise<number> => {
    const asked = daemon.cli('ask', 'stream');
    await delay(1_500);
    const [before, from] = [await useOf(daemon.process.pid), performance.now()];
    await delay((STREAM_S - 3) * 1_000);
    const [after, to] = [await useOf(daemon.process.pid), performance.now()];
    await asked;
    return (100 * (after.cpu - before.cpu)) / (to - from);
  };
  await daemon.cli('ask', 'warm');
  const alone = await share();
  const window = new AttachedWindow(daemon.env, SIZE);
  await waitFor('the view', () => window.text.includes('Ctrl-] detaches'));
  const attached = await share();
  window.pty.kill('SIGKILL');
  return [
    figure('CPU daemon while Codex streams, one attached', '%', [attached], { aim: 5 }),
    figure('  nobody attached', '%', [alone]),
  ];
}

async function popups(
  env: NodeJS.ProcessEnv,
  xdotool: (...args: string[]) => Promise<string>,
  repeat: number,
  progress: BenchContext['progress'],
): Promise<Figure[]> {
  progress(`${repeat} pop-up windows`);
  const config = '[reply]\nterminal = "xterm"';
  await using daemon = await startDaemon(env, { config, env: { CODEX_VOICE_LOG: 'info' } });
  const [mapped, shown, bare]: number[][] = [[], [], []];
  // xdotool's own --sync looks twice a second.
  const seen = (name: string) =>
    waitFor(name, () => xdotool('search', '--onlyvisible', '--name', name).catch(() => ''), { every: 5 });
  for (let round = 0; round < repeat; round++) {
    const started = performance.now();
    const { command, args } = programCommand(['attach', '--popup']);
    const popup = await startProcess(command, args, { env: daemon.env });
    const window = await seen('codex-voice');
    mapped?.push(performance.now() - started);
    // It returns when the window has told the daemon that it is there.
    await popup.exited;
    shown?.push(performance.now() - started);
    await xdotool('windowclose', window);
    await waitFor('the window to be gone', async () => {
      const { stdout } = await runCli(daemon.env, 'status', '--json');
      return (JSON.parse(stdout) as { idle: boolean }).idle;
    });
    const before = performance.now();
    const xterm = await startProcess('xterm', ['-T', `bare ${round}`, '-e', 'sleep', '60'], {
      env: daemon.env,
    });
    await seen(`bare ${round}`);
    bare?.push(performance.now() - before);
    await xterm.stop();
  }
  return [
    figure('attach --popup -> window', 'ms', mapped ?? [], { baseline: bare ?? [], aim: 300 }),
    figure('attach --popup -> shows Codex', 'ms', shown ?? []),
  ];
}

async function useOf(pid: number): Promise<{ cpu: number; rss: number }> {
  const [own] = await processTree(pid);
  if (!own) throw new Error(`there is no process ${pid}`);
  return { cpu: own.cpu, rss: own.rss };
}
