/**
 * node scripts/package/formulae.ts RELEASE_FOLDER OUTPUT_FOLDER
 *
 * Writes what Homebrew, winget and the Arch User Repository need of a release (manifest.json and SHA256SUMS are read
 * from its folder): homebrew/Formula/codex-voice.rb, homebrew/Casks/codex-voice.rb, winget/manifests/...,
 * aur/PKGBUILD and aur/.SRCINFO.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pkgbuild, srcinfo } from './aur.ts';
import { homebrewFormula } from './homebrew.ts';
import { homebrewCask } from './homebrew-cask.ts';
import { type ReleaseFacts, readRelease } from './release-facts.ts';
import { wingetManifests } from './winget.ts';

/** Every file, by its path below the output folder. */
export function formulae(release: ReleaseFacts): Record<string, string> {
  const winget = Object.entries(wingetManifests(release));
  return {
    'homebrew/Formula/codex-voice.rb': homebrewFormula(release),
    'homebrew/Casks/codex-voice.rb': homebrewCask(release),
    ...Object.fromEntries(winget.map(([path, text]) => [`winget/${path}`, text])),
    'aur/PKGBUILD': pkgbuild(release),
    'aur/.SRCINFO': srcinfo(release),
  };
}

async function main([releaseFolder, output]: string[]): Promise<void> {
  if (!releaseFolder || !output) throw new Error('formulae.ts needs RELEASE_FOLDER and OUTPUT_FOLDER');
  for (const [path, text] of Object.entries(formulae(await readRelease(releaseFolder)))) {
    await mkdir(dirname(join(output, path)), { recursive: true });
    await writeFile(join(output, path), text);
    process.stdout.write(`${join(output, path)}\n`);
  }
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
