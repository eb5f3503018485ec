import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../files/private-files.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A file of another version is replaced. */
const VERSION = 1;
const FILE = z.object({
  version: z.literal(VERSION),
  folder: z.string(),
  terms: z.array(z.tuple([z.string(), z.enum(['name', 'file', 'user']), z.number()])),
});

/** Path of a project's words. Names of files and functions are as private as the project. */
export function cacheFile(cacheFolder: string, project: string): string {
  return join(cacheFolder, `${createHash('sha256').update(project).digest('hex').slice(0, 24)}.json`);
}

/** @throws VoiceError state-unwritable */
export function writeVocabulary(file: string, project: string, { terms }: Vocabulary): void {
  const rows = terms.map(({ written, kind, weight }) => [written, kind, Number(weight.toFixed(3))]);
  replaceFile(file, `${JSON.stringify({ version: VERSION, folder: project, terms: rows })}\n`);
}

/** Returns null when there is no file of this version. */
export async function readVocabulary(file: string): Promise<Vocabulary | null> {
  try {
    const { terms } = FILE.parse(JSON.parse(await readFile(file, 'utf8')));
    return { terms: terms.map(([written, kind, weight]) => ({ written, kind, weight })) };
  } catch {
    return null;
  }
}
