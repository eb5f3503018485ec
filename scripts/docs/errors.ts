import { ERRORS, type ErrorCode, exitStatusOf, PARTS } from '../../src/errors.ts';
import { markdownTable } from './markdown.ts';

/** Every error code, grouped by the title of its notification. */
export function errorsSection(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return (Object.keys(PARTS) as (keyof typeof PARTS)[])
    .map((part) => {
      const rows = codes
        .filter((code) => ERRORS[code].part === part)
        .map((code) => [`\`${code}\``, ERRORS[code].meaning, String(exitStatusOf(code))]);
      return `## ${PARTS[part]}\n${markdownTable(['code', 'meaning', 'exit status'], rows)}`;
    })
    .join('\n\n');
}
