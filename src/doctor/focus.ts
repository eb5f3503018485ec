import { projectsOf } from '../delivery/project.ts';
import { openFirst, reasonsOf } from '../drivers.ts';
import type { FocusDriver } from '../focus/active-window.ts';
import { focusDrivers } from '../focus/focus.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Names the driver that knows the active window. A desktop without one lacks nothing that is needed. */
export async function checkFocus(context: CheckContext): Promise<Finding> {
  const { settings, workingDirectory, env, paths, logger } = context;
  if (projectsOf(settings, workingDirectory).length < 2) return ok('not needed with one project');
  const drivers = focusDrivers({ env, folder: paths.runtime, logger });
  const { opened: driver, passedOver } = await openFirst(drivers, (each) => each);
  if (driver === null) {
    return ok(`unknown here, so say the project or run \`codex-voice use\` (${reasonsOf(passedOver)})`);
  }
  return ok(words(driver));
}

/** The driver, and what it does not see. */
export function words({ name, gap }: Pick<FocusDriver, 'name' | 'gap'>): string {
  if (!gap) return name;
  return name === 'x11' ? `${name}, while an X11 app has the focus: ${gap}` : `${name}: ${gap}`;
}
