type ActivityKind =
  | 'thinking'
  | 'writing'
  | 'command'
  | 'read'
  | 'search'
  | 'edit'
  | 'tool'
  | 'agent'
  | 'compaction'
  /** The agent asks the user for something. */
  | 'waiting';

/** What the agent does at a moment of a turn. */
export interface Activity {
  kind: ActivityKind;
  /** A short phrase, one line of plain text: `running npm test`. Commands and names in it are untrusted. */
  text: string;
}

/** What the agent does when a turn begins, and whenever it reports nothing else. */
export const THINKING: Activity = { kind: 'thinking', text: 'thinking' };
