import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { markdownTable } from '../../scripts/docs/markdown.ts';
import { FILES, SECTIONS, withSection } from '../../scripts/docs/pages.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the generated documentation', () => {
  it.each(SECTIONS)('is current in $file: else run `npm run docs`', ({ file, name, text }) => {
    const page = read(file);
    expect(page).toBe(withSection(page, name, text()));
  });

  it.each(FILES)('is current as $file: else run `npm run docs`', ({ file, text }) => {
    expect(read(file)).toBe(text());
  });

  it('replaces only its own section', () => {
    const page = 'before\n<!-- generated: one (npm run docs) -->\nold\n<!-- end -->\nafter\n';
    expect(withSection(page, 'one', 'new')).toBe(page.replace('old', 'new'));
    expect(() => withSection(page, 'two', 'new')).toThrow('no section');
  });

  it('escapes pipes in tables', () => {
    expect(markdownTable(['a', 'b'], [['x|y', 'z']])).toBe('| a | b |\n|---|---|\n| x\\|y | z |');
  });
});

describe('links between pages', () => {
  const pages = globSync('{*.md,docs/*.md}', { cwd: ROOT });
  const anchors = new Map(pages.map((page) => [page, anchorsOf(read(page))]));

  it.each(pages)('%s links to files and headings that exist', (page) => {
    const text = read(page).replace(/```[\s\S]*?```/g, '');
    const broken: string[] = [];
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (globSync(file, { cwd: ROOT }).length === 0) broken.push(target);
      else if (anchor !== undefined && !anchors.get(file)?.has(anchor)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  it('are complete in the index', () => {
    const index = read('docs/README.md');
    const missing = pages.filter(
      (page) =>
        page.startsWith('docs/') &&
        !['docs/README.md', 'docs/manual.md'].includes(page) &&
        !index.includes(`(${page.slice(5)})`),
    );
    expect(missing).toEqual([]);
  });
});

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
