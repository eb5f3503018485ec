import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Paths } from '../files/paths.ts';
import { replaceFile } from '../files/private-files.ts';

const CHOSEN = z.object({
  /** The model of `models use`; null: none was chosen. */
  used: z.string().nullable().default(null),
  /** The model that `whisper_model = "auto"` has picked on this machine; null: not measured yet. */
  picked: z.string().nullable().default(null),
});

/** The models chosen with `models use` or by `auto`; machine-written. */
type ChosenModels = z.infer<typeof CHOSEN>;

const NOTHING: ChosenModels = { used: null, picked: null };

/** A file that is missing or makes no sense counts as no choice. */
export function readChosenModels(paths: Pick<Paths, 'state'>): ChosenModels {
  try {
    return CHOSEN.catch(NOTHING).parse(JSON.parse(readFileSync(fileOf(paths), 'utf8')));
  } catch {
    return NOTHING; // Nothing was chosen yet, or the file was written by hand.
  }
}

/** Changes what was chosen. @throws VoiceError state-unwritable */
export function chooseModels(paths: Pick<Paths, 'state'>, change: Partial<ChosenModels>): void {
  const chosen = { ...readChosenModels(paths), ...change };
  replaceFile(fileOf(paths), `${JSON.stringify(chosen, null, 2)}\n`);
}

function fileOf({ state }: Pick<Paths, 'state'>): string {
  return join(state, 'models.json');
}
