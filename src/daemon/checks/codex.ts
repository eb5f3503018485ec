import { identifyCodex, NEWEST_VERIFIED, VERIFIED_VERSION } from '../../codex/binary.ts';
import { checkCodex } from '../../codex/check.ts';
import type { DaemonStatus } from '../../control/protocol.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';

/**
 * The Codex CLI is there, signed in, and its app-server answers. Where a daemon runs its session has shown all that
 * already: it is asked how the session is. Nothing is typed into Codex.
 */
export async function checkCodexParts({ daemon, settings, env, logger }: CheckContext): Promise<Finding> {
  const { command, transport } = settings.codex;
  if (daemon.state === 'running') {
    const { version, path } = await identifyCodex(command, env);
    return sessionFinding(daemon.status.session, named(version, path));
  }
  const { version, path, readyMs } = await checkCodex(command, env, logger, transport);
  if (readyMs === null) return ok(`${named(version, path)}: used by its terminal alone, with fewer features`);
  return ok(
    `${named(version, path)}: the app-server answers after ${Math.round(readyMs)} ms, sign-in in order`,
  );
}

function sessionFinding(session: DaemonStatus['session'], program: string): Finding {
  const { state, thread, model, reason } = session;
  if (reason) return state === 'recovering' ? warning(reason) : failed(reason);
  if (state === 'down') {
    const message = 'The Codex session is down.';
    return failed({ code: 'codex-down', message, hint: 'Run `codex-voice restart`; the log says why.' });
  }
  const facts = [`session ${state}`, model && `model ${model}`, thread && `thread ${thread}`];
  return ok(`${program}: ${facts.filter(Boolean).join(', ')}`);
}

function named(version: string, path: string): string {
  const verified = [VERIFIED_VERSION, NEWEST_VERIFIED].includes(version);
  const note = verified ? '' : ` (verified with ${VERIFIED_VERSION} and ${NEWEST_VERIFIED})`;
  return `${version}${note}, ${path}`;
}
