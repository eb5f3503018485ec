import { join } from 'node:path';
import { expect } from 'vitest';
import { headless, startDaemon, type TestDaemon, type TestHome } from './desktop.ts';
import { type NotificationRecorder, recordNotifications } from './notification-recorder.ts';
import { waitFor } from './process.ts';
import { RecordedMicrophone } from './recorded-microphone.ts';
import { clip } from './speech.ts';
import { wordErrors } from './wer.ts';

const SPOKEN = clip('sb-spk1_snt5');

/** A daemon in a Wayland session, and what it hears and shows. */
export interface WaylandDaemon {
  daemon: TestDaemon;
  microphone: RecordedMicrophone;
  notifications: NotificationRecorder;
  stop(): Promise<void>;
}

interface SpokenLoop extends Omit<WaylandDaemon, 'stop'> {
  /** Presses the listen key of the desktop. */
  press: () => Promise<void>;
}

/**
 * Starts a daemon in a session.
 * @param session the environment of its compositor, with the session bus
 * @param own what this desktop alone has in its environment
 */
export async function startWaylandDaemon(
  session: NodeJS.ProcessEnv,
  home: TestHome,
  own: NodeJS.ProcessEnv,
): Promise<WaylandDaemon> {
  const { DBUS_SESSION_BUS_ADDRESS: bus = '', WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = session;
  const notifications = await recordNotifications(bus);
  const microphone = new RecordedMicrophone(home.path);
  const env = {
    ...headless(),
    ...own,
    XDG_SESSION_TYPE: 'wayland',
    // The daemon has another XDG_RUNTIME_DIR.
    WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY),
    DBUS_SESSION_BUS_ADDRESS: bus,
    DBUS_SYSTEM_BUS_ADDRESS: bus,
  };
  const daemon = await startDaemon(env, { home, config: microphone.settings });
  const stop = async (): Promise<void> => {
    await daemon.stop();
    notifications.stop();
  };
  return { daemon, microphone, notifications, stop };
}

/** The whole loop: the key is pressed, a sentence is heard and answered, and the answer is in a bubble. */
export async function expectSpokenLoop({
  daemon,
  microphone,
  notifications,
  press,
}: SpokenLoop): Promise<void> {
  const before = (await daemon.history()).length;
  await microphone.hears(SPOKEN.path);
  await press();
  const [utterance] = await daemon.waitForEnd(before + 1);
  expect(utterance).toMatchObject({ state: 'answered', source: 'hotkey' });
  const said = daemon.model.requests.at(-1)?.lastUserText ?? '';
  expect(wordErrors(SPOKEN.text, said).rate).toBeLessThan(0.2);
  const answer = (utterance?.answer ?? '').slice(0, 20);
  const bodies = () => notifications.sent.map(({ body }) => body);
  const found = waitFor('the bubble of the answer', () => bodies().some((body) => body.includes(answer)));
  await found.catch((error: Error) => {
    throw new Error(
      `${error.message}: "${answer}" in ${JSON.stringify(bodies())}\n${daemon.process.stderr()}`,
    );
  });
}

/** The key does nothing while codex-voice is paused, and is back afterwards. */
export async function expectPausedKey({
  daemon,
  press,
}: Pick<SpokenLoop, 'daemon' | 'press'>): Promise<void> {
  const state = async () => (await daemon.status()).hotkey.state;
  await daemon.cli('pause');
  await expect.poll(state).toBe('off');
  const before = (await daemon.history()).length;
  await press();
  await daemon.cli('unpause');
  await expect.poll(state).toBe('grabbed');
  expect(await daemon.history()).toHaveLength(before);
  await press();
  await daemon.waitForEnd(before + 1);
}
