import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectStatus } from '../../src/control/results.ts';
import type { Replier } from '../../src/loopback/model.ts';
import {
  askDaemon,
  makeHome,
  NOBODY_SPEAKS,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';

describe('several projects', () => {
  let desktop: QuietDesktop;
  let home: TestHome;
  let daemon: TestDaemon;
  let web: string;
  /** Resolves when the model may answer what begins with "hold". */
  let release: PromiseWithResolvers<void>;

  const reply: Replier = async ({ lastUserText }) => {
    if (lastUserText.startsWith('hold')) await release.promise;
    return { kind: 'text', chunks: [`About: ${lastUserText}`] };
  };

  beforeAll(async () => {
    desktop = await startQuietDesktop();
  });
  afterAll(() => desktop?.stop());

  /** Starts a daemon with two projects. @param codex lines of [codex] */
  async function begin(codex = ''): Promise<void> {
    release = Promise.withResolvers();
    home = await makeHome();
    web = join(home.path, 'web');
    await mkdir(web);
    const settings = home.settings;
    // The second project comes after the first.
    Object.assign(home, {
      settings: (lines = '') =>
        `${settings(lines).replace('[codex]', `[codex]\n${codex}`)}\n[[project]]\nname = "web app"\npath = "${web}"\naliases = ["frontend"]\n`,
    });
    daemon = await startDaemon(desktop.env, { home, config: NOBODY_SPEAKS, reply });
  }

  async function end(): Promise<void> {
    release.resolve();
    await daemon?.stop();
    await home.remove();
  }

  const projects = (): Promise<readonly ProjectStatus[]> =>
    askDaemon(daemon.env, async (client) => (await client.request('projects', {})).projects);

  describe('as they are', () => {
    beforeAll(() => begin());
    afterAll(end);

    it('begin new conversations and return to old ones', async () => {
      await daemon.ask('the old topic');
      const began = await daemon.cli('new');
      expect(began).toMatchObject({ status: 0, stderr: '' });
      await daemon.ask('the new topic');
      expect(daemon.model.requests.at(-1)?.userTexts).toEqual(['the new topic']);
      const sessions = await daemon.json<{ id: string; preview: string }[]>('sessions');
      expect(sessions).toHaveLength(2);
      const old = sessions.find(({ preview }) => preview.includes('the old topic'));
      expect(await daemon.cli('resume', old?.id ?? '')).toMatchObject({ status: 0, stderr: '' });
      await daemon.ask('and on');
      expect(daemon.model.requests.at(-1)?.userTexts).toEqual(['the old topic', 'and on']);
      expect((await daemon.cli('resume', '01a00000-0000-7000-8000-000000000000')).stderr).toContain(
        '[not-found]',
      );
    });

    it('work side by side, each in its own folder and conversation, each named in its bubble', async () => {
      const before = (await daemon.history()).length;
      await daemon.begin('hold the first');
      await daemon.begin('hold the second', 'frontend');
      await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'hold the first');
      await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'hold the second');
      expect((await projects()).map(({ name, session }) => [name, session])).toEqual([
        ['backend', 'working'],
        ['web app', 'working'],
      ]);
      release.resolve();
      const ended = (await daemon.waitForEnd(before + 2)).slice(0, 2);
      expect(ended.map(({ project, rule, answer }) => [project, rule, answer]).sort()).toEqual([
        ['backend', 'default', 'About: hold the first'],
        ['web app', 'asked', 'About: hold the second'],
      ]);
      const folders = daemon.model.requests.map(({ input, lastUserText }) => [
        lastUserText,
        /<cwd>([^<]*)/.exec(JSON.stringify(input))?.[1],
      ]);
      expect(folders).toContainEqual(['hold the first', home.project]);
      expect(folders).toContainEqual(['hold the second', web]);
      await waitFor('both bubbles', () => {
        const titles = desktop.notifications.sent
          .filter(({ body }) => body.startsWith('About'))
          .map((each) => each.summary);
        return (
          titles.some((title) => title.startsWith('backend')) &&
          titles.some((title) => title.startsWith('web app'))
        );
      });
    });
  });

  describe('where not all of them have a Codex', () => {
    afterEach(end);

    it('are chosen and left again; one that is not used is parked and goes on where it was', async () => {
      await begin('pool_size = 1');
      await daemon.ask('remember one');
      expect((await daemon.cli('use', 'frontent')).stderr).toContain('[project-unknown]');
      expect((await daemon.cli('use', 'frontend')).stdout).toBe('now: web app\n');
      await daemon.ask('remember two');
      await waitFor('the first to be parked', async () => (await projects())[0]?.session === 'parked');
      const status = await daemon.status();
      expect(status).toMatchObject({ project: 'web app', session: { state: 'idle' } });
      expect((await daemon.cli('use', 'auto')).stdout).toBe('now: the focused folder, otherwise backend\n');
      const began = performance.now();
      await daemon.ask('and what was that?');
      process.stdout.write(`a parked project answered after ${Math.round(performance.now() - began)} ms\n`);
      expect(daemon.model.requests.at(-1)?.userTexts).toEqual(['remember one', 'and what was that?']);
      const rules = (await daemon.history()).map(({ project, rule }) => `${project} ${rule}`);
      expect(rules).toEqual(['backend default', 'web app chosen', 'backend default']);
    });

    it('stop Codex when nobody needed it for a while, and take it up again', async () => {
      await begin('keep_alive = false\nsession_timeout = 10');
      await daemon.ask('remember this');
      await waitFor('Codex to be parked', async () => (await projects())[0]?.session === 'parked', {
        timeout: 120_000,
      });
      await daemon.ask('still there?');
      expect(daemon.model.requests.at(-1)?.userTexts).toEqual(['remember this', 'still there?']);
    });
  });
});
