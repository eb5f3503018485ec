import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkState } from '../../src/doctor/state.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { Journal } from '../../src/journal/journal.ts';
import { checkContext } from '../support/check-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('tells of a damaged journal until it is taken away', async () => {
  const context = { ...checkContext(), paths: pathsOf({ HOME: temporaryFolder() }) };
  const { journal } = context.paths;
  Journal.open(journal, { logger: context.logger }).close();
  expect(await checkState(context)).toMatchObject({ state: 'ok' });
  writeFileSync(journal, 'not a database. '.repeat(1_000));
  const opened = Journal.open(journal, { logger: context.logger });
  opened.close();
  expect(opened.setAside).not.toBeNull();
  expect(await checkState(context)).toMatchObject({
    state: 'warning',
    code: 'journal-failed',
    detail: expect.stringContaining(`moved to ${opened.setAside}`),
    hint: expect.stringContaining('.recover'),
  });
});
