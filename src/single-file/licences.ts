import { readFileSync } from 'node:fs';
import { embedded, embeddedContent } from './embedded.ts';

/**
 * Returns the licences of everything inside the single file. In a checkout it returns only the program's own, because
 * each package has its licence beside it.
 */
export function licencesInside(): string {
  const file = embedded()?.groups.licences?.files.find(({ name }) => name === 'LICENCES.txt');
  if (file !== undefined) return new TextDecoder().decode(embeddedContent('licences', file));
  const own = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
  return `${own}\nThe packages in node_modules have their licences beside them.\n`;
}
