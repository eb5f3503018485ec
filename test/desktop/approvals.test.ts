import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/control/protocol.ts';
import type { Reply } from '../../src/demo/loopback-model.ts';
import { type Desktop, startDaemon, startDesktop, type TestDaemon } from '../support/desktop.ts';
import { run, temporaryFolder, waitFor } from '../support/process.ts';

const done: Reply = { kind: 'text', chunks: ['That is done.'] };

describe('what Codex asks while a person is in another app', () => {
  let desktop: Desktop;
  let daemon: TestDaemon;
  /** What the model answers next. */
  let replies: Reply[];

  beforeEach(async () => {
    replies = [];
    desktop = await startDesktop();
    daemon = await startDaemon(desktop.env, { reply: () => replies.shift() ?? done });
  });
  afterEach(async () => {
    await daemon.stop();
    await desktop.stop();
  });

  const file = (): string => join(daemon.home.path, 'made');

  /** Has Codex ask whether it may make a file outside the project. */
  async function askToMake(): Promise<DaemonStatus['pending'][number]> {
    replies = [{ kind: 'command', command: `touch ${file()}`, justification: 'To show it' }];
    const { status, stderr } = await daemon.cli('ask', '--no-wait', 'make it');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return waitFor('the request', async () => (await daemon.json<DaemonStatus>('status')).pending[0]);
  }

  it('is approved with a button of the bubble, which goes', async () => {
    const request = await askToMake();
    expect(request).toMatchObject({ project: 'backend', kind: 'command', detail: `touch ${file()}` });
    await waitFor('the bubble', () => desktop.notifications.sent.some(({ body }) => body.includes('touch ')));
    const bubble = desktop.notifications.sent.find(({ body }) => body.includes('touch '));
    expect(bubble?.body).toContain('To show it');
    await desktop.dunst.invoke('Approve');
    const [ended] = await daemon.waitForEnd(1);
    expect(ended).toMatchObject({ state: 'answered', answer: 'That is done.' });
    expect(existsSync(file())).toBe(true);
  });

  it('is denied with a button, and does not run', async () => {
    await askToMake();
    await waitFor('the bubble', () => desktop.notifications.sent.some(({ body }) => body.includes('touch ')));
    await desktop.dunst.invoke('Deny');
    const [ended] = await daemon.waitForEnd(1);
    expect(ended?.state).toBe('answered');
    expect(existsSync(file())).toBe(false);
  });

  it('is decided with a verb that shows it first; what is said meanwhile waits', async () => {
    const { id } = await askToMake();
    await daemon.cli('ask', '--no-wait', 'and then this');
    const status = await daemon.cli('status');
    expect(status.stdout).toContain(`codex-voice approve ${id} | deny ${id}`);
    const refused = await daemon.cli('approve', 'nobody');
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('[request-gone]');
    const approved = await daemon.cli('approve', id);
    expect(approved).toMatchObject({ status: 0, stderr: '' });
    expect(approved.stdout).toContain(`touch ${file()}`);
    const ended = await daemon.waitForEnd(2);
    expect(ended.map(({ state, prompt }) => `${prompt}: ${state}`)).toEqual([
      'and then this: answered',
      'make it: answered',
    ]);
    expect(existsSync(file())).toBe(true);
    expect((await daemon.cli('deny')).stderr).toContain('Codex asks for nothing.');
  });

  it('sends a prompt again whose answer was cut off', async () => {
    replies = [{ kind: 'text', chunks: ['The first ', 'half'], delayMs: 3_000 }];
    await daemon.cli('ask', '--no-wait', 'say it all');
    await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'say it all');
    const started = await daemon.json<DaemonStatus>('status');
    expect(started.queue).toMatchObject([{ state: 'sending', prompt: 'say it all' }]);
    await waitFor('the first words', () =>
      desktop.notifications.sent.some(({ body }) => body.includes('The first')),
    );
    const { status } = await daemon.cli('interrupt');
    expect(status).toBe(0);
    const [cut] = await daemon.waitForEnd(1);
    expect(cut).toMatchObject({ state: 'interrupted', error: null });
    const again = await daemon.cli('queue', 'send', cut?.id ?? '');
    expect(again).toMatchObject({ status: 0, stderr: '' });
    const [second] = await daemon.waitForEnd(2);
    expect(second).toMatchObject({ state: 'answered', prompt: 'say it all' });
  });

  it('is approved by voice where that is switched on: the whole phrase, for what was read out', async () => {
    await daemon.stop();
    const folder = await temporaryFolder();
    const bin = join(folder.path, 'bin');
    const readOut = join(folder.path, 'read');
    await mkdir(bin);
    // In front of the system's own voice, which would speak into the microphone of this desktop.
    await writeFile(join(bin, 'spd-say'), `#!/bin/sh\ncat >> '${readOut}'\n`, { mode: 0o755 });
    const env = { ...desktop.env, PATH: `${bin}:${process.env.PATH}` };
    const phrase = join(folder.path, 'phrase.wav');
    await run('espeak-ng', ['-v', 'en-us', '-s', '140', '-w', phrase, 'Yes, approve.']);
    daemon = await startDaemon(env, {
      reply: () => replies.shift() ?? done,
      config: '[approvals]\nspoken = true\n',
    });
    replies = [{ kind: 'command', command: 'touch made-here', justification: 'To show it' }];
    await daemon.cli('ask', '--no-wait', 'make it');
    const request = await waitFor('the request', async () => {
      return (await daemon.json<DaemonStatus>('status')).pending[0];
    });
    expect(request.dangers).toEqual([]);
    await waitFor('it to be read out', async () => {
      return (await readFile(readOut, 'utf8').catch(() => '')).includes('touch made-here');
    });
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await desktop.audio.play(phrase);
    const ended = await daemon.waitForEnd(2);
    expect(ended.find(({ source }) => source === 'hotkey')).toMatchObject({
      state: 'cancelled',
      prompt: null,
    });
    expect(ended.find(({ source }) => source === 'cli')).toMatchObject({ state: 'answered' });
    expect(existsSync(join(daemon.home.project, 'made-here'))).toBe(true);
    expect(
      daemon.model.requests.some(({ userTexts }) => userTexts.some((text) => /approve/i.test(text))),
    ).toBe(false);
    await folder.remove();
  });
});
