import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDaemon, startDesktop, type TestDaemon } from '../support/desktop.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { waitFor } from '../support/process.ts';
import { type Clip, clip } from '../support/speech.ts';
import { wordErrors } from '../support/wer.ts';
import { type KeyLog, openKeyLog } from '../support/x-server.ts';

/**
 * Ten sentences; each is one breath, so that no pause ends it before it is over. The first four have four speakers, and
 * words that the model knows: in so few, one that it mishears in any case is a tenth of them.
 */
const CLIPS = [
  'sb-spk1_snt3',
  'sb-spk2_snt5',
  'lj-0008',
  'ar-axb_a0005',
  'sb-spk1_snt1',
  'sb-spk2_snt3',
  'lj-0004',
  'ar-axb_a0004',
  'sb-spk2_snt1',
  'ar-aew_a0003',
]
  // The single file is the same program, packed, so a few sentences show whether it hears.
  .slice(0, EVERY_CASE && !process.env.CODEX_VOICE_PROGRAM ? undefined : 4)
  .map(clip);

describe('a person who presses the key and speaks', () => {
  let desktop: Desktop;
  let daemon: TestDaemon;
  let app: KeyLog;

  beforeAll(async () => {
    desktop = await startDesktop();
    daemon = await startDaemon(desktop.env);
    app = await openKeyLog(desktop.x);
  });
  afterAll(async () => {
    await app?.stop();
    await daemon?.stop();
    await desktop?.stop();
  });

  const stage = async () => (await daemon.status()).stage;

  /** Changes config.toml while the daemon runs. */
  const settings = (...lines: string[]) =>
    writeFile(daemon.home.config, daemon.home.settings(lines.join('\n')));

  /** Presses the key in the app, speaks, and falls silent. */
  async function say(spoken: Clip): Promise<void> {
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await desktop.audio.play(spoken.path);
  }

  it('gets an answer to each sentence, in one conversation', async () => {
    const before = (await daemon.history()).length;
    const asked = daemon.model.requests.length;
    const sent = desktop.notifications.sent.length;
    for (const [index, spoken] of CLIPS.entries()) {
      await say(spoken);
      await daemon.waitForEnd(before + index + 1);
    }
    const history = (await daemon.history()).toReversed().slice(before);
    expect(history.map(({ state }) => state)).toEqual(CLIPS.map(() => 'answered'));

    // What the model received, in the words that were spoken.
    const requests = daemon.model.requests.slice(asked);
    expect(requests).toHaveLength(CLIPS.length);
    const words = { errors: 0, count: 0 };
    for (const [index, { text }] of CLIPS.entries()) {
      const {
        substitutions,
        deletions,
        insertions,
        words: count,
      } = wordErrors(text, requests[index]?.lastUserText ?? '');
      words.errors += substitutions + deletions + insertions;
      words.count += count;
    }
    console.log(`WER of what the model received: ${((100 * words.errors) / words.count).toFixed(1)} %`);
    const received = requests.map(({ lastUserText }) => lastUserText).join('\n');
    expect(words.errors / words.count, received).toBeLessThanOrEqual(0.15);

    // One thread: each request carries all that was said before.
    for (const [index, { userTexts }] of requests.entries()) {
      expect(userTexts.slice(asked)).toEqual(history.slice(0, index + 1).map(({ prompt }) => prompt));
    }

    // One bubble each, which ended with the answer.
    await desktop.notifications.caughtUp();
    const notifications = desktop.notifications.sent.slice(sent);
    await waitFor('the id of each bubble', () => notifications.every(({ id }) => id !== null));
    const shown = new Map(notifications.map(({ id, body }) => [id, body]));
    for (const { answer } of history) {
      const beginning = (answer ?? '').slice(0, 40).replaceAll('"', '&quot;');
      const those = [...shown.values()].filter((body) =>
        body.replaceAll('"', '&quot;').startsWith(beginning),
      );
      expect(those).toHaveLength(1);
    }

    // The app in which the key was pressed saw nothing of it, and nobody records any more.
    expect(await app.typed()).toBe('');
    expect(await desktop.audio.sourceOutputs()).toEqual([]);
    expect(await stage()).toBe('idle');
    for (const { timings } of history) {
      expect(Object.keys(timings)).toEqual(
        expect.arrayContaining([
          'microphone',
          'speech',
          'endpoint',
          'transcription',
          'delivery',
          'first_token',
        ]),
      );
    }
  });

  it('hears nothing after Escape, which reaches the app at other times', async () => {
    const before = (await daemon.history()).length;
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await waitFor('listening', async () => (await stage()) === 'listening');
    await desktop.x.xdotool('key', 'Escape');
    const [last] = await daemon.waitForEnd(before + 1);
    expect(last).toMatchObject({ state: 'cancelled', prompt: null });
    expect(await app.typed()).toBe('');
    await desktop.x.xdotool('key', 'Escape');
    await waitFor('Escape in the app', async () => (await app.typed()) === '\x1b');
  });

  it('says nothing and is left in peace', async () => {
    const before = (await daemon.history()).length;
    const bubbles = desktop.notifications.sent.length;
    const asked = daemon.model.requests.length;
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    const [last] = await daemon.waitForEnd(before + 1);
    expect(last).toMatchObject({ state: 'empty', prompt: null });
    expect(daemon.model.requests).toHaveLength(asked);
    // It was shown that it listens, and nothing stays of that.
    const shown = desktop.notifications.sent.slice(bubbles);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every(({ summary, hints }) => summary.endsWith('listening') && hints.transient)).toBe(true);
    const id = shown.at(-1)?.id;
    await waitFor('the bubble to go', () =>
      desktop.notifications.signals.some(
        ({ member, body }) => member === 'NotificationClosed' && body[0] === id,
      ),
    );
    expect(await desktop.audio.sourceOutputs()).toEqual([]);
  });

  it('takes over new settings, and then lets go of the key to end', async () => {
    await settings('[hotkey]', 'mode = "hold"', 'listen = "Super+F9"', '[speech]', 'endpoint_ms = 5000');
    await waitFor('the new key', async () => {
      const { hotkey } = await daemon.status();
      return hotkey.keys[0] === 'Super+F9' && hotkey.state === 'grabbed';
    });
    const before = (await daemon.history()).length;
    await desktop.x.xdotool('keydown', 'super', 'keydown', 'F9');
    await desktop.audio.play(clip('sb-spk2_snt2').path);
    expect(await stage()).toBe('listening');
    await desktop.x.xdotool('keyup', 'F9', 'keyup', 'super');
    const [last] = await daemon.waitForEnd(before + 1);
    expect(last?.state).toBe('answered');
    expect(last?.timings.endpoint).toBeLessThan(5_000);
  });

  it('presses again to end', async () => {
    await settings('[speech]', 'endpoint_ms = 5000', 'adaptive_endpoint = false');
    await waitFor('the old key', async () => {
      const { hotkey } = await daemon.status();
      return hotkey.keys[0] === 'Ctrl+Alt+Space' && hotkey.state === 'grabbed';
    });
    const before = (await daemon.history()).length;
    await say(clip('sb-spk1_snt2'));
    expect(await stage()).toBe('listening');
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    const [last] = await daemon.waitForEnd(before + 1);
    expect(last?.state).toBe('answered');
    expect(last?.timings.endpoint).toBeLessThan(5_000);
  });
});
