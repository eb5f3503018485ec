import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { codex } from '../../src/codex/agent.ts';
import { Projects } from '../../src/delivery/projects.ts';
import { Bus } from '../../src/facts.ts';
import { Journal } from '../../src/journal/journal.ts';
import { SETTINGS, type Settings } from '../../src/settings/schema.ts';
import { StateFile } from '../../src/settings/state.ts';
import { noAgents } from '../support/no-agents.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

/** Projects whose Codex is not there, so that no process begins. */
function setUp() {
  const folder = temporaryFolder();
  const troubles: string[] = [];
  const bus = new Bus(logger);
  bus.subscribe('test', (fact) => {
    if (fact.type === 'trouble') troubles.push(fact.error.message);
  });
  const journal = Journal.open(join(folder, 'journal.sqlite'), { logger });
  onTestFinished(() => journal.close());
  const settings = (name: string, path: string): Settings =>
    SETTINGS.parse({
      project: [{ name, path: join(folder, path) }],
      codex: { command: join(folder, 'no-codex'), transport: 'app-server' },
    });
  const projects = new Projects({
    settings: settings('backend', 'a'),
    workingDirectory: folder,
    agent: codex,
    env: { HOME: folder, PATH: '' },
    folder: join(folder, 'sessions'),
    agents: noAgents.agents,
    state: new StateFile(join(folder, 'state.json'), logger),
    journal,
    bus,
    logger,
  });
  return { projects, settings, troubles };
}

it('a session is begun anew in the folder that the settings name now', async () => {
  const { projects, settings, troubles } = setUp();
  const before = await projects.session('backend');
  projects.apply(settings('backend', 'b'));
  await waitFor('the new session', () => {
    const now = projects.running('backend');
    return now !== null && now !== before;
  });
  projects.apply(settings('web app', 'b'));
  await waitFor('the end of the old one', () => projects.running('backend') === null);
  expect(troubles).toEqual([]);
  await projects.close();
});

it('settings that come while the daemon ends do not end it before its time', async () => {
  const { projects, settings, troubles } = setUp();
  await projects.session('backend');
  projects.apply(settings('backend', 'b'));
  await projects.close();
  // An unhandled rejection would fail the run of the tests.
  for (let turn = 0; turn < 10; turn++) await soon();
  expect(troubles).toEqual([]);
});
