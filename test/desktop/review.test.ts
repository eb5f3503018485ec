import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Review } from '../../src/control/shapes.ts';
import type { Utterance } from '../../src/utterance.ts';
import {
  AFTER_THE_END,
  askDaemon,
  type Desktop,
  makeHome,
  serverKnown,
  startDaemon,
  startDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { run, type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { type Clip, clip } from '../support/speech.ts';
import { type KeyLog, openKeyLog } from '../support/x-server.ts';
import { startXfceNotifyd } from '../support/xfce4-notifyd.ts';

const SPOKEN = clip('sb-spk1_snt5');
/** Pauses are not the subject, so a short one ends an utterance. */
const config = (seconds: number): string => `${AFTER_THE_END}[speech]
endpoint_ms = 500
adaptive_endpoint = false

[prompt]
review = "notify"
review_seconds = ${seconds}

[reply]
terminal = "xterm"
`;

describe('what is spoken, before it is sent', () => {
  let desktop: Desktop;
  let home: TestHome;
  let daemon: TestDaemon;
  let app: KeyLog;
  let folder: TemporaryFolder;
  /** Utterances of the tests before. */
  let before: number;
  let sentBefore: number;
  let patient = false;

  beforeAll(async () => {
    desktop = await startDesktop();
    home = await makeHome();
    folder = await temporaryFolder();
    daemon = await startDaemon(desktop.env, { home, config: config(2) });
    app = await openKeyLog(desktop.x);
  });
  afterAll(async () => {
    await app?.stop();
    await daemon?.stop();
    await home?.remove();
    await folder?.remove();
    await desktop?.stop();
  });
  beforeEach(async () => {
    for (const { id } of await reviews()) await daemon.cli('review', 'cancel', id);
    await desktop.dunst.clear();
    before = (await daemon.history()).length;
    sentBefore = daemon.model.requests.length;
  });

  /** Long enough for everything that a test does by hand. */
  async function takeTime(): Promise<void> {
    if (patient) return;
    patient = true;
    await writeFile(home.config, home.settings(config(60)));
    await askDaemon(daemon.env, (client) => client.request('reload', {}));
  }

  async function say(spoken: Pick<Clip, 'path'> = SPOKEN): Promise<void> {
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await desktop.audio.play(spoken.path);
  }

  /** A synthesised voice says it; of those there are, this one is understood by the smallest model. */
  async function speak(words: string): Promise<void> {
    const path = join(folder.path, `${words.replaceAll(' ', '-')}.wav`);
    await run('flite', ['-voice', 'kal16', '-t', words, '-o', path]);
    // It begins with the first sample, and nobody speaks in the moment in which they press the key.
    const later = join(folder.path, 'later.wav');
    await run('sox', [path, later, 'pad', '0.5']);
    await say({ path: later });
  }

  const reviews = () =>
    askDaemon(
      daemon.env,
      async (client): Promise<readonly Review[]> => (await client.request('status', {})).reviews,
    );
  const inState = (state: Review['state']) =>
    waitFor(`a review that is ${state}`, async () =>
      (await reviews()).find((review) => review.state === state),
    );
  /** The bubble with this in its title, of this test. */
  const bubble = (title: string) =>
    waitFor(`a bubble with ${title}`, () =>
      desktop.notifications.sent.findLast(({ summary }) => summary.includes(title)),
    );
  const newest = async (): Promise<Utterance | undefined> => (await daemon.history())[0];
  const prompts = () => daemon.model.requests.slice(sentBefore).map(({ lastUserText }) => lastUserText);

  it('is shown with a countdown in one bubble, and then sent', async () => {
    await say();
    const review = await inState('counting');
    expect(await newest()).toMatchObject({ id: review.id, state: 'heard', prompt: review.prompt });
    expect(daemon.model.requests).toHaveLength(sentBefore);
    const [ended] = await daemon.waitForEnd(before + 1);
    expect(ended).toMatchObject({ state: 'answered', prompt: review.prompt, transcript: review.transcript });
    expect(prompts()).toEqual([review.prompt]);
    expect(ended?.timings.review).toBeGreaterThanOrEqual(2_000);
    expect(ended?.timings.delivery).toBeLessThan(2_000);
    await desktop.notifications.caughtUp();
    const shown = desktop.notifications.sent.slice(-20).filter(({ summary }) => /sent in/.test(summary));
    expect(shown.map(({ summary }) => summary)).toContain('backend · sent in 2 s');
    expect(shown[0]?.actions).toEqual(['send', 'Send', 'edit', 'Edit', 'cancel', 'Cancel']);
    const last = desktop.notifications.sent.slice(-3);
    await waitFor('the ids of the bubble', () => last.every(({ id }) => id !== null));
    const told = last.map(({ id, summary }) => `${id} ${summary}`).join('\n');
    expect(new Set(last.map(({ id }) => id)).size, told).toBe(1);
  });

  it('goes with Send, and with Cancel it does not, unless that is taken back', async () => {
    await takeTime();
    await say();
    await inState('counting');
    await desktop.dunst.invoke('Send');
    const [sent] = await daemon.waitForEnd(before + 1);
    expect(sent?.state).toBe('answered');
    await desktop.dunst.clear();
    await say();
    await inState('counting');
    await desktop.dunst.invoke('Cancel');
    const [cancelled] = await daemon.waitForEnd(before + 2);
    expect(cancelled).toMatchObject({ state: 'cancelled', prompt: expect.stringMatching(/\w/) });
    expect(prompts()).toEqual([sent?.prompt]);
    await bubble('not sent');
    await desktop.dunst.invoke('Send again');
    const [again] = await daemon.waitForEnd(before + 3);
    expect(again).toMatchObject({ state: 'answered', prompt: cancelled?.prompt });
  });

  it('is cancelled with the cancel key, which is the app’s own at other times', async () => {
    await takeTime();
    await app.focus();
    await say();
    await inState('counting');
    await desktop.x.xdotool('key', 'Escape');
    const [last] = await daemon.waitForEnd(before + 1);
    expect(last?.state).toBe('cancelled');
    expect(await app.typed()).toBe('');
    await desktop.x.xdotool('key', 'Escape');
    await waitFor('Escape in the app', async () => (await app.typed()) === '\x1b');
    expect(prompts()).toEqual([]);
  });

  it('is edited in a terminal window; closing that sends nothing and puts the countdown back', async () => {
    await takeTime();
    await say();
    await inState('counting');
    await desktop.dunst.invoke('Edit');
    const first = await editor();
    await desktop.x.xdotool('windowclose', first);
    await waitFor('it to be gone', async () => (await editors()) === '');
    await inState('counting');
    await desktop.dunst.invoke('Edit');
    const window = await editor();
    await desktop.x.xdotool('windowfocus', window);
    // Escape is the editor's now, and so are the keys of readline.
    await desktop.x.xdotool('key', 'ctrl+u');
    await desktop.x.xdotool('type', '--delay', '20', 'run the vests');
    await desktop.x.xdotool('key', 'ctrl+w');
    await desktop.x.xdotool('type', '--delay', '20', 'tests');
    await desktop.x.xdotool('key', 'ctrl+j');
    await desktop.x.xdotool('type', '--delay', '20', 'and say so');
    await desktop.x.xdotool('key', 'Return');
    const [ended] = await daemon.waitForEnd(before + 1);
    expect(ended).toMatchObject({ state: 'answered', prompt: 'run the tests\nand say so' });
    expect(ended?.transcript).toMatch(/\w+ \w+ \w+/);
    expect(ended?.transcript).not.toContain('and say so');
    expect(prompts()).toEqual(['run the tests\nand say so']);
  });

  /** Its title says what it is, once the text is painted. */
  const editors = async (): Promise<string> => {
    const search = ['search', '--onlyvisible', '--name', 'before it is sent'];
    return (await desktop.x.xdotool(...search).catch(() => '')).split('\n')[0] ?? '';
  };
  const editor = () => waitFor('the window of the editor', editors);

  it('obeys "cancel" and "send it"; what is spoken otherwise is the next prompt, in order', async () => {
    await takeTime();
    await say();
    await inState('counting');
    await speak('Cancel.');
    const [heard, cancelled] = await daemon.waitForEnd(before + 2);
    expect(heard?.transcript).toMatch(/cancel/i);
    expect(cancelled).toMatchObject({ state: 'cancelled', prompt: expect.stringMatching(/\w/) });
    expect(await reviews()).toEqual([]);
    await desktop.dunst.clear();

    await say();
    const first = await inState('counting');
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await inState('stopped');
    await desktop.audio.play(clip('sb-spk2_snt1').path);
    const both = await waitFor('both', async () => {
      const all = await reviews();
      return all.length === 2 && all.every(({ state }) => state === 'counting') && all;
    });
    expect(both[0]?.id).toBe(first.id);
    // The later one is let pass, and waits for the one before it.
    await speak('Send it now, please.');
    await waitFor('the later one to wait', async () =>
      (await reviews()).some(({ state }) => state === 'confirmed'),
    );
    expect(prompts()).toEqual([]);
    expect((await daemon.cli('review', 'send', first.id.slice(0, 8))).status).toBe(0);
    await waitFor('both to be answered', async () => prompts().length === 2);
    expect(prompts()).toEqual(both.map(({ prompt }) => prompt));
  });

  it('is shown again by the next daemon after kill -9, and not sent unseen', async () => {
    await takeTime();
    await say();
    const review = await inState('counting');
    daemon.process.kill('SIGKILL');
    await daemon.process.exited;
    const old = daemon;
    daemon = await startDaemon(desktop.env, { home, config: config(60) });
    await old.model.close();
    sentBefore = 0;
    const again = await inState('counting');
    expect(again).toMatchObject({ id: review.id, prompt: review.prompt });
    expect(prompts()).toEqual([]);
    await desktop.dunst.clear();
    expect((await daemon.cli('review', 'send')).stdout).toBe('no prompts wait for review\n');
    const [ended] = await daemon.waitForEnd(before + 1);
    expect(ended).toMatchObject({ id: review.id, state: 'answered' });
    expect(prompts()).toEqual([review.prompt]);
    const { reviews: none } = await daemon.status();
    expect(none).toEqual([]);
  });

  it('has real buttons under xfce4-notifyd, in one bubble that counts down', async () => {
    await takeTime();
    await desktop.dunst.stop();
    await using notifyd = await startXfceNotifyd({ display: desktop.x.display, bus: desktop.bus });
    await serverKnown(daemon, 'Xfce');
    const button = { cancel: 0, edit: 1, send: 2 };
    const earlier = desktop.notifications.sent.length;
    const secondsShown = (): string[] => {
      const titles = desktop.notifications.sent.slice(earlier).map(({ summary }) => summary);
      return [...new Set(titles.filter((title) => title.startsWith('backend · sent in')))];
    };

    await say();
    const review = await inState('counting');
    await waitFor('two seconds to pass', () => secondsShown().length >= 3);
    const left = secondsShown().map((title) => Number(/\d+/.exec(title)));
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left[0]).toBe(60);
    expect(await notifyd.bubbles()).toBe(1);
    await notifyd.press(button.edit);
    await desktop.x.xdotool('windowfocus', await editor());
    expect(await notifyd.bubbles()).toBe(0);
    await desktop.x.xdotool('key', 'ctrl+x');
    await inState('counting');
    await notifyd.press(button.send);
    const [sent] = await daemon.waitForEnd(before + 1);
    expect(sent).toMatchObject({ state: 'answered', prompt: review.prompt });

    await say();
    await inState('counting');
    await waitFor('the bubble', () => desktop.notifications.sent.at(-1)?.summary.includes('sent in'));
    await notifyd.press(button.cancel);
    const [cancelled] = await daemon.waitForEnd(before + 2);
    expect(cancelled?.state).toBe('cancelled');
    expect(prompts()).toEqual([review.prompt]);
  });
});
