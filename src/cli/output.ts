import { type ErrorReport, exitStatusOf, reportOf, VoiceError } from '../errors.ts';
import { lineText } from '../text/clean.ts';

/** Exit statuses a script can rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Option of every command that prints data. */
export interface JsonOption {
  json?: boolean;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Ends this process quietly, with the exit status it has so far, as soon as standard output has no reader (`| head -1`).
 * Standard error without a reader changes nothing. A full disk is reported.
 */
export function endWithoutReader(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A terminal that has closed sends SIGHUP, and its program restores it.
    if (process.stdout.isTTY) return;
    // Windows reports a pipe without a reader as EOF.
    if (error.code !== 'EPIPE' && error.code !== 'EOF') fail(outputFailed(error));
    process.exit();
  });
}

function outputFailed(cause: NodeJS.ErrnoException): VoiceError {
  if (cause.code === 'ENOSPC') {
    const hint = 'Make room, or write to another disk.';
    return new VoiceError('disk-full', 'Standard output cannot be written: the disk is full.', hint, {
      cause,
    });
  }
  const message = `Standard output cannot be written: ${cause.message}.`;
  return new VoiceError('usage', message, 'Check where the output goes.', { cause });
}

/** The value as JSON, indented for reading. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Formats an error for reading: what happened with its code, then what to do. */
export function formatReport(report: ErrorReport): string {
  return `codex-voice: ${report.message} [${report.code}]\n  ${report.hint}`;
}

/** Prints the error to stderr and sets the exit status. */
export function fail(error: unknown): void {
  const report = reportOf(error);
  process.stderr.write(`${formatReport(report)}\n`);
  process.exitCode = exitStatusOf(report.code);
}

/** Formats milliseconds: `412 ms`, `1.84 s`. */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Rows as aligned columns, two spaces apart; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** Untrusted text in one line of the user's terminal. */
export function oneLine(text: string): string {
  return lineText(text, 100);
}
