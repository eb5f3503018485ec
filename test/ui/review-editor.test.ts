import { describe, expect, it } from 'vitest';
import type { ControlEvent } from '../../src/control/events.ts';
import type { Review } from '../../src/control/shapes.ts';
import { lineWidth, textOf } from '../../src/ui/painting/cells.ts';
import { reviewState } from '../../src/ui/review-editor.ts';
import type { State } from '../../src/ui/state.ts';
import { screenOf } from '../../src/ui/views/screen.ts';
import { acted, events, NOW } from './states.ts';

const REVIEW: Review = {
  id: 'u1',
  project: 'backend',
  prompt: 'run the tests',
  transcript: 'run the tests',
  state: 'editing',
  left_s: null,
  rule: 'default',
};

const open = (over: Partial<Review> = {}, size = { columns: 90, rows: 14 }): State =>
  reviewState(size, { ...REVIEW, ...over });
const rowsOf = (state: State): string[] => screenOf(state, NOW).lines.map((line) => textOf(line).trimEnd());
const told = (...ids: string[]): ControlEvent => ({
  event: 'review',
  payload: { reviews: ids.map((id) => ({ ...REVIEW, id })) },
});

describe('the screen of a prompt that is edited', () => {
  it('says what is edited, that nobody needs to hurry, and what the keys do', () => {
    const rows = rowsOf(open());
    expect(rows).toHaveLength(14);
    expect(rows[0]).toMatch(/^ backend · before it is sent {2,}the countdown is stopped$/);
    expect(rows[2]).toBe('  run the tests');
    expect(rows[13]).toBe(' Enter send   Esc do not send   Ctrl+J new line   Ctrl+X back to the countdown');
    expect(screenOf(open(), NOW).cursor).toEqual({ x: 15, y: 2 });
  });

  it('says where in a long text it is, and shows the rows around the cursor', () => {
    const long = open({ prompt: Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n') });
    expect(rowsOf(long)[0]).toMatch(/ 40\/40$/);
    const up = Array.from({ length: 20 }, () => ({ kind: 'move', to: 'up' }) as const);
    const middle = acted(long, ...up.map((edit) => ({ type: 'edit', edit }) as const));
    const rows = rowsOf(middle);
    expect(rows[0]).toMatch(/ 20\/40$/);
    expect(rows[screenOf(middle, NOW).cursor?.y ?? 0]).toBe('  line 20');
  });

  it('leaves out what has no room, and never fills more than a row', () => {
    for (let columns = 4; columns <= 120; columns += 1) {
      for (const project of ['backend', '日本語の長い名前']) {
        for (const rows of [1, 3, 4, 14]) {
          const { lines } = screenOf(open({ project }, { columns, rows }), NOW);
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(lineWidth(line), `${columns}`).toBeLessThanOrEqual(columns);
        }
      }
    }
    expect(rowsOf(open({}, { columns: 40, rows: 14 }))[13]).toBe(' Enter send   Esc do not send');
  });

  it('says when the daemon or the prompt is gone, and keeps the text', () => {
    const reason = { code: 'daemon-failed', message: 'The daemon has ended.', hint: '' } as const;
    const lost = acted(open(), { type: 'link', link: { kind: 'lost', reason, since: NOW } });
    expect(rowsOf(lost)[13]).toBe(' The daemon has ended. Your text is still here; waiting for the daemon.');
    expect(rowsOf(events(open(), told('u1')))[13]).toContain('Enter send');
    const gone = events(open(), told('u2'));
    expect(rowsOf(gone)[13]).toContain('Enter sends this text as a new prompt');
    expect(gone.text.text).toBe('run the tests');
  });
});
