import { createHash } from 'node:crypto';
import type { Decision, PendingRequest, Question } from '../../agent/requests.ts';
import { dangersOf, fileDangers } from '../../approvals/dangers.ts';
import { OUTSIDE_PATH } from '../../approvals/program-dangers.ts';
import { exactText } from '../../text/clean.ts';
import { asks, takesOf } from '../../wording/notifications.ts';
import type { ThreadItem, UserRequest } from '../protocol.ts';
import { shellCommand } from '../script.ts';
import { fieldQuestion } from './form.ts';
import { describePermissions } from './permissions.ts';

/** The changes in the item of a file change. */
export type FileChanges = NonNullable<ThreadItem['changes']>;

export interface RequestContext {
  /** Of the project, absolute. */
  directory: string;
  /** Returns the changes of the file change with this item id; null: not reported. */
  changesOf: (item: string) => FileChanges | null;
}

/** A request without its id, hash and time. */
export type Described = Omit<PendingRequest, 'id' | 'hash' | 'at'>;

/**
 * Codex 0.169.0 accepts these for every approval, although its terminal offers others (`availableDecisions`): a lasting
 * change of its rules, and "cancel", which also ends the turn.
 */
const ALL: readonly Decision[] = ['approve', 'approve-session', 'deny'];

/** Describes a request of Codex 0.169.0 for the user. */
export function describeRequest(request: UserRequest, context: RequestContext): Described {
  switch (request.method) {
    case 'item/commandExecution/requestApproval':
      return describeCommand(request.params, context);
    case 'item/fileChange/requestApproval':
      return describeChange(request.params, context);
    case 'item/permissions/requestApproval': {
      const { cwd, reason, permissions } = request.params;
      const { lines, dangers } = describePermissions(permissions);
      const described = approval('permissions', asks.permissions, lines.join('\n'), reason, ALL);
      return {
        ...described,
        folder: cwd ?? null,
        dangers: ['grants permissions beyond one command', ...dangers],
      };
    }
    case 'item/tool/requestUserInput': {
      const questions = request.params.questions.map(
        ({ id, header, question, isOther, isSecret, options }): Question => ({
          id,
          header: exactText(header),
          text: exactText(question),
          options: (options ?? []).map(({ label, description }) => ({
            label: exactText(label),
            description: exactText(description ?? ''),
          })),
          free: isOther === true || !options || options.length === 0,
          secret: isSecret === true,
        }),
      );
      return asked('question', questions[0]?.header || asks.question, '', questions, []);
    }
    case 'mcpServer/elicitation/request':
      return describeElicitation(request.params);
    case 'unknown':
      return {
        ...approval('permissions', asks.unknown, request.params.asked, null, []),
        dangers: ['cannot be read'],
      };
  }
}

/** Returns the SHA-256 (hex) of everything that is shown to the user. */
export function hashOf({ kind, detail, folder, reason, questions }: Described): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, detail, folder, reason, questions]))
    .digest('hex');
}

type ParamsOf<M extends UserRequest['method']> = Extract<UserRequest, { method: M }>['params'];

function describeCommand(
  params: ParamsOf<'item/commandExecution/requestApproval'>,
  { directory }: RequestContext,
): Described {
  const { command, cwd, reason, networkApprovalContext: network, additionalPermissions } = params;
  const { script: what, shell } = shellCommand(command ?? '', directory);
  const windows = shell === 'posix' || shell === null ? {} : { shell };
  const stdin = params.kind === 'writeStdin';
  const title = network ? asks.network : stdin ? asks.input : asks.command;
  const permissions = additionalPermissions ? describePermissions(additionalPermissions) : null;
  const extra = [
    network ? `network: ${network.host}` : '',
    ...(permissions?.lines ?? []).map((line) => `permission: ${line}`),
  ];
  const dangers = dangersOf(what, directory, cwd ?? null, windows.shell);
  if (network) dangers.push('uses the network');
  if (permissions) dangers.push('grants permissions beyond one command', ...permissions.dangers);
  if (stdin) dangers.push('types into a running command');
  const detail = [what, ...extra].filter(Boolean).join('\n');
  const described = approval('command', title, detail, reason, ALL);
  const plain = what !== '' && shell !== null && !network && !permissions && !stdin;
  return {
    ...described,
    ...(plain && { command: what, ...windows }),
    folder: cwd ?? null,
    dangers: [...new Set(dangers)],
  };
}

function describeChange(
  { itemId, reason, grantRoot }: ParamsOf<'item/fileChange/requestApproval'>,
  { directory, changesOf }: RequestContext,
): Described {
  const changes = changesOf(itemId);
  const diffs = (changes ?? []).map(({ path, kind, diff }) => `${kind.type} ${path}\n${diff.trimEnd()}`);
  const root = grantRoot ? `lets Codex write anything below ${grantRoot} in this session` : '';
  const detail = [root, ...diffs].filter(Boolean).join('\n\n');
  const dangers = grantRoot ? ['grants permissions beyond one change'] : [];
  if (changes === null || changes.length === 0) dangers.push('cannot be read');
  for (const { path, kind } of changes ?? []) {
    if (kind.type === 'delete') dangers.push('deletes files');
    if (fileDangers(path, directory).includes(OUTSIDE_PATH)) dangers.push(OUTSIDE_PATH);
    if (/(^|[\\/])\.(git|ssh|codex|config|bashrc|profile|zshrc|npmrc|env)/.test(path))
      dangers.push('changes settings');
  }
  const described = approval('file-change', asks.change, detail, reason, ALL);
  return { ...described, folder: directory, dangers: [...new Set(dangers)] };
}

function describeElicitation({
  serverName,
  message,
  url,
  requestedSchema,
}: ParamsOf<'mcpServer/elicitation/request'>): Described {
  const { properties = {}, required = [] } = requestedSchema ?? {};
  const questions = Object.entries(properties).map(([id, field]) =>
    fieldQuestion(id, field, required.includes(id)),
  );
  const detail = [message, url].filter(Boolean).join('\n');
  // A form without fields asks for yes or no; one with fields can only be declined as a whole.
  const decisions: readonly Decision[] = questions.length === 0 ? ['approve', 'deny'] : ['deny'];
  return {
    ...asked('elicitation', asks.server(exactText(serverName)), detail, questions, decisions),
    dangers: ['is asked by another program'],
  };
}

function approval(
  kind: PendingRequest['kind'],
  title: string,
  detail: string,
  reason: string | null | undefined,
  decisions: readonly Decision[],
): Described {
  const why = reason ? exactText(reason) : null;
  return {
    kind,
    title,
    detail: exactText(detail),
    folder: null,
    reason: why,
    decisions,
    questions: [],
    dangers: [],
  };
}

function asked(
  kind: PendingRequest['kind'],
  title: string,
  message: string,
  questions: readonly Question[],
  decisions: readonly Decision[],
): Described {
  const lines = questions.map((question) =>
    [
      [question.text, takesOf(question)].filter(Boolean).join(' '),
      ...question.options.map(({ label, description }) => `- ${label}${description && `: ${description}`}`),
    ].join('\n'),
  );
  const detail = [exactText(message), ...lines].filter(Boolean).join('\n');
  return {
    kind,
    title: exactText(title),
    detail,
    folder: null,
    reason: null,
    decisions,
    questions,
    dangers: [],
  };
}
