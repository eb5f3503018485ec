import type { ReleaseFacts } from './release-facts.ts';

/** Of the manifest format: the newest the public package repository takes from everybody. */
const FORMAT = '1.10.0';
const IDENTIFIER = 'CodexVoice.CodexVoice';

/** The three winget manifests of a release, by their path in the public package repository. */
export function wingetManifests(release: ReleaseFacts): Record<string, string> {
  const folder = `manifests/c/CodexVoice/CodexVoice/${release.version}`;
  const file = (kind: string, fields: readonly string[]): string =>
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind}.${FORMAT}.schema.json
PackageIdentifier: ${IDENTIFIER}
PackageVersion: ${text(release.version)}
${fields.join('\n')}
ManifestType: ${kind}
ManifestVersion: ${FORMAT}
`;
  const { url, sha256, program } = release.programs['win32-x64'];
  return {
    [`${folder}/${IDENTIFIER}.yaml`]: file('version', ['DefaultLocale: en-US']),
    [`${folder}/${IDENTIFIER}.installer.yaml`]: file('installer', [
      'Platform:',
      '- Windows.Desktop',
      'MinimumOSVersion: 10.0.17763.0',
      'InstallerType: zip',
      'NestedInstallerType: portable',
      'NestedInstallerFiles:',
      `- RelativeFilePath: ${text(program)}`,
      '  PortableCommandAlias: codex-voice',
      'Commands:',
      '- codex-voice',
      `ReleaseDate: ${text(release.date)}`,
      'Installers:',
      '- Architecture: x64',
      `  InstallerUrl: ${text(url)}`,
      `  InstallerSha256: ${sha256.toUpperCase()}`,
    ]),
    [`${folder}/${IDENTIFIER}.locale.en-US.yaml`]: file('defaultLocale', [
      'PackageLocale: en-US',
      'Publisher: codex-voice',
      'PackageName: codex-voice',
      `PackageUrl: ${text(release.homepage)}`,
      `License: ${text(release.licence)}`,
      `LicenseUrl: ${text(`${release.homepage}/blob/main/LICENSE`)}`,
      `ShortDescription: ${text(release.summary)}`,
      `Description: ${text(release.description)}`,
      'Moniker: codex-voice',
      'Tags:',
      ...['codex', 'dictation', 'speech-to-text', 'voice', 'whisper'].map((tag) => `- ${tag}`),
      `ReleaseNotesUrl: ${text(`${release.homepage}/releases/tag/v${release.version}`)}`,
    ]),
  };
}

/** A YAML scalar that is a string whatever it looks like. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
