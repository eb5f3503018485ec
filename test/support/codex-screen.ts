/**
 * Starts the Codex CLI of `npm ci` in a hidden terminal and waits until its screen can be read; prints the screen. Exit
 * status 0: it could, and the program ended. For systems on which the tests of the terminal do not run.
 *
 *     node test/support/codex-screen.ts
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyCodex } from '../../src/codex/binary.ts';
import { converse } from '../../src/loopback/answers.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../src/loopback/model.ts';
import { PtyTerminal } from '../../src/terminal/pty-terminal.ts';
import { silent } from './codex.ts';
import { waitFor } from './process.ts';

const command = join(import.meta.dirname, '../../node_modules/.bin/codex');
const folder = await mkdtemp(join(tmpdir(), 'codex-voice-screen-'));
const directory = join(folder, 'project');
await mkdir(directory);
const model = new LoopbackModel(converse);
await model.start();
const terminal = new PtyTerminal(silent);
try {
  const env = { ...process.env, CODEX_HOME: await writeCodexHome(join(folder, 'codex'), model.baseUrl) };
  const { path, version } = await identifyCodex(command, env);
  await terminal.load();
  terminal.start({ program: path, args: [], directory, env }, ({ exitCode }) => {
    console.log(`Codex ended with ${exitCode}`);
  });
  // It asks first whether the folder is trusted.
  await waitFor('the screen of Codex', () => /trust|OpenAI Codex/i.test(terminal.screen().join('\n')), {
    timeout: 60_000,
  });
  console.log(`Codex ${version}: ${path}`);
} finally {
  console.log(terminal.screen().join('\n').trim());
  await terminal.stop();
  await model.close();
  await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 500 });
}
