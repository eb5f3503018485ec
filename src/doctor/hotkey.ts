import type { DaemonStatus } from '../control/status.ts';
import type { Hotkey, HotkeyState } from '../hotkey/hotkey.ts';
import { openHotkey } from '../hotkey/select.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';

/** Really grabs the listen key and lets it go again; a daemon that runs is asked instead, for it has the key. */
export async function checkHotkey(context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const { daemon, settings, env, logger } = context;
  if (daemon.state === 'running') {
    if (daemon.status.stage === 'paused') return paused();
    return findingOf(daemon.status.hotkey, 'held by the daemon');
  }
  if (daemon.state === 'silent') return untried();
  const { listen, cancel, backend } = settings.hotkey;
  const started = performance.now();
  const hotkey = openHotkey({ listen, cancel, backend, env, logger });
  const close = (): void => void hotkey.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const state = await settled(hotkey);
    return findingOf(state, `grabbed in ${Math.round(performance.now() - started)} ms and released`);
  } finally {
    signal.removeEventListener('abort', close);
    await hotkey.close();
  }
}

/** Its state once it is decided. */
async function settled(hotkey: Hotkey): Promise<HotkeyState> {
  if (isSettled(hotkey.state)) return hotkey.state;
  for await (const event of hotkey.events)
    if (event.type === 'state' && isSettled(event.state)) return event.state;
  return hotkey.state;
}

/** Reports whether it is known that the key works, or why not. A driver names the keys before it has them. */
export function isSettled({ state, reason }: HotkeyState): boolean {
  return state !== 'waiting' || reason !== undefined;
}

/** @param grabbed the evidence for a key that works */
export function findingOf(hotkey: HotkeyState | DaemonStatus['hotkey'], grabbed: string): Finding {
  const { backend, keys, state, reason } = hotkey;
  const toggleOnly = 'toggle_only' in hotkey || 'toggleOnly' in hotkey;
  if (state === 'grabbed')
    return ok(
      `${keys[0]} ${grabbed} (${backend}${toggleOnly ? '; toggle only: the desktop reports no release' : ''})`,
    );
  // No desktop here, as in an SSH session: the verbs and other keys do.
  if (reason) return state === 'off' ? warning(reason) : failed(reason);
  if (state === 'off') return ok('off ([hotkey] backend = "none"); bind a key to `codex-voice toggle`');
  return warning({
    code: 'hotkey-unavailable',
    message: `${keys[0]} is not grabbed yet.`,
    hint: 'Try again in a moment.',
  });
}

export function paused(): Finding {
  return warning({
    code: 'hotkey-unavailable',
    message: 'codex-voice is paused. It has released the hotkey and does not open the microphone.',
    hint: 'To resume, run `codex-voice unpause`.',
  });
}

export function untried(): Finding {
  return warning({
    code: 'hotkey-unavailable',
    message: 'The hotkey was not tried, because the daemon may hold it and does not answer.',
    hint: 'Fix the daemon first.',
  });
}
