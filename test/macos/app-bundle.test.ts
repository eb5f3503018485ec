import { expect, test } from 'vitest';
import { pathInApp } from '../../src/macos/app-bundle.ts';

const INSIDE = 'Codex Voice.app/Contents/MacOS/codex-voice';

test.each([
  [`/Applications/${INSIDE}`, `/Applications/${INSIDE}`],
  [`/opt/homebrew/Cellar/codex-voice/0.1.0/${INSIDE}`, `/opt/homebrew/opt/codex-voice/${INSIDE}`],
  ['/usr/local/bin/codex-voice', null],
  ['/Applications/Codex Voice.app/Contents/Resources/codex-voice', null],
])('%s is started by %s', (program, path) => {
  expect(pathInApp(program)).toBe(path);
});
