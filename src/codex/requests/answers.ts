import type { Answer, Decision, PendingRequest } from '../../agent/requests.ts';
import type { VoiceError } from '../../errors.ts';
import type { UserRequest } from '../protocol.ts';
import { requestUnfit } from './errors.ts';
import { fieldValue } from './form.ts';

type Answers = Readonly<Record<string, readonly string[]>>;

/** Returns the result that Codex 0.169.0 expects for this answer. @throws VoiceError request-unfit */
export function responseTo(request: UserRequest, pending: PendingRequest, answer: Answer): unknown {
  if ('decision' in answer) {
    if (!pending.decisions.includes(answer.decision)) throw unfit(pending);
    return decided(request, answer.decision);
  }
  if (pending.questions.length === 0) throw unfit(pending);
  checkNames(pending, answer.answers);
  // The schema checks the fields of a form.
  if (request.method === 'item/tool/requestUserInput') checkAnswers(pending, answer.answers);
  return answered(request, answer.answers);
}

function decided(request: UserRequest, decision: Decision): unknown {
  switch (request.method) {
    case 'item/commandExecution/requestApproval':
    case 'item/fileChange/requestApproval':
      return { decision: decision === 'deny' ? 'decline' : yes(decision) };
    case 'item/permissions/requestApproval': {
      const granted = Object.entries(request.params.permissions).filter(([, value]) => value !== null);
      const scope = decision === 'approve-session' ? 'session' : 'turn';
      return { permissions: decision === 'deny' ? {} : Object.fromEntries(granted), scope };
    }
    case 'mcpServer/elicitation/request':
      if (decision === 'deny') return { action: 'decline', content: null, _meta: null };
      return { action: 'accept', content: {}, _meta: null };
    default:
      throw new Error(`${request.method} takes no decision`);
  }
}

function yes(decision: Decision): 'accept' | 'acceptForSession' {
  return decision === 'approve-session' ? 'acceptForSession' : 'accept';
}

function answered(request: UserRequest, answers: Answers): unknown {
  if (request.method === 'item/tool/requestUserInput') {
    const given = Object.entries(answers).map(([id, each]) => [id, { answers: [...each] }]);
    return { answers: Object.fromEntries(given) };
  }
  if (request.method !== 'mcpServer/elicitation/request') throw new Error(`${request.method} asks nothing`);
  const { properties = {}, required = [] } = request.params.requestedSchema ?? {};
  const content = Object.entries(properties)
    .map(([id, field]) => [id, fieldValue(id, field, required.includes(id), answers[id])] as const)
    .filter(([, value]) => value !== undefined);
  return { action: 'accept', content: Object.fromEntries(content), _meta: null };
}

/** @throws VoiceError request-unfit for an answer to an unknown question */
function checkNames({ questions }: PendingRequest, answers: Answers): void {
  const unknown = Object.keys(answers).find((id) => !questions.some((question) => question.id === id));
  if (unknown !== undefined) {
    const known = questions.map(({ id }) => id).join(', ');
    throw requestUnfit(`There is no question ${unknown}.`, `Known questions: ${known}.`);
  }
}

/**
 * Checks that every question has one answer: one of its options or, where allowed, any text. @throws VoiceError
 * request-unfit
 */
function checkAnswers({ questions }: PendingRequest, answers: Answers): void {
  for (const { id, text, options, free } of questions) {
    const given = answers[id] ?? [];
    if (given.length === 0) {
      throw requestUnfit(`The question ${id} has no answer.`, `Answer: ${text}`);
    }
    const other = given.find((each) => !options.some(({ label }) => label === each));
    if (other !== undefined && !free) {
      const labels = options.map(({ label }) => label).join(', ');
      throw requestUnfit(`"${other}" is not one of the answers.`, `Choose one of: ${labels}.`);
    }
  }
}

function unfit({ decisions, questions }: PendingRequest): VoiceError {
  const taken = questions.length > 0 ? 'an answer in words' : decisions.join(', ');
  const hint = taken === '' ? 'Answer it in `codex-voice attach`.' : `It accepts: ${taken}.`;
  return requestUnfit('This request does not accept this answer.', hint);
}
