/** Scripts that are written without spaces: FTS5's unicode61 takes a whole sentence of them for one word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** A condition on `utterances`, and its one parameter. */
interface Condition {
  sql: string;
  parameter: string;
}

/**
 * The search as a condition: every word must occur, the last one may be the beginning of a word.
 * Nothing in it is FTS5 syntax. Text without words (only symbols), and text without spaces between them, is searched
 * for as it stands.
 */
export function searchCondition(query: string): Condition {
  const words = query.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (words.length === 0 || UNSPACED.test(query)) {
    const parameter = `%${query.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
    return {
      sql: String.raw`coalesce(prompt, transcript, '') || char(10) || coalesce(answer, '') LIKE ? ESCAPE '\'`,
      parameter,
    };
  }
  const parameter = `${words.map((word) => `"${word}"`).join(' ')}*`;
  return { sql: 'seq IN (SELECT rowid FROM utterances_text WHERE utterances_text MATCH ?)', parameter };
}
