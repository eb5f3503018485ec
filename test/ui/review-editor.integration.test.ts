import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlServer, createControlServer } from '../../src/control/server.ts';
import { VoiceError } from '../../src/errors.ts';
import type { Review } from '../../src/facts.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { handlers, openGate } from '../support/control-handlers.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { TmuxTerminal } from '../support/tmux.ts';

const REVIEW: Review = {
  id: 'u1',
  project: 'backend',
  rule: 'default',
  transcript: 'run the test',
  prompt: 'run the test',
  state: 'counting',
  left_s: 3,
};

/** The command in a real terminal, and a daemon that has one prompt under review. */
describe('codex-voice review edit', () => {
  let folder: TemporaryFolder;
  let terminal: TmuxTerminal;
  let server: ControlServer;
  let env: NodeJS.ProcessEnv;
  /** What the daemon was asked for. */
  let asked: [string, unknown][];
  let review: Review | null;
  let refuses = false;

  beforeEach(async () => {
    folder = await temporaryFolder();
    env = { ...process.env, HOME: folder.path, XDG_RUNTIME_DIR: folder.path, XDG_STATE_HOME: folder.path };
    asked = [];
    review = REVIEW;
    refuses = false;
    server = await daemon();
    terminal = new TmuxTerminal(env, folder.path);
    await terminal.start(80, 24);
    const program = programCommand(['review', 'edit']);
    const command = [program.command, ...program.args].map((word) => `'${word}'`).join(' ');
    await terminal.type(`clear; ${command}; echo "left with $?"`);
    await terminal.keys('Enter');
    await terminal.sees('Enter send   Esc do not send');
  });
  afterEach(async () => {
    await terminal.tmux('kill-server');
    await server.close();
    await folder.remove();
  });

  function daemon(): Promise<ControlServer> {
    const decided = (name: string) => async (params: unknown) => {
      if (refuses) throw new VoiceError('prompt-empty', 'Nothing to send.', 'Write something.');
      asked.push([name, params]);
      review = null;
      return { reviews: [] };
    };
    return createControlServer({
      path: pathsOf(env).controlSocket,
      version: '1.2.3',
      gatekeeper: openGate,
      logger: pino({ level: 'silent' }),
      handlers: handlers({
        review: async () => ({ reviews: review ? [review] : [] }),
        'review/hold': async (params) => {
          asked.push(['review/hold', params]);
          review = { ...REVIEW, state: 'editing' };
          return { review };
        },
        'review/edit': decided('review/edit'),
        'review/cancel': decided('review/cancel'),
        ask: async (params) => {
          asked.push(['ask', params]);
          return { id: 'u2', utterance: null };
        },
      }),
    });
  }

  it('sends what was typed and pasted, as real keys reach it', async () => {
    await terminal.type('s on 猫');
    await terminal.tmux('set-buffer', '\nand\tthen\x1b[2J stop\r');
    await terminal.tmux('paste-buffer', '-p');
    await terminal.sees('and    then[2J stop');
    await terminal.keys(
      'BSpace',
      'C-w',
      'C-z',
      'M-b',
      'M-d',
      'C-y',
      'Up',
      'C-Home',
      'X',
      'C-_',
      'C-e',
      'C-j',
    );
    await terminal.type('!');
    await terminal.keys('M-Enter', 'Enter', 'z');
    await terminal.sees('left with 0');
    expect(asked).toEqual([
      ['review/hold', {}],
      ['review/edit', { id: 'u1', text: 'run the tests on 猫\n!\n\nand    then[2J stop' }],
    ]);
    expect(await terminal.screen()).toMatch(/^sent$/m);
  });

  it.each([
    ['Escape', 'not sent; it is in codex-voice history', [['review/cancel', { id: 'u1' }]]],
    ['C-c', 'not sent; it is in codex-voice history', [['review/cancel', { id: 'u1' }]]],
    ['C-x', 'the countdown continues', []],
  ])('ends with %s', async (key, outcome, requests) => {
    await terminal.keys(key);
    await terminal.sees(outcome);
    await terminal.sees('left with 0');
    expect(asked.slice(1)).toEqual(requests);
  });

  it('keeps the text when the daemon refuses it, ends, or sent the prompt meanwhile', async () => {
    await terminal.type('s');
    refuses = true;
    await terminal.keys('Enter');
    await terminal.sees('Nothing to send. Write something.');
    refuses = false;
    await server.close();
    await terminal.sees('Your text is still here; waiting for the daemon.');
    await terminal.keys('Enter');
    await terminal.type(' now');
    review = REVIEW;
    server = await daemon();
    await waitFor('the next daemon to be told', () => asked.length === 2);
    expect(asked[1]).toEqual(['review/hold', { id: 'u1' }]);
    server.broadcast({ event: 'review', payload: { reviews: [] } });
    await terminal.sees('Enter sends this text as a new prompt.');
    await terminal.keys('Enter');
    await terminal.sees('left with 0');
    expect(asked.at(-1)).toEqual([
      'ask',
      { text: 'run the tests now', wait: false, project: 'backend', source: 'cli', partial: false },
    ]);
  });
});
