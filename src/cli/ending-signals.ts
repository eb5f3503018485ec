/**
 * Signals that ask a program to end. Windows: SIGHUP when the console closes (the system ends the program seconds later),
 * SIGBREAK for Ctrl+Break; the other systems never send the last one. Windows sends nothing at the end of a session.
 */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;
