/** Tests and actions of find that only read and print (findutils 4.9, find of BSD); those with a value separately. */
const ALONE = new Set(
  '-empty -print -print0 -ls -not -a -and -o -or -prune -follow -H -L -P -xdev -mount -depth -d -readable -writable -executable -true -false -quit -daystart -noleaf -nouser -nogroup ( ) ! ,'.split(
    ' ',
  ),
);
const WITH_VALUE = new Set(
  '-name -iname -path -ipath -wholename -iwholename -lname -ilname -regex -iregex -regextype -type -xtype -size -mtime -mmin -atime -amin -ctime -cmin -newer -anewer -cnewer -maxdepth -mindepth -perm -user -group -uid -gid -links -inum -samefile -printf'.split(
    ' ',
  ),
);

/** True when find, called with these words, runs, deletes and writes nothing. */
export function readsWithFind(words: readonly string[]): boolean {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (ALONE.has(word)) continue;
    if (WITH_VALUE.has(word) || /^-newer[aBcm][aBcmt]$/u.test(word)) {
      at += 1;
      if (at >= words.length) return false;
    } else if (/^[-(),!]/u.test(word)) return false;
  }
  return true;
}
