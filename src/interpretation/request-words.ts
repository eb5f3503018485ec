/** Words that begin a request and rarely follow a noun. */
const SURE =
  'add,make,create,write,remove,delete,rename,explain,show,tell,find,implement,refactor,restart,install,give,describe,summarize,summarise,replace,rewrite,please,run';
const QUESTION =
  "(?:what|why|how|where|which|who)(?:'s)?|(?:can|could|would|will) you|(?:is|are|was|were) there|let's|let us|do not|don't";
/** Words that are nouns as well, except before one of the words below. */
const LIKELY =
  'fix,test,build,check,change,update,list,open,start,stop,use,move,read,revert,undo,debug,review,deploy,commit,push,pull,merge,log,search,format,document,set,put,turn,look,upgrade,clean,try,go,get,compare,convert,extract,split,bump,help,count,print,call,keep,continue,analyze,analyse,investigate,improve,optimize,optimise,migrate,reproduce,generate,translate,verify,ensure';
const OBJECTS =
  'the,a,an,this,that,these,those,my,our,your,its,all,every,each,some,any,it,them,me,both,whether,if,for,up,at,into,out,everything';

const words = (list: string): string => list.replaceAll(',', '|');
const SURELY = new RegExp(`^(?:(?:${words(SURE)})(?!\\s+(?:by|of)\\b)|${QUESTION})\\b`, 'iu');
const PROBABLY = new RegExp(`^(?:${words(LIKELY)})(?:\\s+(?:${words(OBJECTS)})\\b|[.!]*$)`, 'iu');

/**
 * True when a text begins like a command or a question. `surely`: with a word that is never a noun; `probably`: also
 * with one that may be ("update the ...").
 */
export function beginsRequest(text: string, how: 'surely' | 'probably'): boolean {
  return SURELY.test(text) || (how === 'probably' && PROBABLY.test(text));
}
