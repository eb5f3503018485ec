import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressed, switchTarget } from '../../src/interpretation/spoken-project.ts';

const PROJECTS = [
  { name: 'backend', aliases: ['back end', 'the server'] },
  { name: 'web-app', aliases: ['the web app', 'frontend'] },
  { name: 'api2', aliases: [] },
  { name: 'web', aliases: [] },
];

/** The project that is named in one way or the other; null: none. */
function spokenProject(said: string, projects: Parameters<typeof addressed>[1]) {
  return switchTarget(said, projects) ?? addressed(said, projects);
}

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
    ['Okay, so in backend, run it.', 'backend', 'Run it.'],
    // As Whisper hears it when no pause is made.
    ['In back end run the test', 'backend', 'Run the test'],
    ['On the server restart it.', 'backend', 'Restart it.'],
    ['In backend fix the login', 'backend', 'Fix the login'],
    ['In the web app what changed today?', 'web-app', 'What changed today?'],
    ['in api two can you bump the version', 'api2', 'Can you bump the version'],
    // A name alone, before what is a request.
    ['Backend, run the test.', 'backend', 'Run the test.'],
    ['Web app, what changed today?', 'web-app', 'What changed today?'],
    ['Hey backend: fix the login', 'backend', 'Fix the login'],
    ['Back-end. Add a route.', 'backend', 'Add a route.'],
  ])('%s', (said, project, prompt) => {
    expect(switchTarget(said, PROJECTS)).toBeNull();
    expect(addressed(said, PROJECTS)).toEqual({ project, prompt });
  });

  test.each([
    ['Switch to the web app.', 'web-app'],
    ['switch over to backend', 'backend'],
    ['Use back end!', 'backend'],
    ['Go to project API two.', 'api2'],
    ['please change to the server', 'backend'],
    ['Use the web project.', 'web'],
    ["Okay, let's switch to backend, please.", 'backend'],
    ['Switch to the wep app.', 'web-app'],
  ])('%s', (said, project) => {
    expect(switchTarget(said, PROJECTS)).toBe(project);
  });

  test.each([
    'In the backend folder there is a bug.',
    'In the backend folder, there is a bug.',
    'Go to the backend folder.',
    'In the backend test the login fails.',
    'In the backend update the user sees an error.',
    'On the server run by Bob there is a bug.',
    'In backends, races are common.',
    'Backend, frontend and the docs are slow.',
    'Backend, test and docs are broken.',
    'Backend is slow, run the tests.',
    'Backend run the tests.',
    'Web, like the rest of it, is old.',
    'Bakend, run the tests.',
    'Run the tests in backend.',
    'So backend?',
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
    expect(spokenProject(said, PROJECTS)).toBeNull();
  });

  test.each([
    'For example, run it.',
    'In general, run it.',
    'To test, run npm start.',
    'For now run the tests.',
  ])('a manner of speaking is no place, whatever projects are called: %s', (said) => {
    const names = ['example', 'general', 'test', 'now'].map((name) => ({ name, aliases: [] }));
    expect(spokenProject(said, names)).toBeNull();
    const [rest] = said.split(/[ ,]+/u).slice(1, 2);
    expect(spokenProject(`In the project ${rest}, run it.`, names)).toMatchObject({ project: rest });
  });

  test('a name in another spelling, and one with many words', () => {
    const names = [
      { name: 'Café', aliases: [] },
      { name: 'the big one with a long name', aliases: [] },
    ];
    expect(spokenProject('In cafe, run it.', names)).toMatchObject({ project: 'Café' });
    expect(spokenProject('In the big one with a long name, run it.', names)).toMatchObject({
      project: 'the big one with a long name',
    });
  });

  test('a digit is never a slip', () => {
    const names = [{ name: 'service-a1', aliases: [] }];
    expect(spokenProject('In service a2, run it.', names)).toBeNull();
    expect(spokenProject('In servise a1, run it.', names)).toMatchObject({ project: 'service-a1' });
  });

  test('never one of two that it could be', () => {
    const twins = [
      { name: 'service-a1', aliases: [] },
      { name: 'service-a2', aliases: [] },
    ];
    expect(spokenProject('In service a3, run it.', twins)).toBeNull();
    const same = [
      { name: 'one', aliases: ['main'] },
      { name: 'two', aliases: ['main'] },
    ];
    expect(spokenProject('In main, run it.', same)).toBeNull();
  });

  test('plain English never goes anywhere', () => {
    const list = join(import.meta.dirname, '..', 'data', 'speech', 'manifest.jsonl');
    const sentences = readFileSync(list, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { text: string }).text);
    expect(sentences.length).toBeGreaterThan(10);
    for (const sentence of sentences) expect(spokenProject(sentence, PROJECTS)).toBeNull();
  });
});
