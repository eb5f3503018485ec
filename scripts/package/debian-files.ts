import project from '../../package.json' with { type: 'json' };
import { DESCRIPTION, SUMMARY } from './release-facts.ts';

const MAINTAINER = 'codex-voice contributors <codex-voice@users.noreply.github.com>';

export interface Control {
  /** With the revision of the package, `1.2.3-1`. */
  version: string;
  architecture: 'amd64' | 'arm64';
  /** KiB on the disk. */
  installedSize: number;
  /** The shared libraries, as dpkg-shlibdeps names them. */
  depends: string;
}

/** DEBIAN/control. */
export function controlFile({ version, architecture, installedSize, depends }: Control): string {
  return `Package: codex-voice
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${installedSize}
Depends: ${depends}
Recommends: pulseaudio-utils | pipewire-bin | alsa-utils | sox, notification-daemon
Suggests: rtkit, xdg-utils
Section: utils
Priority: optional
Homepage: ${project.homepage}
Description: ${SUMMARY}
${indent(DESCRIPTION.join('\n\n'))}
`;
}

/** The package's changelog: the entries for this version in CHANGELOG.md, in Debian's format. */
export function debianChangelog(changelog: string, version: string, date: string): string {
  const [release = version] = version.split('-');
  const section = changelog.split(/^## /m).find((text) => text.split(/\s/)[0] === release) ?? '';
  const items = section.split(/^- /m).slice(1);
  const entries = items.length > 0 ? items : [`Version ${release}.`];
  const lines = entries.flatMap((entry) => wrap(entry.replaceAll(/\s+/g, ' ').trim(), 76));
  const day = new Date(date).toUTCString().replace('GMT', '+0000');
  return `codex-voice (${version}) stable; urgency=medium\n\n${lines.join('\n')}\n\n -- ${MAINTAINER}  ${day}\n`;
}

/** An item of a changelog: `  * ` before its first line, spaces before the others. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '  *';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

interface Chapter {
  title: string;
  text: string;
}

/**
 * Returns the machine-readable copyright file (DEP 5): a paragraph for each licence, and one for the executable, which
 * is under all of them.
 */
export function copyrightFile(licences: string): string {
  const [own, ...others] = chaptersOf(licences);
  if (!own || others.length === 0) throw new Error('the text of the licences has no chapters');
  const year = /\d{4}/.exec(own.text)?.[0] ?? '';
  const names = others.map(({ title }) => shortName(title));
  const holders = new Set(others.flatMap(({ text }) => copyrightLines(text)));
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: codex-voice
Source: ${project.homepage}

Files: *
Copyright: ${year} codex-voice contributors
License: Expat

Files: usr/bin/codex-voice
Copyright: ${[`${year} codex-voice contributors`, ...holders].join('\n ')}
License: Expat and ${names.join(' and ')}
Comment: One file that holds the program, Node.js, the npm packages it uses, their
 native libraries and the weights of its models; nothing of it is compiled from
 source for this package. What each of them is called stands in its licence's name.

License: Expat
${indent(own.text)}

${others.map(({ text }, index) => `License: ${names[index]}\n${indent(referToApache(text))}`).join('\n\n')}
`;
}

/** The chapters of the text of all licences: a title between two rules of "=". */
function chaptersOf(licences: string): Chapter[] {
  const parts = licences.split(/^={80}\n(.*)\n={80}\n/m);
  return parts.slice(1).flatMap((part, index, all) => {
    return index % 2 === 0 ? [{ title: part, text: (all[index + 1] ?? '').trim() }] : [];
  });
}

/** A name without spaces or commas, as DEP 5 requires: `commander 15.1.0 (MIT)` -> `commander-15.1.0-MIT`. */
function shortName(title: string): string {
  return title.replaceAll(/[^\w.+-]+/g, '-').replaceAll(/^-|-$/g, '');
}

/** Debian keeps one copy of this licence for all packages (policy 12.5). */
function referToApache(text: string): string {
  return text.replaceAll(
    /^[^\S\n]*Apache License\n\s*Version 2\.0, January 2004\n[\s\S]*?END OF TERMS AND CONDITIONS$/gm,
    'The Apache License, Version 2.0, is in /usr/share/common-licenses/Apache-2.0.',
  );
}

function copyrightLines(text: string): string[] {
  return [...text.matchAll(/^[\s/*#]*copyright\s*(?:\(c\)|©)?\s*(\d{4}.*\S)\s*$/gim)].map(([, holder = '']) =>
    holder.replaceAll(/\s+/g, ' '),
  );
}

/** Lines of a multi-line field: a space before each, "." for an empty one. */
function indent(text: string): string {
  const lines = text
    .replaceAll(/[^\S\n]+$/gm, '')
    .replaceAll('\f', '')
    .split('\n');
  return lines.map((line) => (line === '' ? ' .' : ` ${line.replaceAll('\t', '        ')}`)).join('\n');
}
