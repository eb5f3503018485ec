import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Larger files are generated or data. */
const MOST_FILE_BYTES = 256 * 1024;

/** Text of programs and of those who write about them. */
const SOURCE =
  /\.(?:[cm]?[jt]sx?|py|pyi|rs|go|rb|java|kt|kts|swift|c|cc|cpp|cxx|h|hpp|hh|m|mm|cs|fs|php|lua|zig|exs?|erl|hs|ml|scala|clj|dart|jl|r|sh|bash|zsh|fish|ps1|sql|graphql|proto|vue|svelte|css|scss|html|md|mdx|rst|toml|ya?ml|tf|nix|gradle|cmake)$/iu;
const GENERATED =
  /(?:\.min\.|[-.]lock\b|\.lock$|\.map$|\.snap$|\.generated\.|\.pb\.|(?:^|\/)(?:package-lock\.json|vendor|node_modules|third_party|dist|build)\/)/iu;
/** Files that may contain a password or a key are never read. */
const SECRET =
  /(?:^|\/)(?:\.env(?:\..*|rc)?|.*\.env|\.npmrc|\.netrc|\.pypirc|\.pgpass|\.htpasswd|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519).*|.*(?:secret|credential|password|passwd|private[-_]?key|service[-_]?account).*|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|tfstate|tfvars)(?:\..*)?)$|(?:^|\/)\.(?:ssh|aws|gnupg|docker|kube)\//iu;

/** May this file be read for its identifiers? */
export function isReadable(path: string): boolean {
  return SOURCE.test(path) && !GENERATED.test(path) && !isSecret(path);
}

export function isSecret(path: string): boolean {
  return SECRET.test(path);
}

/**
 * The text of a file in the folder; null when it is none, is too large, is binary, or lies elsewhere by a symbolic link.
 * @param root the folder with all links resolved
 */
export async function readInside(root: string, path: string): Promise<string | null> {
  const bytes = await readBytesInside(root, path, MOST_FILE_BYTES);
  return bytes === null || bytes.subarray(0, 8_192).includes(0) ? null : bytes.toString('utf8');
}

/** Like readInside(), for any bytes. */
export async function readBytesInside(root: string, path: string, most: number): Promise<Buffer | null> {
  try {
    const file = await realpath(join(root, path));
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep) || isSecret(file.slice(root.length)))
      return null;
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > most) return null;
      const bytes = Buffer.alloc(stat.size);
      const { bytesRead } = await handle.read(bytes, 0, stat.size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
