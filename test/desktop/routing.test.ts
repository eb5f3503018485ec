import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectControl } from '../../src/control/client.ts';
import type { ControlEvent } from '../../src/control/events.ts';
import type { ProjectStatus } from '../../src/control/results.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { converse } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import type { Utterance } from '../../src/utterance.ts';
import {
  AFTER_THE_END,
  makeHome,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { run, startProcess, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { clip } from '../support/speech.ts';

describe('where a spoken prompt goes, and why', () => {
  let desktop: QuietDesktop;
  let home: TestHome;
  let daemon: TestDaemon;
  let web: string;
  let microphone: RecordedMicrophone;
  /** Resolves when the model may answer "wait for it". */
  const waited = Promise.withResolvers<void>();

  const reply: Replier = async (request) => {
    if (request.lastUserText === 'wait for it') await waited.promise;
    return converse(request);
  };
  const start = () => startDaemon(desktop.env, { home, config: AFTER_THE_END + microphone.settings, reply });

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    home = await makeHome();
    microphone = new RecordedMicrophone(home.path);
    web = join(home.path, 'web');
    await mkdir(web);
    const settings = home.settings;
    const others = `
[[project]]
name = "web app"
path = "${web}"
aliases = ["the server"]

[[project]]
name = "gone"
path = "${join(home.path, 'gone')}"
`;
    // The first project stays the default.
    Object.assign(home, { settings: (lines = '') => settings(lines) + others });
    daemon = await start();
  });
  afterAll(async () => {
    await daemon.stop();
    await home.remove();
    await desktop.stop();
  });

  /** A recording of a synthetic voice. */
  async function spoken(words: string): Promise<string> {
    const file = join(home.path, 'spoken.wav');
    await run('espeak-ng', ['-v', 'en-us', '-s', '145', '-w', file, words]);
    return file;
  }

  const bubble = (title: string, body: string) =>
    waitFor(`the bubble ${title}`, () =>
      desktop.notifications.sent.some((sent) => sent.summary.includes(title) && sent.body.includes(body)),
    );

  const connect = async () => {
    const { controlSocket } = pathsOf({ ...process.env, ...daemon.env });
    const client = await connectControl({ path: controlSocket, client: 'test' });
    onTestFinished(() => client.close());
    return client;
  };

  const last = async (): Promise<Utterance | undefined> => (await daemon.history())[0];
  const current = async (): Promise<string | undefined> =>
    (await daemon.json<ProjectStatus[]>('projects')).find((each) => each.current)?.name;

  it('to the project that it names, without the name', async () => {
    const client = await connect();
    const events: ControlEvent[] = [];
    client.onEvent((event) => events.push(event));
    await client.request('subscribe', { events: ['transcript', 'accepted'] });
    await daemon.cli('ask', '--audio', await spoken('On the server, restart it.'));
    expect(await last()).toMatchObject({ project: 'web app', rule: 'said', state: 'answered' });
    expect((await last())?.transcript).toMatch(/^\s*on the server/i);
    expect((await last())?.prompt).toMatch(/^restart/i);
    expect(daemon.model.requests.at(-1)?.lastUserText).toMatch(/^restart/i);
    expect(events.map(({ event, payload }) => ({ event, payload }))).toEqual([
      { event: 'transcript', payload: expect.objectContaining({ project: 'web app', rule: 'said' }) },
      { event: 'accepted', payload: expect.objectContaining({ project: 'web app', rule: 'said' }) },
    ]);
    await bubble('web app · heard (said)', 'estart');
    expect((await daemon.cli('history', '-n', '1')).stdout).toContain('web app (said)');
    expect(await current()).toBe('backend');
  });

  it('to the folder of the window that has the keyboard when the key is pressed', async () => {
    const shell = ['-T', 'work', '-e', 'sh', '-c', `cd '${web}' && touch begun && exec sh -i`];
    const terminal = await startProcess('xterm', shell, {
      env: { ...process.env, ...desktop.env },
      cwd: '/',
    });
    onTestFinished(() => terminal.stop());
    await desktop.x.xdotool('search', '--sync', '--onlyvisible', '--name', '^work$');
    await waitFor('its shell', () => existsSync(join(web, 'begun')));
    await waitFor('the keyboard', async () => {
      return (await desktop.x.xdotool('getactivewindow', 'getwindowname').catch(() => '')) === 'work';
    });
    const before = (await daemon.history()).length;
    await microphone.hears(clip('sb-spk1_snt5').path);
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    const [heard] = await daemon.waitForEnd(before + 1);
    expect(heard).toMatchObject({ project: 'web app', rule: 'focused', state: 'answered', source: 'hotkey' });
    await bubble('web app · heard (focused)', 'unday');
  });

  it('to nobody, when it only chooses; the choice outlives the daemon', async () => {
    const asked = daemon.model.requests.length;
    await daemon.cli('ask', '--audio', await spoken('Switch to the web app.'));
    expect(await last()).toMatchObject({
      project: 'web app',
      rule: 'said',
      state: 'answered',
      prompt: null,
      answer: 'Now: web app',
    });
    expect(daemon.model.requests).toHaveLength(asked);
    await bubble('web app', 'Now: web app');
    await daemon.stop();
    daemon = await start();
    expect(await current()).toBe('web app');
    await daemon.ask('where am I?');
    expect(await last()).toMatchObject({ project: 'web app', rule: 'chosen' });
    await daemon.cli('use', 'auto');
    expect(await current()).toBe('backend');
  });

  it('a project whose folder is not there fails alone', async () => {
    const failed = await daemon.cli('ask', '--project', 'gone', 'hello');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('[directory-missing]');
    expect(await daemon.ask('hello', 'Backend')).toMatchObject({ state: 'answered' });
    await mkdir(join(home.path, 'gone'));
    expect(await daemon.ask('hello', 'gone')).toMatchObject({
      project: 'gone',
      rule: 'asked',
      state: 'answered',
    });
  });

  it('a name that is misspelt is told with the one that was meant', async () => {
    const refused = await daemon.cli('use', 'the sever');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('There is no project called the sever. [project-unknown]');
    expect(refused.stderr).toContain('Did you mean the server? Known projects: backend, web app, gone.');
    const asked = await daemon.cli('ask', '--project', 'nothing like it', 'hello');
    expect(asked.stderr).not.toContain('Did you mean');
  });

  it('a new conversation that a person begins in the terminal is the one that goes on', async () => {
    await daemon.ask('the old topic', 'backend');
    const client = await connect();
    const { current: before } = await client.request('sessions', { project: 'backend' });
    await client.request('attach', { columns: 100, rows: 30, project: 'backend' });
    const screen = { text: '' };
    client.onOutput((data) => {
      screen.text += data;
    });
    client.notify('terminal/input', { data: '/new' });
    // Enter that comes before the list of commands counts as part of a paste (Codex 0.169.0).
    await waitFor('the list of commands', () => screen.text.includes('start a new chat'));
    client.notify('terminal/input', { data: '\r' });
    await waitFor('the new conversation', async () => {
      const { current: now } = await client.request('sessions', { project: 'backend' });
      return now !== before;
    });
    client.notify('detach', {});
    await daemon.ask('the new topic', 'backend');
    expect(daemon.model.requests.at(-1)?.userTexts).toEqual(['the new topic']);
    expect(await daemon.cli('resume', '--project', 'backend', before ?? '')).toMatchObject({ status: 0 });
    await daemon.ask('and on', 'backend');
    expect(daemon.model.requests.at(-1)?.userTexts).toEqual(
      expect.arrayContaining(['the old topic', 'and on']),
    );
  });

  it('begins no conversation while a prompt is not answered', async () => {
    const before = (await daemon.history()).length;
    await daemon.begin('wait for it');
    await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'wait for it');
    const refused = await daemon.cli('new');
    waited.resolve();
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('[codex-busy]');
    await daemon.waitForEnd(before + 1);
    expect(await daemon.cli('new')).toMatchObject({ status: 0, stderr: '' });
  });
});
