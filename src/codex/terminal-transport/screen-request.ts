import type { Decision, PendingRequest } from '../codex.ts';
import type { ScreenRow } from '../composer.ts';
import { hashOf } from '../requests.ts';
import { visible } from '../visible.ts';

/** A request as the terminal shows it, and the keys that answer it. */
export interface ScreenRequest {
  request: Omit<PendingRequest, 'id' | 'at'>;
  keys: Partial<Record<Decision, string>>;
}

const QUESTION = /^ {2}(Would you like to|Do you want to|Allow )/;
const OPTION = /^[› ] (\d)\. (.+?)(?: \((\w+)\))?$/;
const ESCAPE = '\x1b';

/**
 * The approval that is on the screen (Codex 0.169.0); null: there is none. What is longer than the screen is not all
 * of it, and nobody may decide about that by voice.
 */
export function screenRequest(rows: readonly ScreenRow[], folder: string): ScreenRequest | null {
  const begins = rows.findLastIndex(({ text }) => QUESTION.test(text));
  const options = begins < 0 ? [] : rows.slice(begins).flatMap(({ text }) => optionOf(text));
  const first = rows.findIndex(({ text }, row) => row > begins && OPTION.test(text));
  if (options.length < 2 || first < 0) return null;
  const keys = keysOf(options);
  if (!keys.approve || !keys.deny) return null;
  const body = rows.slice(begins + 1, first).map(({ text }) => text.trim());
  const reason = body.find((text) => text.startsWith('Reason: '))?.slice('Reason: '.length) ?? null;
  const detail = body.filter((text) => text !== '' && !/^(Reason|Environment): /.test(text)).join('\n');
  const title = rows[begins]?.text.trim() ?? '';
  const described = {
    kind: /edit|change/i.test(title) ? ('file-change' as const) : ('command' as const),
    title: visible(title),
    detail: visible(detail.replace(/^\$ /, '')),
    folder,
    reason: reason === null ? null : visible(reason),
    decisions: (['approve', 'approve-session', 'deny'] as const).filter((each) => keys[each] !== undefined),
    questions: [],
    dangers: ['is known only as far as the terminal shows it'],
  };
  return { request: { ...described, hash: hashOf(described) }, keys };
}

interface Option {
  text: string;
  key: string;
}

function optionOf(text: string): Option[] {
  const match = OPTION.exec(text);
  return match?.[2] && match[3] ? [{ text: match[2], key: match[3] }] : [];
}

/** A lasting rule ("don't ask again for commands that start with ...") is none of the decisions. */
function keysOf(options: readonly Option[]): ScreenRequest['keys'] {
  const yes = options.find(({ text, key }) => text.startsWith('Yes') && key === 'y');
  const session = options.find(({ key }) => key === 'a');
  const no = options.find(({ text }) => text.startsWith('No'));
  return {
    ...(yes && { approve: 'y' }),
    ...(session && { 'approve-session': 'a' }),
    ...(no && { deny: no.key === 'esc' ? ESCAPE : no.key }),
  };
}
