import { constants } from 'node:os';
import { setPriorities } from './set-priority.ts';

/**
 * Gives a process and its future children the lowest priority. Every user may do that; a refusal (as in some
 * containers) is ignored.
 * @param pid default: this process
 */
export function workInBackground(pid = process.pid): void {
  try {
    setPriorities(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended, or keeps the ordinary priority.
  }
}
