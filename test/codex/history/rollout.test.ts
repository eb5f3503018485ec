import { describe, expect, test } from 'vitest';
import { metaOf, RolloutReader, turnsOf } from '../../../src/codex/history/rollout.ts';
import type { Turn } from '../../../src/codex/protocol.ts';

let clock = Date.parse('2026-11-23T02:46:45Z');

function row(type: string, payload: object): string {
  clock += 10;
  return JSON.stringify({ timestamp: new Date(clock).toISOString(), type, payload });
}
const event = (type: string, rest: object = {}): string => row('event_msg', { type, ...rest });
const item = (turn: string, type: string, text: string): string =>
  event('item_completed', {
    turn_id: turn,
    item: { type, id: `${type}-${text}`, content: [{ type: 'text', text }] },
    started_at_ms: clock,
  });
const message = (role: string, text: string): string =>
  row('response_item', { type: 'message', role, content: [{ type: 'input_text', text }] });
const call = (id: string, cmd: string): string =>
  row('response_item', {
    type: 'function_call',
    name: 'exec_command',
    arguments: JSON.stringify({ cmd }),
    call_id: id,
  });

/** What each version writes of two turns: one with an answer, one that the person interrupts. */
const VERSIONS: [string, string[]][] = [
  [
    '0.169.0',
    [
      event('task_started', { turn_id: 't1' }),
      message('user', 'one'),
      item('t1', 'UserMessage', 'one'),
      item('t1', 'AgentMessage', 'I look'),
      item('t1', 'AgentMessage', 'done one'),
      event('task_complete', { turn_id: 't1', last_agent_message: 'done one' }),
      event('task_started', { turn_id: 't2' }),
      item('t2', 'UserMessage', 'two'),
      event('turn_aborted', { turn_id: 't2', reason: 'interrupted' }),
    ],
  ],
  [
    '0.120.0',
    [
      event('task_started', { turn_id: 't1' }),
      message('user', 'one'),
      event('user_message', { message: 'one' }),
      event('agent_message', { message: 'I look' }),
      event('agent_message', { message: 'done one' }),
      message('assistant', 'done one'),
      event('task_complete', { turn_id: 't1', last_agent_message: 'done one' }),
      event('task_started', { turn_id: 't2' }),
      event('user_message', { message: 'two' }),
      event('turn_aborted', { turn_id: 't2', reason: 'interrupted' }),
    ],
  ],
  [
    '0.98.0',
    [
      message('user', 'one'),
      event('user_message', { message: 'one' }),
      event('agent_message', { message: 'I look' }),
      event('agent_message', { message: 'done one' }),
      message('assistant', 'done one'),
      event('user_message', { message: 'two' }),
      event('turn_aborted', { reason: 'interrupted' }),
    ],
  ],
];

function told({ items, status }: Turn): unknown {
  const texts = items.map(({ type, text, content }) => [
    type,
    text ?? (content?.[0] as { text: string } | undefined)?.text,
  ]);
  return [status, texts];
}

describe('a rollout file', () => {
  test.each(VERSIONS)('its turns, as Codex %s writes them', (_version, rows) => {
    expect(turnsOf(rows).map(told)).toEqual([
      [
        'completed',
        [
          ['userMessage', 'one'],
          ['agentMessage', 'I look'],
          ['agentMessage', 'done one'],
        ],
      ],
      ['interrupted', [['userMessage', 'two']]],
    ]);
  });

  test('both forms of the same words are the same words', () => {
    const rows = [
      event('task_started', { turn_id: 't1' }),
      event('user_message', { message: 'one' }),
      item('t1', 'UserMessage', 'one'),
      event('agent_message', { message: 'done' }),
      item('t1', 'AgentMessage', 'done'),
      event('task_complete', { turn_id: 't1' }),
    ];
    expect(turnsOf(rows)[0]?.items).toHaveLength(2);
  });

  test.each([
    [
      '0.169.0',
      [event('task_complete', { error: { message: 'boom', codex_error_info: 'server_overloaded' } })],
    ],
    [
      '0.120.0',
      [event('error', { message: 'boom', codex_error_info: 'server_overloaded' }), event('task_complete')],
    ],
  ])('a turn that failed, as Codex %s writes it', (_version, end) => {
    const turns = turnsOf([event('task_started', { turn_id: 't1' }), ...end]);
    expect(turns[0]).toMatchObject({
      status: 'failed',
      error: { message: 'boom', codexErrorInfo: 'serverOverloaded' },
    });
  });

  test('a turn that nothing ended: it runs, or ended with the program that ran it', () => {
    const rows = [event('task_started', { turn_id: 't1' }), item('t1', 'UserMessage', 'one')];
    expect(turnsOf(rows)[0]?.status).toBe('inProgress');
    expect(turnsOf(rows, true)[0]?.status).toBe('interrupted');
    expect(turnsOf([...rows, event('task_started', { turn_id: 't2' })])[0]?.status).toBe('interrupted');
    const old = [event('user_message', { message: 'one' }), event('agent_message', { message: 'done' })];
    expect(turnsOf(old)[0]?.status).toBe('inProgress');
    expect(turnsOf(old, true)[0]?.status).toBe('completed');
  });

  test('what is half written or of no concern is nothing', () => {
    const [whole = ''] = VERSIONS[0]?.[1] ?? [];
    expect(turnsOf(['', '{', whole.slice(0, -3), row('world_state', {}), event('token_count')])).toEqual([]);
  });

  test('the calls of the model, until they have a result or the turn is over', () => {
    const reader = new RolloutReader('thread');
    reader.read(event('task_started', { turn_id: 't1' }));
    reader.read(row('turn_context', { turn_id: 't1', model: 'demo' }));
    reader.read(call('a', 'ls'));
    reader.read(call('b', 'pwd'));
    reader.read(
      row('response_item', {
        type: 'function_call',
        name: 'shell',
        namespace: 'mcp__x',
        arguments: '{}',
        call_id: 'c',
      }),
    );
    expect(reader.calls.map(({ id }) => id)).toEqual(['a', 'b']);
    reader.read(row('response_item', { type: 'function_call_output', call_id: 'a', output: '' }));
    expect(reader.calls.map(({ id }) => id)).toEqual(['b']);
    reader.read(event('turn_aborted', { turn_id: 't1' }));
    expect(reader.calls).toEqual([]);
    expect(reader.model).toBe('demo');
  });

  test('its head tells whose conversation it is', () => {
    const head = { id: 'x', cwd: '/p', source: 'cli' };
    expect(metaOf(row('session_meta', head))).toEqual({ id: 'x', cwd: '/p', startedByUser: true });
    const child = { ...head, source: { subagent: 'review' } };
    expect(metaOf(row('session_meta', child))).toMatchObject({ startedByUser: false });
    expect(metaOf(event('token_count'))).toBeNull();
  });
});
