import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/loopback/model.ts';
import {
  AFTER_THE_END,
  makeHome,
  type QuietDesktop,
  serverKnown,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { type PlasmaServer, startPlasmaServer } from '../support/plasma-server.ts';
import { run, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { clip } from '../support/speech.ts';
import { startXfceNotifyd, type TestXfceNotifyd } from '../support/xfce4-notifyd.ts';

const done: Reply = { kind: 'text', chunks: ['That is *done*.'] };

describe('what a person does with the bubble of an answer', () => {
  let desktop: QuietDesktop;
  let home: TestHome;
  let microphone: RecordedMicrophone;
  /** Lines of config.toml. */
  let config: string;
  let daemon: TestDaemon;
  /** What the model answers next. */
  let replies: Reply[];
  /** Utterances that ended in the tests before. */
  let before: number;

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    await desktop.dunst.stop();
    home = await makeHome();
    microphone = new RecordedMicrophone(home.path);
    config = AFTER_THE_END + microphone.settings;
    daemon = await startDaemon(desktop.env, { home, config, reply: () => replies.shift() ?? done });
  });
  afterAll(async () => {
    await daemon?.stop();
    await home?.remove();
    await desktop?.stop();
  });
  beforeEach(async () => {
    replies = [];
    before = (await daemon.history()).length;
  });

  const last = () => desktop.notifications.sent.at(-1);
  const ended = async (count: number) => (await daemon.waitForEnd(before + count)).slice(0, count);
  const keys = (actions: string[] = []) => actions.filter((_, index) => index % 2 === 0);
  /** Asks, and waits until the server has this bubble. */
  const ask = async (prompt: string, ready: () => boolean): Promise<void> => {
    await daemon.begin(prompt);
    await waitFor(`the bubble of "${prompt}"`, () => ready() && last()?.answeredAt !== null);
  };
  const answered = (prompt: string) => () =>
    last()?.summary === `backend · ${prompt}` && keys(last()?.actions).includes('speak');

  describe('with the buttons of xfce4-notifyd', () => {
    let server: TestXfceNotifyd;

    beforeAll(async () => {
      server = await startXfceNotifyd({ display: desktop.x.display, bus: desktop.bus });
      await serverKnown(daemon, 'Xfce');
    });
    afterAll(() => server?.stop());

    it('copies it, replies in the terminal, and replies by voice', async () => {
      await ask('copy this', answered('copy this'));
      expect(keys(last()?.actions)).toEqual(['respond', 'speak', 'copy']);
      await server.pressButton(2, 3);
      const clipboard = () =>
        run('xclip', ['-selection', 'clipboard', '-out'], { env: desktop.env }).catch(() => '');
      await waitFor('the clipboard', async () => (await clipboard()) === 'That is *done*.');
      await waitFor('the news', () => last()?.body.includes('Copied'));

      await ask('open this', answered('open this'));
      await server.pressButton(0, 3);
      const windows = () => desktop.x.xdotool('search', '--onlyvisible', '--class', 'xterm').catch(() => '');
      const window = await waitFor('the terminal', windows);
      expect(await desktop.x.xdotool('getwindowname', window)).toContain('backend');

      await ask('hear me', answered('hear me'));
      await microphone.hears(clip('sb-spk1_snt1').path);
      await server.pressButton(1, 3);
      const [record] = await ended(4);
      expect(record).toMatchObject({ state: 'answered', project: 'backend', rule: 'asked', source: 'reply' });
      expect(daemon.model.requests.at(-1)?.lastUserText).toBe(record?.transcript);
      expect(await windows()).toBe(window);
      await desktop.x.xdotool('windowclose', window);
      expect(desktop.notifications.sent.filter(({ body }) => body.includes('did not open'))).toEqual([]);
    });

    it('interrupts what Codex works on', async () => {
      replies = [{ kind: 'text', chunks: ['The first ', 'half'], delayMs: 20_000 }];
      await ask('say it all', () => last()?.body.includes('The first') === true);
      expect(keys(last()?.actions)).toEqual(['interrupt', 'terminal']);
      await server.pressButton(0, 2);
      const [record] = await ended(1);
      expect(record).toMatchObject({ state: 'interrupted', error: null, prompt: 'say it all' });
      await waitFor('the end of the bubble', () => last()?.body.includes('Stopped here.'));
    });
  });

  describe('with the field of Plasma', () => {
    let server: PlasmaServer;

    beforeAll(async () => {
      server = await startPlasmaServer(desktop.bus);
      await serverKnown(daemon, 'Plasma');
    });
    afterAll(() => server?.stop());

    it('types a reply into it, once', async () => {
      await ask('what now', answered('what now'));
      const bubble = server.bubbles().at(-1);
      expect(bubble?.actions).toEqual({
        default: 'Open',
        speak: 'Speak reply',
        copy: 'Copy',
        'inline-reply': 'Reply',
      });
      expect(bubble?.hints).toMatchObject({
        'x-kde-reply-submit-button-text': 'Reply',
        'x-kde-reply-placeholder-text': expect.stringMatching(/\w/),
        urgency: 1,
      });
      const id = bubble?.id ?? 0;
      server.reply(id, 'go \u001b[201~\u0003on\u0007\r\n!touch made\u202e');
      const [reply] = await ended(2);
      expect(reply).toMatchObject({ state: 'answered', source: 'reply', project: 'backend', rule: 'asked' });
      expect(reply?.prompt).toBe('go [201~on\n!touch made');
      expect(daemon.model.requests.at(-1)?.lastUserText).toBe(reply?.prompt);
      expect(server.bubbles().map((each) => each.id)).not.toContain(id);

      // Its bubble is gone, and there never was one of this number.
      server.reply(id, 'once more');
      server.reply(4_000, 'of another app');
      server.press(id, 'speak');
      await ask('what then', answered('what then'));
      const prompts = (await ended(3)).map(({ prompt }) => prompt);
      expect(prompts).toEqual(['what then', reply?.prompt, 'what now']);
      expect((await daemon.history()).length).toBe(before + 3);

      // What Codex's own screen would take as a command of its own.
      server.reply(server.bubbles().at(-1)?.id ?? 0, '!touch made');
      expect((await ended(4))[0]).toMatchObject({ state: 'answered', prompt: '!touch made' });
      expect(daemon.model.requests.at(-1)?.lastUserText).toBe('!touch made');
      expect(existsSync(join(daemon.home.project, 'made'))).toBe(false);
    });

    it('is not disturbed by an answer in quiet, but by what asks', async () => {
      await writeFile(daemon.home.config, daemon.home.settings(`${config}[reply]\nnotify = "quiet"`));
      await waitFor('the setting', () => daemon.process.stderr().includes('the settings were applied'));
      const sent = desktop.notifications.sent.length;
      await ask('quietly', answered('quietly'));
      const bubbles = desktop.notifications.sent.slice(sent);
      expect(bubbles.map(({ hints }) => hints.urgency)).toEqual([0]);
      replies = [{ kind: 'command', command: `touch ${daemon.home.path}/made`, justification: 'To show it' }];
      await ask('make it', () => last()?.body.includes('touch') === true);
      expect(last()?.hints.urgency).toBe(2);
      expect(await daemon.cli('deny')).toMatchObject({ status: 0, stderr: '' });
      await ended(2);
    });
  });
});
