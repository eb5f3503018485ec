import { type Logger, pino } from 'pino';

/** A line of a log. */
export interface LoggedLine {
  level: number;
  msg: string;
  stage?: string;
  subscriber?: string;
  fact?: string;
  err?: { message: string };
}

/** A log that is kept in memory. */
export function memoryLog(): { logger: Logger; lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}
