import { setTimeout as delay } from 'node:timers/promises';
import { VoiceError } from '../errors.ts';
import { openNotifier } from '../notifications/choose-notifier.ts';
import type { Notifier } from '../notifications/notification.ts';
import { trial } from '../wording/notifications.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Capabilities of a notification server that this program uses. */
const USED = ['actions', 'body', 'body-markup', 'inline-reply', 'persistence'];

/** A program that shows toasts has started, or failed, within this time, ms. */
const STARTS_MS = 5_000;
/** A failure may be the first of those after which another way is taken. */
const MOST_TRIES = 2;

/** Really shows a bubble and takes it away again. */
export async function checkNotifications(
  { settings, env, logger, daemon }: CheckContext,
  open: typeof openNotifier = openNotifier,
): Promise<Finding> {
  if (!settings.reply.notify) return ok('off ([reply] notify = false)');
  if (daemon.state === 'running' && daemon.status.notifications.backend === 'balloon')
    return withoutButtons(daemon.status.notifications.server ?? 'balloons', IN_THE_MENU);
  const notifier = await open({ logger, env, trusts: () => true });
  try {
    const started = performance.now();
    let shown = await showTrial(notifier);
    const ms = Math.round(performance.now() - started);
    for (let tries = 1; notifier.state.backend === 'snoretoast' && tries <= MOST_TRIES; tries += 1) {
      await delay(STARTS_MS);
      if (notifier.state.reason === undefined) break;
      shown = await showTrial(notifier);
    }
    await notifier.dismiss('doctor');
    const { backend, server = backend, capabilities, reason } = notifier.state;
    if (!shown || reason !== undefined) throw unavailable(reason ?? 'the server did not accept it');
    if (backend === 'balloon') return withoutButtons(server, IN_THE_MENU);
    if (backend === 'osascript') return withoutButtons(`shown by ${server}`, FOR_BUTTONS);
    const used = USED.filter((each) => capabilities.includes(each));
    return ok(
      `${server}: a notification was shown after ${ms} ms and removed; it supports ${used.join(', ')}`,
    );
  } finally {
    await notifier.close();
  }
}

function showTrial(notifier: Notifier): Promise<boolean> {
  return notifier.show('doctor', { ...trial, urgency: 'low', actions: {}, timeout: 2_000 });
}

const IN_THE_MENU =
  'Answer requests in the menu of the tray icon, or with `codex-voice approve` and `codex-voice deny`.';
const FOR_BUTTONS =
  'Install alerter (`brew install vjeantet/tap/alerter`) or Rosetta (`softwareupdate --install-rosetta`), then run ' +
  '`codex-voice restart`. Until then, answer requests with `codex-voice approve` and `codex-voice deny`.';

/** @param hint how to answer without buttons, or how to get them */
function withoutButtons(server: string, hint: string): Finding {
  return warning({
    code: 'notifications-unavailable',
    message: `Notifications are ${server}. They have no buttons.`,
    hint,
  });
}

function unavailable(reason: string): VoiceError {
  const remedies: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'Turn them on in Settings, System, Notifications, for codex-voice as well',
    darwin: 'Allow them in System Settings, Notifications, for the program that shows them',
  };
  const remedy =
    remedies[process.platform] ?? 'Start a notification server in the desktop session, for example dunst';
  return new VoiceError(
    'notifications-unavailable',
    `No notification can be shown: ${reason}.`,
    `${remedy}; until then answers are in \`codex-voice history\`.`,
  );
}
