import { VoiceError } from '../errors.ts';
import { openNotifier } from '../notifications/choose-notifier.ts';
import { trial } from '../wording/notifications.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Capabilities of a notification server that this program uses. */
const USED = ['actions', 'body', 'body-markup', 'inline-reply', 'persistence'];

/** Really shows a bubble and takes it away again. */
export async function checkNotifications({ settings, env, logger }: CheckContext): Promise<Finding> {
  if (!settings.reply.notify) return ok('off ([reply] notify = false)');
  const notifier = await openNotifier({ logger, env, trusts: () => true });
  try {
    const started = performance.now();
    const shown = await notifier.show('doctor', {
      ...trial,
      urgency: 'low',
      actions: {},
      timeout: 2_000,
    });
    const ms = Math.round(performance.now() - started);
    await notifier.dismiss('doctor');
    const { backend, server = backend, capabilities, reason } = notifier.state;
    if (!shown) throw unavailable(reason ?? 'the server did not accept it');
    const used = USED.filter((each) => capabilities.includes(each));
    return ok(
      `${server}: a notification was shown after ${ms} ms and removed; it supports ${used.join(', ')}`,
    );
  } finally {
    await notifier.close();
  }
}

function unavailable(reason: string): VoiceError {
  return new VoiceError(
    'notifications-unavailable',
    `No notification can be shown: ${reason}.`,
    'Start a notification server in the desktop session, for example dunst; until then answers are in `codex-voice history`.',
  );
}
