import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLog } from '../../src/files/log.ts';
import { CRASHED, type EndingProcess, logLastWords } from '../../src/processes/last-words.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

class FakeProcess extends EventEmitter implements EndingProcess {
  readonly exits: number[] = [];
  /** Lines that were in the log file when it ended. */
  written: { level: number; origin?: string; stage?: string; msg: string; err?: { message: string } }[] = [];
  readonly #log: string;

  constructor(log: string) {
    super();
    this.#log = log;
  }

  exit(status: number): void {
    this.exits.push(status);
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    this.written = lines.map((line) => JSON.parse(line));
  }
}

function setUp(stage: () => string = () => 'listening') {
  const file = join(temporaryFolder(), 'daemon.log');
  const log = openLog({ file, foreground: false });
  const owner = new FakeProcess(file);
  const told: string[] = [];
  const remove = logLastWords({
    logger: log.logger,
    stage,
    onFatal: () => {
      log.close();
      told.push('fatal');
    },
    process: owner,
  });
  return { owner, told, remove };
}

it.each(['uncaughtException', 'unhandledRejection'] as const)(
  'an error of %s is in the log file, with the stage, before the process ends',
  (origin) => {
    const { owner, told } = setUp();
    owner.emit(origin, new Error('a bug'));
    expect(owner.exits).toEqual([CRASHED]);
    expect(owner.written).toEqual([
      expect.objectContaining({
        level: 60,
        origin,
        stage: 'listening',
        err: expect.objectContaining({
          message: 'a bug',
          stack: expect.stringContaining('last-words.test.ts'),
        }),
      }),
    ]);
    expect(told).toEqual(['fatal']);
  },
);

it('what fails while it ends does not keep it from ending', () => {
  const { owner, told } = setUp(() => {
    throw new Error('no stage');
  });
  owner.emit('unhandledRejection', 'only a text');
  owner.emit('uncaughtException', new Error('later'));
  expect(owner.exits).toEqual([CRASHED]);
  expect(told).toEqual(['fatal']);
  expect(owner.written).toEqual([
    expect.objectContaining({
      stage: 'unknown',
      err: expect.objectContaining({ message: 'Not an error was thrown: only a text' }),
    }),
  ]);
});

it('ends the process although the last step throws', () => {
  const owner = new FakeProcess(join(temporaryFolder(), 'daemon.log'));
  const log = openLog({ file: join(temporaryFolder(), 'other.log'), foreground: false });
  const ended: number[] = [];
  owner.exit = (status) => void ended.push(status);
  logLastWords({
    logger: log.logger,
    stage: () => 'idle',
    onFatal: () => {
      log.close();
      throw new Error('no successor');
    },
    process: owner,
  });
  expect(() => owner.emit('uncaughtException', new Error('a bug'))).toThrow('no successor');
  expect(ended).toEqual([CRASHED]);
});

it('leaves no handler behind', () => {
  const { owner, remove } = setUp();
  remove();
  expect(owner.eventNames()).toEqual([]);
});
