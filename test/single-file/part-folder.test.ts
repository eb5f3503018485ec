import { describe, expect, test } from 'vitest';
import { checkedPart } from '../../src/single-file/part-folder.ts';

describe('files of a group that are damaged', () => {
  const group = { name: 'detector', folder: '/cache/detector-1', again: () => '/cache/detector-2' };
  const damaged = new Error('damaged');

  test('are extracted again, and checked once more', async () => {
    const discarded: string[] = [];
    const check = async (folder: string): Promise<string> => {
      if (folder === group.folder) throw damaged;
      return `checked ${folder}`;
    };
    const discard = (name: string, folder: string): boolean => {
      discarded.push(`${name} ${folder}`);
      return true;
    };
    expect(await checkedPart(group, check, discard)).toBe('checked /cache/detector-2');
    expect(discarded).toEqual(['detector /cache/detector-1']);
  });

  test("stay where they are the user's own, and where they are whole", async () => {
    const broken = async (): Promise<void> => {
      throw damaged;
    };
    // In a checkout nothing is extracted.
    await expect(checkedPart(group, broken)).rejects.toBe(damaged);
    const unused = (): boolean => expect.unreachable();
    expect(await checkedPart(group, async (folder) => folder, unused)).toBe('/cache/detector-1');
  });

  test('are reported when what was extracted is damaged too', async () => {
    const broken = async (folder: string): Promise<void> => {
      throw new Error(folder);
    };
    await expect(checkedPart(group, broken, () => true)).rejects.toThrow('/cache/detector-2');
  });
});
