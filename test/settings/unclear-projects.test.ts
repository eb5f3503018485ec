import { expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';

function project(name: string, path: string, ...aliases: string[]): string {
  return `[[project]]\nname = ${JSON.stringify(name)}\npath = "${path}"\naliases = ${JSON.stringify(aliases)}\n`;
}

function problems(...tables: string[]): string[] {
  try {
    parseSettings(tables.join(''), '/c.toml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, key, what }) => `${line} ${key}: ${what}`);
  }
}

test('projects that can be told apart', () => {
  expect(problems(project('backend', '/a', 'back end', 'the server'), project('web', '/a/web'))).toEqual([]);
});

test.each([
  [[project('a', '/a'), project('a', '/b')], '6 project[1].name: "a" already stands for "a"'],
  [
    [project('api2', '/a'), project('b', '/b', 'x', 'API two')],
    '8 project[1].aliases[1]: "API two" already stands for "api2"',
  ],
  [
    [project('a', '/a', 'the server'), project('Server', '/b')],
    '6 project[1].name: "Server" already stands for "a"',
  ],
  [[project('a', '/same'), project('b', '/same/')], '7 project[1].path: "/same/" already stands for "a"'],
  [[project('Auto', '/a')], '2 project[0].name: "Auto" already stands for `codex-voice use auto`'],
])('%#: not these', (tables, problem) => {
  expect(problems(...tables)).toEqual([problem]);
});
