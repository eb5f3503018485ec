import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectControl } from '../control/client.ts';
import type { DaemonStatus } from '../control/status.ts';
import { VoiceError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import type { BoundKey } from '../hotkey/repeat-filter.ts';
import { openHotkey } from '../hotkey/select.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';
import { findingOf, isSettled, paused, untried } from './hotkey.ts';

/** Time for the press, and from the press to the release, ms. */
interface Patience {
  press: number;
  release: number;
}
const PATIENCE: Patience = { press: 10_000, release: 5_000 };

/** The daemon reports that it listens within milliseconds of the press, ms. */
const LISTENS_MS = 1_000;

/** A key event, with the driver that reported it. `at`: performance.now() in ms. */
interface SeenKey {
  key: BoundKey;
  backend: string;
  at: number;
}

/** Reports key events until it is disposed. */
interface KeyWatch extends AsyncDisposable {
  readonly hotkey: HotkeyState | DaemonStatus['hotkey'];
  readonly keys: EventQueue<SeenKey>;
}

/**
 * Waits for a press of the listen key and reports which driver delivered it. A running daemon is asked, because it has
 * the key; what it begins to hear is discarded.
 * @param ask shows the request to press the key
 */
export async function checkPress(
  context: CheckContext,
  ask: (request: string) => void,
  signal: AbortSignal,
  patience = PATIENCE,
): Promise<Finding> {
  const { daemon } = context;
  if (daemon.state === 'silent') return untried();
  if (daemon.state === 'running' && daemon.status.stage === 'paused') return paused();
  if (daemon.state === 'running' && daemon.status.stage === 'listening') return listening();
  await using watch =
    daemon.state === 'running'
      ? await watchDaemon(context.paths.controlSocket, daemon.status.hotkey)
      : await watchOwn(context, signal);
  const { hotkey, keys } = watch;
  const key = hotkey.keys[0] ?? context.settings.hotkey.listen;
  // Only a daemon takes the calls of bindings.
  if (daemon.state !== 'running' && hotkey.state !== 'grabbed') return findingOf(hotkey, '');
  ask(`Press ${key} within ${seconds(patience.press)}. Nothing is sent to Codex.`);
  const seen = keys[Symbol.asyncIterator]();
  const started = performance.now();
  const press = await nextKey(seen, ['press', 'toggle'], patience.press, signal);
  if (press === null) {
    return nothingCame(hotkey, `No press of ${key} came within ${seconds(patience.press)}`, context.env);
  }
  const driver =
    press.backend === 'bindings' ? 'A key binding of the desktop' : `The driver ${press.backend}`;
  const pressed = `${driver} reported ${key} after ${seconds(press.at - started)}`;
  if (press.key === 'toggle') return ok(`${pressed}. It reports no release: each press starts or ends.`);
  const release = await nextKey(seen, ['release'], patience.release, signal);
  if (release !== null)
    return ok(`${pressed}, and its release ${Math.round(release.at - press.at)} ms later`);
  return warning({
    code: 'hotkey-unavailable',
    message: `${pressed}, but no release within ${seconds(patience.release)}.`,
    hint: 'If you did not hold the key, set mode = "toggle" under [hotkey] in config.toml.',
  });
}

/** Returns the next of these events; null when none comes in time. */
async function nextKey(
  seen: AsyncIterator<SeenKey, void>,
  wanted: readonly BoundKey[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SeenKey | null> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  if (late.aborted) return null;
  const ended = once(late, 'abort').then(() => null);
  for (;;) {
    const next = await Promise.race([seen.next(), ended]);
    if (!next?.value) return null;
    if (wanted.includes(next.value.key)) return next.value;
  }
}

/** Watches the keys of a daemon, and cancels the recording that each press starts. @throws VoiceError */
async function watchDaemon(path: string, hotkey: DaemonStatus['hotkey']): Promise<KeyWatch> {
  const client = await connectControl({ path, client: 'codex-voice doctor' });
  const keys = new EventQueue<SeenKey>();
  const cancelled: Promise<unknown>[] = [];
  /** Resolves when the daemon listens after the last press. */
  let begins: PromiseWithResolvers<void> | null = null;
  client.onEvent(({ event, payload }) => {
    if (event === 'hotkey') {
      if (payload.key === 'press' || payload.key === 'toggle') begins = Promise.withResolvers();
      keys.push({ ...payload, at: performance.now() });
    } else if (event === 'stage' && payload.stage === 'listening' && begins) {
      // If the daemon ends, so does the recording.
      cancelled.push(client.request('cancel', {}).catch(() => undefined));
      begins.resolve();
      begins = null;
    }
  });
  void client.closed.then(() => keys.close());
  const { events } = await client.request('subscribe', { events: ['hotkey', 'stage'] });
  if (!events.includes('hotkey')) {
    client.close();
    const message = `The daemon is codex-voice ${client.server.version}, which does not report its keys.`;
    throw new VoiceError('protocol-version', message, 'Run `codex-voice restart`.');
  }
  return {
    hotkey,
    keys,
    async [Symbol.asyncDispose]() {
      const late = new AbortController();
      const patience = delay(LISTENS_MS, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([begins?.promise, patience]);
      late.abort();
      await Promise.all(cancelled);
      client.close();
    },
  };
}

/** Grabs the key itself. */
async function watchOwn({ settings, env, logger }: CheckContext, signal: AbortSignal): Promise<KeyWatch> {
  const { listen, cancel, backend } = settings.hotkey;
  const hotkey = openHotkey({ listen, cancel, backend, env, logger });
  const keys = new EventQueue<SeenKey>();
  const settled = Promise.withResolvers<void>();
  const close = (): void => void hotkey.close();
  signal.addEventListener('abort', close, { once: true });
  const follow = async (): Promise<void> => {
    for await (const event of hotkey.events) {
      if (event.type !== 'state') keys.push({ key: event.type, backend: hotkey.state.backend, at: event.at });
      else if (isSettled(event.state)) settled.resolve();
    }
  };
  const following = follow().finally(() => {
    keys.close();
    settled.resolve();
  });
  if (isSettled(hotkey.state)) settled.resolve();
  await settled.promise;
  return {
    hotkey: hotkey.state,
    keys,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', close);
      await hotkey.close();
      await following;
    },
  };
}

function nothingCame(hotkey: KeyWatch['hotkey'], message: string, env: NodeJS.ProcessEnv): Finding {
  const { backend, state, reason } = hotkey;
  const bind = 'Run `codex-voice keys show`: it prints how to bind the key by hand.';
  if (reason)
    return failed({
      code: reason.code,
      message: `${message}. ${reason.message}`,
      hint: `${reason.hint} ${bind}`,
    });
  if (state === 'off') {
    const off = `${message}: no driver has the key, and no binding of the desktop called the daemon.`;
    return failed({ code: 'hotkey-unavailable', message: off, hint: bind });
  }
  const where =
    env.DISPLAY || env.WAYLAND_DISPLAY
      ? 'Press it on the desktop where codex-voice runs, and not in a remote desktop or virtual machine, which may keep all keys.'
      : 'This terminal belongs to no desktop: press the key on the desktop where codex-voice runs.';
  return failed({
    code: 'hotkey-unavailable',
    message: `${message}, although ${backend} has the key.`,
    hint: `${where} If it still does not come, another program takes it first: choose another key under [hotkey] in config.toml, or see \`codex-voice keys show\`.`,
  });
}

function listening(): Finding {
  return warning({
    code: 'hotkey-unavailable',
    message: 'codex-voice is listening. A press would end what is being said.',
    hint: 'Try again when it has ended.',
  });
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))} s`;
}
