import type { DaemonStatus } from '../control/status.ts';
import { agent } from '../daemon/agent.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';

/**
 * The Codex CLI is there, signed in, and its app-server answers. Where a daemon runs its session has shown all that
 * already: it is asked how the session is. Nothing is typed into Codex.
 */
export async function checkCodexParts({ daemon, settings, env, logger }: CheckContext): Promise<Finding> {
  const { command, transport } = settings.codex;
  if (daemon.state === 'running') {
    const { version, path } = await agent.program(command, env);
    return sessionFinding(daemon.status.session, named(version, path));
  }
  const { version, path, proved } = await agent.check({ command, transport, env, logger });
  return ok(`${named(version, path)}: ${proved}`);
}

function sessionFinding(session: DaemonStatus['session'], program: string): Finding {
  const { state, thread, model, reason, transport, limits = [] } = session;
  if (reason) return state === 'recovering' ? warning(reason) : failed(reason);
  if (state === 'down') {
    const message = 'The Codex session is down.';
    return failed({
      code: 'codex-down',
      message,
      hint: 'Run `codex-voice restart`. The log has the reason.',
    });
  }
  if (transport === 'app-server' && limits.length > 0) {
    const hint = 'Run `codex-voice attach` to see the hidden terminal. Prompts are answered without it.';
    return warning({ code: 'codex-blocked', message: `The session is ${state}; ${limits.join('; ')}`, hint });
  }
  const facts = [`session ${state}`, model && `model ${model}`, thread && `thread ${thread}`];
  return ok(`${program}: ${facts.filter(Boolean).join(', ')}`);
}

function named(version: string, path: string): string {
  const verified = agent.verified.includes(version);
  const note = verified ? '' : ` (verified with ${agent.verified.join(' and ')})`;
  return `${version}${note}, ${path}`;
}
