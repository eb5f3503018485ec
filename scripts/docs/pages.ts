import { commandsSection } from './commands.ts';
import { errorsSection } from './errors.ts';
import { eventsSection, requestsSection } from './protocol.ts';
import { protocolSchema } from './protocol-schema.ts';
import { roomsSection } from './rooms.ts';
import { settingsSection } from './settings.ts';

/** The generated sections of the documentation: file, name of the section, text. */
export const SECTIONS: readonly { file: string; name: string; text: () => string }[] = [
  { file: 'docs/settings.md', name: 'settings', text: settingsSection },
  { file: 'docs/commands.md', name: 'commands', text: commandsSection },
  { file: 'docs/errors.md', name: 'errors', text: errorsSection },
  { file: 'docs/control-protocol.md', name: 'requests', text: requestsSection },
  { file: 'docs/control-protocol.md', name: 'events', text: eventsSection },
  { file: 'CONTRIBUTING.md', name: 'rooms', text: roomsSection },
];

/** The generated files of the documentation. */
export const FILES: readonly { file: string; text: () => string }[] = [
  { file: 'docs/control-protocol.schema.json', text: protocolSchema },
];

/**
 * Replaces the generated section of a page, which stands between `<!-- generated: NAME -->` and `<!-- end -->`.
 * @throws Error when the page has no such section
 */
export function withSection(page: string, name: string, text: string): string {
  const begin = `<!-- generated: ${name} (npm run docs) -->\n`;
  const from = page.indexOf(begin);
  const to = page.indexOf('\n<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`the page has no section ${begin}`);
  return `${page.slice(0, from + begin.length)}${text}${page.slice(to)}`;
}
