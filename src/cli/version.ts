import { VERSION } from '../version.ts';
import { type JsonOption, print, printJson, table } from './output.ts';

interface VersionOptions extends JsonOption {
  verbose?: boolean;
  licences?: boolean;
}

/** The version alone without loading anything else: scripts ask for it often. */
export async function version({ json, verbose, licences }: VersionOptions): Promise<void> {
  if (licences) return printLicences();
  if (verbose) return printParts(json ?? false);
  if (json) printJson({ version: VERSION, node: process.versions.node });
  else print(VERSION);
}

async function printParts(json: boolean): Promise<void> {
  const { installedParts } = await import('../daemon/installed-parts.ts');
  const parts = await installedParts(process.env);
  if (json) printJson({ version: VERSION, node: process.versions.node, parts });
  else print(table(parts.map(({ name, version, detail = '' }) => [name, version ?? 'missing', detail])));
}

async function printLicences(): Promise<void> {
  const { licencesInside } = await import('../single-file/licences.ts');
  process.stdout.write(licencesInside());
}
