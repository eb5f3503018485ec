import { readScreen } from '../../../src/codex/tui/screen.ts';
import type { ScreenRow } from '../../../src/terminal/hidden-terminal.ts';
import { PtyTerminal } from '../../../src/terminal/pty-terminal.ts';
import { codexBench, outcome, SessionLog, serverPid, terminalPid } from '../../support/codex.ts';
import { waitFor } from '../../support/process.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';

/** How soon Codex is back after its processes were killed, and after it was parked. */
export async function recovery({ repeat, progress }: BenchContext): Promise<SectionReport> {
  const bench = await codexBench();
  const drawn: number[] = [];
  const terminal: number[] = [];
  const server: number[] = [];
  const parked: number[] = [];
  try {
    let session = bench.session();
    let log = new SessionLog(session);
    await session.start();
    await outcome(session.submit('hello'));
    for (let round = 1; round <= repeat; round += 1) {
      const killed = terminalPid(session);
      const began = performance.now();
      process.kill(killed, 'SIGKILL');
      await waitFor('a screen', () => shows(session.terminal, killed, () => true), { every: 1 });
      drawn.push(performance.now() - began);
      await waitFor('the composer', () => shows(session.terminal, killed, takesPrompts), { every: 1 });
      terminal.push(performance.now() - began);
      // What is back takes a prompt, and a crash after a turn that went well is forgiven.
      await outcome(session.submit(`terminal ${round}`));
    }
    for (let round = 1; round <= repeat; round += 1) {
      const began = performance.now();
      process.kill(await serverPid(bench), 'SIGKILL');
      const seen = log.all.length;
      await waitFor(
        'the session',
        () => log.all.slice(seen).some((event) => event.type === 'status' && event.status.state === 'idle'),
        { every: 1 },
      );
      server.push(performance.now() - began);
      await outcome(session.submit(`server ${round}`));
    }
    for (let round = 1; round <= repeat; round += 1) {
      const { thread } = session.status;
      await session.close();
      const began = performance.now();
      session = bench.session(thread === null ? {} : { resume: thread });
      log = new SessionLog(session);
      await session.start();
      parked.push(performance.now() - began);
    }
    progress(`${repeat} of each`);
  } finally {
    await bench.close();
  }
  return {
    figures: [
      figure('terminal killed -> composer on the screen', 'ms', drawn, { aim: 100 }),
      figure('  until it takes a prompt', 'ms', terminal),
      figure('app-server killed -> session idle', 'ms', server, { aim: 1_000 }),
      figure('parked session -> takes a prompt', 'ms', parked, { aim: 700 }),
    ],
    notes: [
      'kill -9; the thread has some thirty turns',
      'Codex 0.169.0 draws its composer at once, and takes what is typed when it has loaded the conversation',
    ],
  };
}

/** True when another process than the killed one has drawn what is looked for. */
function shows(terminal: object, killed: number, what: (rows: readonly ScreenRow[]) => boolean): boolean {
  if (!(terminal instanceof PtyTerminal)) throw new Error('this is not the hidden terminal');
  const rows = terminal.rows();
  return terminal.pid !== null && terminal.pid !== killed && rows.some(isComposer) && what(rows);
}

function isComposer({ text }: ScreenRow): boolean {
  return text.startsWith('› ');
}

function takesPrompts(rows: readonly ScreenRow[]): boolean {
  return readScreen(rows).kind === 'composer';
}
