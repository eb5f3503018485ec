import { VERSION } from '../daemon/version.ts';
import { type JsonOption, print, printJson } from './output.ts';

export async function version(options: JsonOption): Promise<void> {
  if (options.json) printJson({ version: VERSION, node: process.versions.node });
  else print(VERSION);
}
