import { processEnvironment } from '../desktop-session/process-environment.ts';
import { statusOrNull, stopDaemon } from './lifecycle.ts';

/** Variables that differ between desktop sessions. */
const OF_A_SESSION = ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_SESSION_ID'] as const;

/**
 * Ends a daemon that belongs to another desktop session of this user. Desktops that start their programs themselves (XDG
 * autostart) leave it running after a sign-out: it has the display and the bus of a session that is over. Its prompts stay
 * in the journal.
 * @param env of the session that starts a daemon now
 * @throws VoiceError daemon-failed when it does not stop
 */
export async function endEarlierSignIn(env: NodeJS.ProcessEnv): Promise<void> {
  const running = await statusOrNull();
  if (running === null) return;
  // systemd starts it without these, and stops it at the sign-out.
  const its = await processEnvironment(`/proc/${running.pid}`).catch((): NodeJS.ProcessEnv => ({}));
  if (!isInSession(its) || !isInSession(env)) return;
  if (OF_A_SESSION.some((name) => its[name] !== env[name])) await stopDaemon();
}

function isInSession(env: NodeJS.ProcessEnv): boolean {
  return OF_A_SESSION.some((name) => env[name]);
}
