/** A Markdown table. A pipe in a cell is escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((row, index) => {
      const cells = row.map((cell) => cell.replaceAll('|', '\\|'));
      return index === 1 ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`;
    })
    .join('\n');
}
