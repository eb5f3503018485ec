import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spokenProject } from '../../src/prompt/route.ts';

const PROJECTS = [
  { name: 'backend', aliases: ['back end', 'the server'] },
  { name: 'web-app', aliases: ['the web app', 'frontend'] },
  { name: 'api2', aliases: [] },
  { name: 'web', aliases: [] },
];

describe('a project in what was said', () => {
  test.each([
    ['In backend, run the tests.', 'backend', 'Run the tests.'],
    ['in back end, run the tests', 'backend', 'Run the tests'],
    ['In the back-end: what changed today?', 'backend', 'What changed today?'],
    ['On the server, restart it.', 'backend', 'Restart it.'],
    ['In the web app, add a button.', 'web-app', 'Add a button.'],
    ['In web app, add a button.', 'web-app', 'Add a button.'],
    ['In web, add a button.', 'web', 'Add a button.'],
    ['For the project web app add a button.', 'web-app', 'Add a button.'],
    ['In the backend project run the tests', 'backend', 'Run the tests'],
    ['in API two, bump the version', 'api2', 'Bump the version'],
    ['In frontent, fix the header.', 'web-app', 'Fix the header.'],
    ['Please in backend, run it.', 'backend', 'Run it.'],
  ])('%s', (said, project, prompt) => {
    expect(spokenProject(said, PROJECTS)).toEqual({ kind: 'prompt', project, prompt });
  });

  test.each([
    ['Switch to the web app.', 'web-app'],
    ['switch over to backend', 'backend'],
    ['Use back end!', 'backend'],
    ['Go to project API two.', 'api2'],
    ['please change to the server', 'backend'],
    ['Use the web project.', 'web'],
  ])('%s', (said, project) => {
    expect(spokenProject(said, PROJECTS)).toEqual({ kind: 'switch', project });
  });

  test.each([
    'In the backend folder there is a bug.',
    'In backend code we have a race.',
    'In the web of lies, nothing is certain.',
    'The backend is slow, run the tests.',
    'Run the tests in backend, please.',
    'Switch to the web app and add a button.',
    'Use the server to restart it.',
    'Use a backend.',
    'Switch to another branch.',
    'In short, run the tests.',
    'On the other hand, the server is fine.',
    'In wed, add a button.',
    'In backend,',
    'In backend.',
    'backend',
    '',
    'in , do it',
  ])('is no project: %j', (said) => {
    expect(spokenProject(said, PROJECTS)).toEqual({ kind: 'none' });
  });

  test('never one of two that it could be', () => {
    const twins = [
      { name: 'service-a1', aliases: [] },
      { name: 'service-a2', aliases: [] },
    ];
    expect(spokenProject('In service a3, run it.', twins)).toEqual({ kind: 'none' });
    const same = [
      { name: 'one', aliases: ['main'] },
      { name: 'two', aliases: ['main'] },
    ];
    expect(spokenProject('In main, run it.', same)).toEqual({ kind: 'none' });
  });

  test('plain English never goes anywhere', () => {
    const list = join(import.meta.dirname, '..', 'data', 'speech', 'manifest.jsonl');
    const sentences = readFileSync(list, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { text: string }).text);
    expect(sentences.length).toBeGreaterThan(10);
    for (const sentence of sentences) expect(spokenProject(sentence, PROJECTS)).toEqual({ kind: 'none' });
  });
});
