import { describe, expect, it } from 'vitest';
import type { TrayEntry } from '../../src/tray/tray.ts';
import { type TrayFacts, trayView } from '../../src/tray/view.ts';
import { pendingRequest } from '../support/request.ts';

const idle: TrayFacts = {
  stage: 'idle',
  key: 'Ctrl+Alt+Space',
  projects: [{ name: 'backend', current: true, chosen: false, session: 'idle' }],
  pending: [],
  queued: 0,
  answers: [],
  trouble: null,
};
const two: TrayFacts['projects'] = [
  { name: 'backend', current: false, chosen: false, session: 'idle' },
  { name: 'web_app', current: true, chosen: true, session: 'working' },
];
const trouble = { code: 'codex-down', message: 'Codex ended.', hint: 'Look at it.' } as const;
const request = { ...pendingRequest({ id: 'r1', detail: 'npm test' }), project: 'backend' };

const entries = (some: Partial<TrayFacts>) => trayView({ ...idle, ...some }).menu;
/** What can be clicked, as lines. */
const labels = (menu: readonly TrayEntry[]): string[] =>
  menu.flatMap((entry) => ('action' in entry ? [entry.label] : []));
const find = (menu: readonly TrayEntry[], label: string) =>
  menu.find((entry) => 'label' in entry && entry.label === label);

describe('the icon', () => {
  it.each<[string, Partial<TrayFacts>]>([
    ['idle', {}],
    ['listening', { stage: 'listening', pending: [request], trouble }],
    ['asks', { pending: [request], trouble, stage: 'paused' }],
    ['error', { trouble, projects: two, stage: 'paused' }],
    ['paused', { stage: 'paused', projects: two }],
    ['working', { projects: two }],
    ['working', { stage: 'finishing' }],
    ['working', { queued: 1 }],
  ])('is %s', (icon, facts) => {
    expect(trayView({ ...idle, ...facts }).icon).toBe(icon);
  });

  it('has a tooltip that says what it means and what to do', () => {
    expect(trayView(idle).tooltip.text).toBe('Ready: Ctrl+Alt+Space to speak');
    expect(trayView({ ...idle, key: null }).tooltip.text).toBe('Ready');
    expect(trayView({ ...idle, trouble }).tooltip.text).toBe('Something is wrong\nCodex ended.\nLook at it.');
    expect(trayView({ ...idle, projects: two }).tooltip.text).toBe('Codex is working in web_app');
  });
});

describe('the menu', () => {
  it('has what can be done now', () => {
    expect(labels(entries({}))).toEqual([
      'Listen (Ctrl+Alt+Space)',
      'Pause',
      'Open terminal',
      'Open the screen',
      'Settings file',
      'Quit',
    ]);
    expect(labels(entries({ stage: 'listening' }))).toEqual(
      expect.arrayContaining(['Stop listening and send', 'Cancel']),
    );
    const paused = labels(entries({ stage: 'paused' }));
    expect(paused).toContain('Resume listening');
    expect(paused).not.toContain('Pause');
    expect(labels(entries({ projects: two }))).toContain('Stop Codex');
  });

  it('has as many separators at all times', () => {
    const counts = [{}, { projects: two, pending: [request], answers: [], trouble }].map(
      (facts) => entries(facts).filter(({ type }) => type === 'separator').length,
    );
    expect(counts).toEqual([3, 3]);
  });

  it('marks the project that was chosen, or that none was', () => {
    const chosen = find(entries({ projects: two }), 'Project: web_app');
    expect(chosen).toMatchObject({
      entries: [
        {
          label: 'Follow the focused window',
          chosen: false,
          action: { type: 'choose-project', project: null },
        },
        { label: 'backend', chosen: false, action: { type: 'choose-project', project: 'backend' } },
        { label: 'web_app', chosen: true },
      ],
    });
    const none = two.map((project) => ({ ...project, chosen: false }));
    expect(find(entries({ projects: none }), 'Project: web_app')).toMatchObject({
      entries: [{ chosen: true }, { chosen: false }, { chosen: false }],
    });
  });

  it('lists the last answers by what was asked, in one line of plain text', () => {
    const answers = [
      { id: 'a', prompt: `run\nthe \u001b[31mtests ${'again '.repeat(30)}`, transcript: null },
      { id: 'b', prompt: null, transcript: null },
    ];
    const menu = find(entries({ answers }), 'Last answers');
    const listed = menu?.type === 'submenu' ? menu.entries : [];
    expect(listed.map((entry) => 'label' in entry && entry.label)).toEqual([
      expect.stringMatching(/^run the tests again [^\n\u001b]*…$/),
      '…',
    ]);
    expect(listed[0]).toMatchObject({ action: { type: 'open-answer', utterance: 'a' } });
  });
});

describe('a request in the menu', () => {
  it('is decided as it is shown', () => {
    const menu = entries({ pending: [request] });
    const shown = { type: 'item', label: 'npm test', action: { type: 'open-terminal', project: 'backend' } };
    expect(menu).toContainEqual(shown);
    expect(find(menu, 'Approve')).toMatchObject({
      action: { type: 'answer', request: 'r1', hash: request.hash, answer: { decision: 'approve' } },
    });
    const order = labels(menu);
    expect(order.indexOf('npm test')).toBeLessThan(order.indexOf('Approve'));
    expect(order.indexOf('Deny')).toBe(order.indexOf('Approve') + 1);
  });

  it.each([
    ['a long line', 'x'.repeat(61)],
    ['many lines', 'a\nb\nc\nd\ne'],
  ])('with %s is not approved there, since it is not shown whole', (_name, detail) => {
    const menu = entries({ pending: [{ ...request, detail }] });
    expect(labels(menu)).not.toContain('Approve');
    expect(labels(menu)).toContain('Deny');
    expect(labels(menu)).toContain('… more in the terminal');
  });

  it('says what is dangerous about it, before what it is', () => {
    const texts = entries({ pending: [{ ...request, dangers: ['deletes files'] }] })
      .filter(({ type }) => type === 'item')
      .map((entry) => 'label' in entry && entry.label);
    expect(texts.indexOf('Careful: deletes files')).toBeLessThan(texts.indexOf('npm test'));
    expect(texts).toContain('Careful: deletes files');
  });

  it('offers no decision that it does not take', () => {
    const menu = entries({ pending: [{ ...request, decisions: [], kind: 'question' }] });
    expect(labels(menu)).not.toEqual(expect.arrayContaining(['Approve']));
    expect(labels(menu)).not.toEqual(expect.arrayContaining(['Deny']));
  });
});
