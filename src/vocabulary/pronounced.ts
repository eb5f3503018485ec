import { partsOf } from './parts.ts';

/** Pronunciations of parts of names that are not words, beside letter by letter; without spaces. */
const SAID: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    arg: ['argument'],
    args: ['arguments'],
    arr: ['array'],
    async: ['asynchronous'],
    attr: ['attribute'],
    attrs: ['attributes'],
    auth: ['off', 'oth'],
    bool: ['boolean'],
    btn: ['button'],
    buf: ['buffer', 'buff'],
    cb: ['callback'],
    cfg: ['config'],
    char: ['car', 'care'],
    cmd: ['command'],
    conf: ['config'],
    cors: ['cores', 'course'],
    csv: ['cvs'],
    ctx: ['context'],
    db: ['database'],
    deno: ['dino', 'deeno'],
    dir: ['directory', 'deer'],
    dirs: ['directories'],
    dst: ['destination'],
    el: ['element'],
    env: ['environment', 'end', 'enth'],
    err: ['error', 'air'],
    esbuild: ['esbuilt'],
    evt: ['event'],
    fn: ['function'],
    fmt: ['format'],
    func: ['function', 'funk'],
    gui: ['gooey'],
    gzip: ['gzip', 'geezip'],
    idx: ['index'],
    impl: ['implementation', 'imple'],
    init: ['initialize', 'innit'],
    iter: ['iterator', 'itter'],
    json: ['jason', 'jayson', 'jsun'],
    jsonc: ['jasonc'],
    kwargs: ['kwarguments', 'quargs'],
    len: ['length'],
    lib: ['library'],
    md: ['markdown'],
    msg: ['message'],
    mut: ['mutable', 'mute'],
    nginx: ['enginex'],
    num: ['number'],
    obj: ['object'],
    param: ['parameter', 'perham'],
    params: ['parameters'],
    pkg: ['package'],
    pos: ['position'],
    prev: ['previous'],
    ptr: ['pointer'],
    py: ['pie', 'pi', 'pipe'],
    regex: ['regx', 'regularexpression'],
    req: ['request', 'wreck', 'rec'],
    res: ['response', 'rez'],
    resp: ['response'],
    serde: ['sirdee', 'surday'],
    sql: ['sequel'],
    src: ['source'],
    stderr: ['standarderror'],
    stdin: ['standardin', 'standardinput'],
    stdout: ['standardout', 'standardoutput'],
    str: ['string', 'stir'],
    sync: ['sink'],
    temp: ['temporary'],
    tmp: ['temp', 'temporary'],
    toml: ['tommel', 'tomal', 'tummel', 'tommle'],
    ts: ['tsc'],
    txt: ['text'],
    usr: ['user'],
    utils: ['utilities', 'youtills'],
    val: ['value'],
    var: ['variable'],
    vec: ['vector', 'veck'],
    wsgi: ['whiskey', 'wizgy', 'wizgi'],
    yaml: ['yammel', 'yamel', 'yamal'],
    yml: ['yaml', 'yammel', 'yamel', 'yamal'],
  }),
);
/** More ways than this of one name are not kept. */
const MOST_WAYS = 6;

/**
 * The ways to say a name, each as its words in lower case: the written parts first, then those with a part said in
 * another way.
 */
export function pronounced(written: string): string[][] {
  const parts = partsOf(written);
  const ways = [parts];
  // Alone, "request" is the word and not `req`.
  if (parts.length === 1) return ways;
  for (const [index, part] of parts.entries()) {
    for (const said of SAID.get(part) ?? []) {
      for (const way of ways.slice(0, MOST_WAYS)) {
        if (ways.length >= MOST_WAYS) return ways;
        ways.push(way.with(index, said));
      }
    }
  }
  return ways;
}
