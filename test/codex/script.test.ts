import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../src/codex/script.ts';

describe('what the model wrote', () => {
  test.each([
    ["/bin/bash -lc 'touch a && ls'", 'touch a && ls'],
    [`/bin/bash -lc "echo \\"a b\\""`, 'echo "a b"'],
    ['bash -c ls', 'ls'],
    ['/usr/bin/zsh -lc ls', 'ls'],
    ['bash -lc ls extra', 'bash -lc ls extra'],
    ['npm test', 'npm test'],
    ['bash -x ls', 'bash -x ls'],
  ])('%s', (command, script) => {
    expect(scriptOf(command)).toBe(script);
  });
});
