const NATO =
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey x-ray yankee zulu'.split(
    ' ',
  );
/** What engines write for single letters and digits, and other spellings of the alphabet. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NATO.map((word) => [word, word.charAt(0)])),
  ...Object.fromEntries(
    'alfa:a ay:a bee:b be:b see:c sea:c dee:d ee:e eff:f gee:g aitch:h eye:i jay:j juliett:j kay:k el:l ell:l em:m en:n oh:o pee:p pea:p queue:q cue:q ar:r are:r ess:s tee:t tea:t you:u vee:v ex:x xray:x why:y zee:z zed:z whisky:w'
      .split(' ')
      .map((pair) => pair.split(':')),
  ),
  ...Object.fromEntries(
    'zero one two three four five six seven eight nine'
      .split(' ')
      .map((word, digit) => [word, String(digit)]),
  ),
  dash: '-',
  hyphen: '-',
  minus: '-',
  underscore: '_',
  dot: '.',
  period: '.',
  point: '.',
  slash: '/',
};
const CAPITAL = /^(?:capital|uppercase|upper|cap|big)$/u;
const SMALL = /^(?:lowercase|lower|small|little|case|letter)$/u;
const LONGEST = 40;
/** Homophones are letters only among real ones. */
const LEAST_LETTERS = 0.5;

/** Returns the word of letters that were said one by one; null: something else was said, or fewer than two letters. */
export function spelledWord(said: string): string | null {
  const tokens = tokensOf(said);
  let word = '';
  let certain = 0;
  let capital = false;
  let twice = false;
  for (const token of tokens) {
    if (CAPITAL.test(token)) capital = true;
    else if (token === 'double') twice = true;
    else if (!SMALL.test(token)) {
      // "Double you" is w.
      const double = twice && token === 'you';
      const symbol = double ? 'w' : token.length === 1 ? token : WRITTEN[token];
      if (symbol === undefined) return null;
      if (token.length === 1 || NATO.includes(token) || !/\p{L}/u.test(symbol)) certain += 1;
      word += (capital ? symbol.toUpperCase() : symbol).repeat(twice && !double ? 2 : 1);
      capital = false;
      twice = false;
    }
  }
  const letters = word.length;
  if (letters < 2 || letters > LONGEST || capital || twice) return null;
  return certain >= letters * LEAST_LETTERS && /\p{L}/u.test(word) ? word : null;
}

/** Single letters, and words for them: engines write "K-U-B-E", "k, u, b, e", "K.U.B.E." and "KUBE". */
function tokensOf(said: string): string[] {
  return said
    .split(/[\s,;:]+/u)
    .flatMap((token) => {
      const bare = token.replaceAll(/^[.!?]+|[.!?]+$/gu, '');
      if (/^(?:[\p{L}\p{N}][-.–_])+[\p{L}\p{N}]$/u.test(bare)) return bare.split(/[-.–]|(?=_)|(?<=_)/u);
      // A long word in capitals is spelled too.
      return /^[\p{Lu}\p{N}]{2,12}$/u.test(bare) ? [...bare] : [bare];
    })
    .map((token) => token.toLowerCase())
    .filter((token) => token !== '' && token !== 'and' && token !== 'then');
}
