import { Writable } from 'node:stream';
import { type Level, type Logger, multistream, pino } from 'pino';
import { messageOf } from '../errors.ts';
import { lineText } from '../text/clean.ts';
import { RollingFile } from './rolling-file.ts';

interface LogOptions {
  /** e.g. `.../codex-voice.log`; older files are `codex-voice.1.log` and so on. */
  file: string;
  /** Also write short lines to stderr, for a user who watches. */
  foreground: boolean;
  /** From CODEX_VOICE_LOG. An unknown level means info. */
  level?: string | undefined;
  /** Target of the short lines. Default: process.stderr. */
  stderr?: { write(text: string): unknown };
}

/** The log of a daemon. */
interface DaemonLog {
  logger: Logger;
  /** The logger must not be used afterwards. */
  close(): void;
}

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Size of a log file, bytes. There are at most three. */
const SIZE = 5 * 1024 * 1024;
const OLD_FILES = 2;
/** Keys whose values are removed from every log entry. */
const SECRETS = ['token', 'apiKey', 'api_key', 'authorization', 'password', 'secret'];

/**
 * Opens the log: JSON lines in private files with rotation. Each line is written before the call returns, so the last
 * words survive a crash. Callers log speech, prompts and answers only at debug or below.
 * @throws VoiceError state-unwritable
 */
export function openLog(options: LogOptions): DaemonLog {
  const level = LEVELS.includes(options.level ?? '') ? (options.level as Level) : 'info';
  const stderr = options.stderr ?? process.stderr;
  const stream = new RollingFile({
    file: options.file,
    size: SIZE,
    old: OLD_FILES,
    // A full disk must not end the daemon, and there is no log to report it in.
    onError: (error) => {
      const reason = messageOf(error);
      stderr.write(`codex-voice: the log cannot be written: ${reason}\n`);
    },
  });
  const streams = [{ stream, level }, ...(options.foreground ? [{ stream: shortLines(stderr), level }] : [])];
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)], censor: '[redacted]' },
    },
    multistream(streams),
  );
  return { logger, close: () => stream.close() };
}

/** Writes log lines in a short form for reading. */
function shortLines(stderr: { write(text: string): unknown }): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      stderr.write(shortLine(line));
      done();
    },
  });
}

interface LogLine {
  time: string;
  level: number;
  msg?: string;
  err?: { message?: string };
}

/** Formats a line of the log as `12:03:04 warn  what happened: why`. @throws SyntaxError when it is not JSON */
export function shortLine(json: string): string {
  const line = JSON.parse(json) as LogLine;
  const name = pino.levels.labels[line.level] ?? String(line.level);
  const why = line.err?.message === undefined ? '' : `: ${line.err.message}`;
  const text = lineText(`${line.msg ?? ''}${why}`);
  return `${line.time.slice(11, 19)} ${name.padEnd(5)} ${text}\n`;
}
