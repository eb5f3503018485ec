import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The model files of a folder: name -> bytes. A folder that is missing has none. */
export async function installedModels(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder).catch(() => []);
  const models = names.filter((name) => /\.(bin|gguf)$/.test(name)).toSorted();
  const sizes = await Promise.all(
    models.map(
      async (name) => [name, (await stat(join(folder, name)).catch(() => null))?.size ?? 0] as const,
    ),
  );
  return new Map(sizes);
}
