import type { Parts } from './parts.ts';

/**
 * True when the daemon can stop without losing work. @param attached number of clients that look at a hidden terminal
 */
export function isIdle({ loop, projects, reviews }: Parts, attached = 0): boolean {
  const silent = loop.stage.name === 'idle' || loop.stage.name === 'paused';
  return silent && !projects.busy && reviews.all.length === 0 && attached === 0;
}
