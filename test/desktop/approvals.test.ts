import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/control/status.ts';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Reply } from '../../src/loopback/model.ts';
import {
  NOBODY_SPEAKS,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
} from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';

const done: Reply = { kind: 'text', chunks: ['That is done.'] };

describe('what Codex asks while a person is in another app', () => {
  let desktop: QuietDesktop;
  let daemon: TestDaemon;
  /** What the model answers next. */
  let replies: Reply[];

  /** Utterances that ended in the tests before. */
  let before: number;
  let name = 0;
  let file: string;

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    daemon = await startDaemon(desktop.env, { config: NOBODY_SPEAKS, reply: () => replies.shift() ?? done });
  });
  afterAll(async () => {
    await daemon?.stop();
    await desktop?.stop();
  });
  beforeEach(async () => {
    replies = [];
    await desktop.dunst.clear();
    before = (await daemon.history()).length;
    name += 1;
    file = join(daemon.home.path, `made${name}`);
  });

  /** Has Codex ask whether it may make a file outside the project. */
  async function askToMake(): Promise<DaemonStatus['pending'][number]> {
    replies = [{ kind: 'command', command: `touch ${file}`, justification: 'To show it' }];
    await daemon.begin('make it');
    return waitFor('the request', async () => (await daemon.status()).pending[0]);
  }

  /** The bubbles of the request of this test; that of the prompt may say what runs, too. */
  const bubbles = () =>
    desktop.notifications.sent.filter(
      ({ body, actions }) => body.includes(`touch ${file}`) && actions.includes('approve'),
    );
  const bubble = () => waitFor('the bubble', () => bubbles()[0]);

  /** The utterances of this test, newest first, once so many of them have ended. */
  const ended = async (count: number) => (await daemon.waitForEnd(before + count)).slice(0, count);

  it('is approved with a button of the bubble, which goes', async () => {
    const request = await askToMake();
    expect(request).toMatchObject({ project: 'backend', kind: 'command', detail: `touch ${file}` });
    const { body, hints } = await bubble();
    expect(body).toMatch(
      /^<b>Careful: reaches outside the project\.<\/b>\n<tt>\u00a0touch .*<\/tt>\nin .*\n“To show it”$/,
    );
    expect(hints).toMatchObject({ urgency: 2 });
    await desktop.dunst.invoke('Approve');
    const [last] = await ended(1);
    expect(last).toMatchObject({ state: 'answered', answer: 'That is done.' });
    expect(existsSync(file)).toBe(true);
  });

  it('is denied with a button, and does not run', async () => {
    await askToMake();
    await bubble();
    await desktop.dunst.invoke('Deny');
    const [last] = await ended(1);
    expect(last?.state).toBe('answered');
    expect(existsSync(file)).toBe(false);
  });

  it('is looked at in a terminal window with Open, and still waits', async () => {
    const { id } = await askToMake();
    await bubble();
    await desktop.dunst.invoke('Open');
    const windows = () => desktop.x.xdotool('search', '--onlyvisible', '--class', 'xterm').catch(() => '');
    const window = await waitFor('the terminal', async () => (await windows()).split('\n').at(-1));
    await waitFor('the bubble again', () => bubbles().length === 2);
    // It would have closed with a command that failed.
    expect(await windows()).toContain(window);
    expect((await daemon.status()).pending).toMatchObject([{ id }]);
    await desktop.x.xdotool('windowclose', window);
    expect(await daemon.cli('deny', id)).toMatchObject({ status: 0, stderr: '' });
    await ended(1);
    expect(existsSync(file)).toBe(false);
  });

  it('is decided with a verb that shows it first; what is said meanwhile waits', async () => {
    const { id } = await askToMake();
    await daemon.begin('and then this');
    const status = await daemon.cli('status');
    expect(status.stdout).toContain(`codex-voice approve ${id}, or deny ${id}`);
    const refused = await daemon.cli('approve', 'nobody');
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('[request-gone]');
    const approved = await daemon.cli('approve', id);
    expect(approved).toMatchObject({ status: 0, stderr: '' });
    expect(approved.stdout).toContain(`touch ${file}`);
    const both = await ended(2);
    expect(both.map(({ state, prompt }) => `${prompt}: ${state}`)).toEqual([
      'and then this: answered',
      'make it: answered',
    ]);
    expect(existsSync(file)).toBe(true);
    expect((await daemon.cli('deny')).stderr).toContain('Codex is not asking for anything.');
  });

  it('sends a prompt again whose answer was cut off', async () => {
    replies = [{ kind: 'text', chunks: wordsOf('The first half of a long answer'), delayMs: 3_000 }];
    await daemon.begin('say it all');
    await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'say it all');
    const started = await daemon.status();
    expect(started.queue).toMatchObject([{ state: 'sending', prompt: 'say it all' }]);
    await waitFor('the first words', () =>
      desktop.notifications.sent.some(({ body }) => body.includes('The first')),
    );
    const { status } = await daemon.cli('interrupt');
    expect(status).toBe(0);
    const [cut] = await ended(1);
    expect(cut).toMatchObject({ state: 'interrupted', error: null });
    const again = await daemon.cli('queue', 'send', cut?.id ?? '');
    expect(again).toMatchObject({ status: 0, stderr: '' });
    const [second] = await ended(2);
    expect(second).toMatchObject({ state: 'answered', prompt: 'say it all' });
  });
});
