import { constants } from 'node:os';
import { setPriorities } from './set-priority.ts';

/**
 * Lets a process, and what it starts from now on, wait for whatever else the user does. Every user may do that; a system
 * that refuses it all the same (a container) is no reason to stop.
 * @param pid default: this process
 */
export function workInBackground(pid = process.pid): void {
  try {
    setPriorities(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended, or works at the ordinary priority.
  }
}
