import { beforeAll } from 'vitest';
import { fakeProgram, makeSigner, publish, type Signer, TARGET } from './installer.ts';
import { temporaryFolder } from './process.ts';
import { type ReleaseServer, serveReleases } from './release-server.ts';

/** Version 1.2.3 of a program that answers the installer, signed and on a server, for all tests of a file. */
export interface ServedRelease {
  readonly signer: Signer;
  readonly program: Buffer;
  /** The name of the compressed program in the release. */
  readonly xz: string;
  /** Set before the tests. */
  folder: string;
  server: ReleaseServer;
}

export function servedRelease(): ServedRelease {
  const version = '1.2.3';
  const release = {
    signer: makeSigner(),
    program: fakeProgram(version),
    xz: `codex-voice-${version}-${TARGET}.xz`,
  } as ServedRelease;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    await publish(folder.path, release.signer, { version, program: release.program });
    release.folder = folder.path;
    release.server = await serveReleases(folder.path);
    return async () => {
      await release.server.close();
      await folder.remove();
    };
  });
  return release;
}
