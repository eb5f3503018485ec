import type { Activity } from '../agent/activity.ts';
import { loudness, loudnessCharacter } from '../loudness.ts';
import type { Bubble } from '../notifications/notification.ts';
import { plainOf, type RichText, type Span, shortenRich, unstyled } from '../notifications/rich-text.ts';
import { displayText } from '../text/clean.ts';
import { closeMarkdown } from '../text/close-markdown.ts';
import type { MarkdownReader } from '../text/markdown.ts';
import type { Utterance } from '../utterance.ts';
import * as messages from '../wording/notifications.ts';
import { replacingLead } from '../wording/replacing.ts';
import { bubbleMarkdown } from './markdown.ts';

/** Most servers show about ten lines, and hide the rest without a mark. */
const excerptSize = { characters: 420, lines: 10 };
/** As much as most notification servers accept. */
const fullSize = { characters: 3_900, lines: 300 };

/**
 * How long the notification of an unfinished utterance stays without updates, ms, so that it disappears if this program
 * is killed. While listening, updates come ten times a second.
 */
const listeningTimeout = 15_000;
const workingTimeout = 120_000;

/** The words so far, and their loudness. */
export interface Spoken {
  /** dBFS (RMS), the newest last. */
  levels: readonly number[];
  partial: { text: string; stable: number };
}

/** Cleans the words so far, with the length of the part that will not change. */
export function spokenSoFar(text: string, stable: number): Spoken['partial'] {
  return { text: displayText(text), stable: displayText(text.slice(0, stable)).length };
}

/** What the desktop can do. */
export interface Abilities {
  markdown: MarkdownReader | null;
  /** The server has text fields. */
  inlineReply: boolean;
  /** There is a clipboard. */
  copy: boolean;
  /** There is a program that opens texts. */
  opener: boolean;
}

/** The microphone is open: shows a meter and the words so far. Words that may still change are in italics. */
export function listeningBubble({ project }: Utterance, { levels, partial }: Spoken): Bubble {
  const { text, stable } = partial;
  const settled = text.slice(0, stable);
  const rest = text.slice(stable);
  const words: RichText =
    text === ''
      ? [[{ text: messages.speakNow, italic: true }]]
      : [[{ text: settled }, ...(rest === '' ? [] : [{ text: rest, italic: true }])]];
  const line = levels.map(loudnessCharacter).join('').trimStart();
  const percent = Math.round(100 * loudness(levels.at(-1) ?? Number.NEGATIVE_INFINITY));
  return {
    ...passing(messages.listeningTitle(project), newest(words)),
    meter: { percent, line: line || ' ' },
    timeout: listeningTimeout,
  };
}

/** The transcript is final, or nearly final. */
export function heardBubble(utterance: Utterance): Bubble {
  const { project, rule } = utterance;
  const { rich } = shortenRich(unstyled(displayText(question(utterance))), excerptSize);
  return { ...passing(messages.heardTitle(project, rule), rich), timeout: workingTimeout };
}

/** It waits behind other prompts. */
export function queuedBubble(utterance: Utterance, ahead: number): Bubble {
  const heard = heardBubble(utterance);
  return {
    ...heard,
    ...styled([...(heard.rich ?? []), [{ text: messages.queuedBehind(ahead), italic: true }]]),
    actions: { drop: messages.buttons.drop, terminal: messages.buttons.terminal },
  };
}

/**
 * Codex works on it: shows its last message and its activity.
 * @param written its last message so far
 */
export function workingBubble(
  utterance: Utterance,
  written: string,
  activity: Activity,
  markdown: MarkdownReader | null,
): Bubble {
  const { rich, whole } = shortenRich(
    bubbleMarkdown(closeMarkdown(written.slice(0, 10 * excerptSize.characters)), markdown),
    excerptSize,
  );
  const writes = activity.kind === 'writing' && rich.length > 0;
  const now: Span[] = writes
    ? whole
      ? [{ text: ' …' }]
      : []
    : [{ text: `${activity.text}…`, italic: true }];
  const lines = writes ? [...rich.slice(0, -1), [...(rich.at(-1) ?? []), ...now]] : [...rich, now];
  const { interrupt, terminal } = messages.buttons;
  return {
    ...passing(messages.answerTitle(utterance.project, question(utterance)), lines),
    actions: { interrupt, terminal },
    resident: true,
    timeout: workingTimeout,
  };
}

/** The final content of an utterance: answered, interrupted or failed. */
export function finalBubble(utterance: Utterance, abilities: Abilities): Bubble {
  const { project, state, error } = utterance;
  const answer = utterance.answer ?? '';
  const { buttons } = messages;
  if (state === 'failed') {
    const again = utterance.prompt === null ? {} : { again: buttons.again };
    const actions = { ...again, ...(answer === '' ? {} : { full: buttons.partial }) };
    const body = messages.failure(error);
    return { title: messages.failedTitle(project), body, urgency: 'critical', actions };
  }
  const { rich, whole } = shortenRich(bubbleMarkdown(answer, abilities.markdown), excerptSize);
  // Without an error, the user interrupted it.
  const cut = state === 'interrupted' && error !== null;
  const notes = [
    state === 'interrupted' && (answer === '' ? messages.interrupted.before : messages.interrupted.here),
    cut && messages.failure(error),
    state !== 'interrupted' && rich.length === 0 && messages.noWords,
  ].filter((note) => note !== false);
  const content = styled([...rich, ...notes.flatMap(unstyled)]);
  const label = buttons.full;
  const third = whole ? (abilities.copy && answer !== '' ? { copy: buttons.copy } : {}) : { full: label };
  return {
    title: messages.answerTitle(project, question(utterance)),
    ...content,
    urgency: cut ? 'critical' : 'normal',
    actions: {
      default: whole ? buttons.terminal : label,
      ...(cut ? { again: buttons.again, terminal: buttons.terminal } : repliesOf(abilities)),
      ...third,
    },
    ...(!cut && abilities.inlineReply && { reply: buttons.respond, replyHint: messages.replyHint }),
    ...(!cut && { timeout: messages.readingTime(content.body) }),
    ...(!whole && { withoutButtons: messages.restInHistory }),
  };
}

/** The complete answer; it stays until it is closed. @param note result of a button */
export function fullBubble(utterance: Utterance, abilities: Abilities, note = ''): Bubble {
  const { rich, whole } = shortenRich(bubbleMarkdown(utterance.answer ?? '', abilities.markdown), fullSize);
  const { buttons } = messages;
  const notes = [whole ? '' : messages.restInHistory, note].filter((line) => line !== '');
  return {
    title: messages.answerTitle(utterance.project, question(utterance)),
    ...styled([...rich, ...notes.map((text) => [{ text, italic: true }])]),
    urgency: 'normal',
    actions: {
      ...(abilities.copy && note === '' && { copy: buttons.copy }),
      ...(abilities.opener && { text: buttons.text }),
      terminal: buttons.terminal,
    },
    ...(abilities.inlineReply && { reply: buttons.respond, replyHint: messages.replyHint }),
    resident: true,
    timeout: 0,
  };
}

/** Asks whether to send a prompt again that may have been sent. */
export function uncertainBubble(utterance: Utterance): Bubble {
  const { again, drop, terminal } = messages.buttons;
  return {
    title: messages.uncertainTitle(utterance.project),
    body: messages.uncertain(question(utterance), utterance.error),
    urgency: 'critical',
    actions: { again, drop, terminal },
    withoutButtons: messages.againWithout(utterance.id),
    timeout: 0,
  };
}

/** The user's words, as far as they are known; those of a later correction, if there is one. */
export function question({ transcript, prompt, changes }: Utterance): string {
  if (prompt !== null && changes?.some(({ why }) => why === 'correction'))
    return prompt.slice(replacingLead(prompt));
  return transcript ?? prompt ?? '';
}

/** Without a text field, the terminal takes a typed answer. */
function repliesOf({ inlineReply }: Abilities): Record<string, string> {
  const { respond, speak } = messages.buttons;
  return { ...(!inlineReply && { respond }), speak };
}

/**
 * Content that will be replaced soon. Its urgency is normal, because Plasma and GNOME do not pop up low urgency.
 * `passing` keeps it out of their histories.
 */
function passing(title: string, rich: RichText): Bubble {
  return { title, ...styled(rich), urgency: 'normal', actions: {}, passing: true };
}

function styled(rich: RichText): { body: string; rich: RichText } {
  return { body: plainOf(rich), rich };
}

/** While the user speaks, the end matters most. */
function newest(words: RichText): RichText {
  const [line = []] = words;
  const length = line.reduce((sum, { text }) => sum + text.length, 0);
  let over = length - excerptSize.characters;
  if (over <= 0) return words;
  const kept = line.map((span) => {
    const cut = Math.min(span.text.length, Math.max(0, over));
    over -= cut;
    return cut === 0 ? span : { ...span, text: span.text.slice(cut).replace(/^\S*\s/, '') };
  });
  return [[{ text: '… ' }, ...kept]];
}
