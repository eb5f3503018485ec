/** The target of a link, as it may be shown and opened. */
export interface LinkTarget {
  /** The address to open, without a user name and password. */
  address: string;
  /** Its host as it is looked up (punycode, with the port), or the mail address. */
  host: string;
}

/**
 * Returns the target of a link in untrusted text; null for everything that must not be opened: scripts, files,
 * addresses without a scheme or a host.
 */
export function linkTarget(href: string): LinkTarget | null {
  const url = URL.parse(href);
  if (url?.protocol === 'mailto:') {
    // Anything else, such as a body, would be filled into the letter without the user seeing it.
    return url.pathname === '' ? null : { address: `mailto:${url.pathname}`, host: url.pathname };
  }
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.host === '') return null;
  url.username = '';
  url.password = '';
  return { address: url.href, host: url.host };
}

/**
 * True when a label itself shows the target: it is an address of that exact host. A label that only contains the host
 * does not: `https://paypal.com/login` contains `pal.co`.
 */
export function saysHost(label: string, { host }: LinkTarget): boolean {
  // Letters of other scripts can look like those of a host.
  const said = /^(?:https?:\/\/|mailto:)?([\x21-\x7e]+)$/iu.exec(label.trim())?.[1];
  if (said === undefined) return false;
  const [authority = ''] = host.includes('@') ? [said] : said.split(/[/?#]/u);
  return authority.toLowerCase() === host.toLowerCase();
}
