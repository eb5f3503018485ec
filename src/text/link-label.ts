/** Where a link leads, as it may be shown and opened. */
export interface LinkTarget {
  /** The address that is opened: without a name and password in it. */
  address: string;
  /** Its host as it is looked up (punycode, with the port), or the mail address. */
  host: string;
}

/**
 * Where a link of an untrusted text leads; null for everything that must not be opened: scripts, files, addresses that
 * lack a scheme or a host.
 */
export function linkTarget(href: string): LinkTarget | null {
  const url = URL.parse(href);
  if (url?.protocol === 'mailto:') {
    // What else could be in it would be written into the letter unseen.
    return url.pathname === '' ? null : { address: `mailto:${url.pathname}`, host: url.pathname };
  }
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.host === '') return null;
  url.username = '';
  url.password = '';
  return { address: url.href, host: url.host };
}

/**
 * True when a label says by itself where the link leads: it is an address of that very host, and nothing more. A label
 * that has the host somewhere in it does not: `https://paypal.com/login` contains `pal.co`.
 */
export function saysHost(label: string, { host }: LinkTarget): boolean {
  // Letters of other scripts can look like those of a host.
  const said = /^(?:https?:\/\/|mailto:)?([\x21-\x7e]+)$/iu.exec(label.trim())?.[1];
  if (said === undefined) return false;
  const [authority = ''] = host.includes('@') ? [said] : said.split(/[/?#]/u);
  return authority.toLowerCase() === host.toLowerCase();
}
