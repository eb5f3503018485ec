import type { PendingRequest, Question } from '../../control/shapes.ts';
import { exactText } from '../../text/clean.ts';
import { homePath } from '../../text/shorten.ts';
import { takesOf } from '../../wording/notifications.ts';
import { type Choice, choicesOf, markedOf } from '../input/choices.ts';
import { cellLine, clampedScroll, ends, type Line, type Look, span, wrapped } from '../painting/cells.ts';
import { commandLines, isPatch, patchLines } from '../painting/diff.ts';
import { layoutOf } from '../painting/layout.ts';
import { type State, shownRequest } from '../state.ts';
import { clockTime } from './utterance.ts';

/** The shown request; the last row has further notes. */
export function requests(state: State): Line[] {
  const { body, main } = layoutOf(state);
  const request = shownRequest(state);
  if (!request)
    return [
      [],
      [span('Nothing waits for you.', 'strong')],
      [span('What Codex asks for appears here.', 'dim')],
    ];
  const lines = requestLines(state, request, main);
  const room = Math.max(1, body - 1);
  const first = clampedScroll(state.request.scroll, lines.length, room);
  const rows = lines.slice(first, first + room);
  while (rows.length < room) rows.push([]);
  return [...rows, lastRow(state, request, lines.length - first - room)];
}

/** Number of rows of the whole request. */
export function requestRows(state: State): number {
  const request = shownRequest(state);
  // One more for the last row, which never scrolls.
  return request ? requestLines(state, request, layoutOf(state).main).length + 1 : 0;
}

function requestLines(state: State, request: PendingRequest, width: number): Line[] {
  const { project, kind, title, detail, folder, reason, dangers, questions, at } = request;
  const index = state.pending.indexOf(request) + 1;
  const place = state.pending.length > 1 ? `${index} of ${state.pending.length}` : '';
  const lines: Line[] = [
    ends([span(cellLine(project), 'dim')], [span(`${place}  ${clockTime(at)}`, 'dim')], width),
    [],
  ];
  for (const danger of dangers)
    lines.push(...wrapped([span('! ', 'bad'), span(exactText(danger), 'bad')], width));
  if (dangers.length > 0) lines.push([]);
  lines.push(...wrapped([span(exactText(title), 'strong')], width));
  if (reason) lines.push(...wrapped([span(`because: ${exactText(reason)}`)], width));
  if (folder) lines.push(...wrapped([span(`in ${exactText(homePath(folder))}`, 'dim')], width));
  if (kind !== 'question' && detail !== '') {
    const text = exactText(detail);
    lines.push(
      [],
      ...(kind === 'file-change' || isPatch(text) ? patchLines(text, width) : commandLines(text, width)),
    );
  }
  for (const [each, question] of questions.entries()) {
    lines.push([], ...questionLines(state, question, each, width));
  }
  if (questions.length === 0 && request.decisions.length === 0) {
    lines.push([], ...wrapped([span('It takes no answer here: o opens the Codex terminal.', 'warn')], width));
  }
  return lines;
}

function questionLines({ request }: State, question: Question, index: number, width: number): Line[] {
  const given = request.answers[question.id];
  const here = request.question === index;
  const takes = takesOf(question);
  const asks: Line = [
    span(exactText(question.text), here ? 'strong' : 'plain'),
    ...(takes ? [span(` ${exactText(takes)}`, 'dim')] : []),
  ];
  const lines: Line[] = [...wrapped(asks, width)];
  if (given !== undefined) {
    const shown = question.secret ? '••••' : given.join(', ') || 'left as it is';
    lines.push([span('✓ ', 'good'), span(cellLine(shown))]);
  }
  if (!here) return lines;
  const marked = markedOf(request, question);
  for (const [place, choice] of choicesOf(question).entries()) {
    const chosen = place === request.option;
    const mark = `${chosen ? '▸' : ' '} ${place < 9 ? place + 1 : ' '} `;
    const look: Look = chosen ? 'accent' : 'plain';
    const text = choiceText(choice, question, marked, look);
    const rows = wrapped(text, width - 4);
    lines.push(...rows.map((row, at): Line => [span(at === 0 ? mark : '    ', look), ...row]));
  }
  if (question.free) {
    lines.push([
      span(`  e `),
      span(question.options.length > 0 ? 'an answer of your own' : 'write the answer', 'dim'),
    ]);
  }
  return lines;
}

function choiceText(choice: Choice, { multiple }: Question, marked: readonly string[], look: Look): Line {
  switch (choice.kind) {
    case 'option': {
      const { label, description } = choice;
      const box = multiple ? (marked.includes(label) ? '[x] ' : '[ ] ') : '';
      return [
        span(box + exactText(label), look),
        ...(description ? [span(`  ${exactText(description)}`, 'dim')] : []),
      ];
    }
    case 'write':
      return [span('write the answer', look)];
    case 'done':
      return [span('done', look), span(`  ${marked.map(exactText).join(', ') || 'none'}`, 'dim')];
    case 'leave': {
      const initial = choice.initial.map(exactText).join(', ');
      return [span(initial ? `leave it at ${initial}` : 'leave it out', look)];
    }
  }
}

function lastRow({ request }: State, { dangers }: PendingRequest, below: number): Line {
  if (request.confirming && dangers.length > 0) {
    const key = request.confirming === 'approve' ? 'a' : 's';
    const careful = dangers.map(exactText).join(', ');
    return [span(`Careful: ${careful}. `, 'bad'), span(`${key} again approves, Esc leaves it.`, 'strong')];
  }
  return below > 0 ? [span(`↓ ${below} more rows`, 'warn')] : [];
}
