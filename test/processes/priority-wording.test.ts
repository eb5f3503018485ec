import { describe, expect, it } from 'vitest';
import type { PriorityState } from '../../src/processes/priority.ts';
import { noPriority, priorityLine } from '../../src/processes/priority-wording.ts';

const granted: PriorityState = {
  nice: -11,
  driver: 'rtkit',
  engine: -7,
  group: { kind: 'none' },
  passed_over: [],
};

describe('the priority in words', () => {
  it('says what was granted and by whom', () => {
    expect(priorityLine(granted)).toBe('high: nice -11, speech engine -7, granted by rtkit');
    expect(priorityLine({ ...granted, engine: null, group: { kind: 'cgroup', weight: 200 } })).toBe(
      'high: nice -11, granted by rtkit; CPU weight of its control group: 200',
    );
    const group = { kind: 'session', nice: -11 } as const;
    expect(priorityLine({ ...granted, driver: 'setpriority', group })).toMatch(
      /granted by this user's own rights; nice value of its session: -11$/,
    );
  });

  it('says why none was, and what to do', () => {
    const passed_over = [{ driver: 'rtkit', reason: 'it is not installed' } as const];
    const none: PriorityState = { ...granted, nice: 0, driver: null, passed_over };
    expect(priorityLine(none)).toBe('normal (rtkit: it is not installed)');
    expect(noPriority(passed_over, 'linux')).toEqual({
      code: 'priority-refused',
      message: 'The daemon has no priority over other programs (rtkit: it is not installed).',
      hint: expect.stringContaining('Install the package `rtkit`'),
    });
    expect(noPriority(passed_over, 'darwin').hint).toContain('Only root');
  });
});
