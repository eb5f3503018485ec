import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Viewer } from '../../src/attach/viewer.ts';
import type { Frame } from '../../src/terminal/frame.ts';
import { waitFor } from '../support/process.ts';

describe('a viewer', () => {
  let content: string;
  let footer: string;
  let sent: string[];
  let asked: number[];
  let viewer: Viewer;

  beforeEach(() => {
    content = 'first';
    footer = '';
    sent = [];
    asked = [];
    viewer = new Viewer({
      frame: (scroll): Frame => {
        asked.push(scroll);
        return { columns: 20, rows: [content], cursor: null, modes: '', title: '' };
      },
      footer: () => footer,
      send: (data) => sent.push(data),
    });
  });
  afterEach(() => viewer.close());

  it('is painted at once, and again when it has shown what was sent', async () => {
    viewer.changed();
    expect(sent).toHaveLength(1);
    content = 'second';
    viewer.changed();
    content = 'third';
    viewer.changed();
    await delay(60);
    expect(sent).toHaveLength(1); // It has not taken the first one yet.
    viewer.painted();
    await waitFor('the newest', () => sent.length === 2);
    expect(sent[1]).toContain('third');
    expect(sent.join('')).not.toContain('second');
  });

  it('gets at most 60 frames a second', async () => {
    const until = performance.now() + 300;
    for (let count = 0; performance.now() < until; count += 1) {
      content = `frame ${count}`;
      viewer.changed();
      viewer.painted();
      await delay(1);
    }
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.length).toBeLessThanOrEqual(20);
  });

  it('gets nothing when nothing differs, and needs not answer then', async () => {
    viewer.changed();
    viewer.painted();
    viewer.changed();
    await delay(40);
    expect(sent).toHaveLength(1);
    footer = 'new';
    viewer.changed();
    await waitFor('the footer', () => sent.length === 2);
    expect(sent[1]).toContain('new');
  });

  it('looks back as far as there is something, and forward to the newest', async () => {
    viewer.scroll(30, 12);
    viewer.painted();
    await waitFor('the view', () => asked.at(-1) === 12);
    viewer.scroll(-5, 12);
    viewer.painted();
    await waitFor('the view', () => asked.at(-1) === 7);
    viewer.follow();
    viewer.painted();
    await waitFor('the newest', () => asked.at(-1) === 0);
  });

  it('is sent nothing after it was closed', async () => {
    viewer.changed();
    viewer.close();
    content = 'later';
    viewer.painted();
    viewer.changed();
    await delay(40);
    expect(sent).toHaveLength(1);
  });
});
