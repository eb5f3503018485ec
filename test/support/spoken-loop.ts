import { expect } from 'vitest';
import type { TestDaemon } from './desktop.ts';
import type { NotificationRecorder } from './notification-recorder.ts';
import type { RecordedMicrophone } from './recorded-microphone.ts';
import { clip } from './speech.ts';
import { wordErrors } from './wer.ts';

const SPOKEN = clip('sb-spk1_snt5');

interface SpokenLoop {
  daemon: TestDaemon;
  microphone: RecordedMicrophone;
  notifications: NotificationRecorder;
  /** Presses the listen key of the desktop. */
  press: () => Promise<void>;
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
  await expect
    .poll(bodies, { message: daemon.process.stderr() })
    .toContainEqual(expect.stringContaining(answer));
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
