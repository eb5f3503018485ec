import { Command, Option } from 'commander';
import { fail } from './output.ts';

/** Runs a verb, loaded only when it is asked for, and turns what it throws into a message and an exit status. */
type Verb = (...args: never[]) => Promise<void>;
function verb<V extends Verb>(load: () => Promise<V>): (...args: Parameters<V>) => Promise<void> {
  return async (...args) => {
    try {
      const run = await load();
      await run(...args);
    } catch (error) {
      fail(error);
    }
  };
}

/** An option that may be given several times. */
function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The command line: every verb with its arguments and options. Completions and the man page are made from it too. */
export function program(): Command {
  const cli = new Command('codex-voice')
    .description('Speak to the Codex CLI from any app.')
    .exitOverride()
    .showHelpAfterError('(codex-voice --help lists the verbs)')
    .configureHelp({ sortSubcommands: false });

  cli
    .command('daemon')
    .description('run in the foreground')
    .option('--service', "as the service does: look for the desktop's own environment")
    .addOption(new Option('--respawn', 'start another one after a crash').hideHelp())
    .action(verb(async () => (await import('./daemon.ts')).daemon));
  for (const [name, what] of [
    ['start', 'start the background daemon'],
    ['stop', 'stop it'],
    ['restart', 'stop it and start it again'],
  ] as const) {
    cli
      .command(name)
      .description(what)
      .action(verb(async () => (await import('./background.ts'))[name]));
  }
  for (const [name, what] of [
    ['toggle', 'begin listening, or end it and send'],
    ['press', 'what pressing the hotkey does'],
    ['release', 'what releasing the hotkey does'],
    ['cancel', 'throw away what is being heard, or what is about to be sent'],
    ['pause', 'hear nothing, and let go of the hotkey, until unpause'],
    ['unpause', 'hear again'],
  ] as const) {
    cli
      .command(name)
      .description(what)
      .action(verb(async () => (await import('./keys.ts'))[name]));
  }
  cli
    .command('ask')
    .description('one prompt through the same path; streams the answer to stdout')
    .argument('[text...]', 'the prompt; - reads it from stdin')
    .option('--audio <file>', 'transcribe this recording instead; - reads it from stdin')
    .option('--partial', 'with --audio: take a recording whose end is missing as far as it goes')
    .option('--project <name>', 'to this project')
    .option('--no-wait', 'print the id and return')
    .option('--json', 'print the utterance as JSON when it has ended')
    .action(verb(async () => (await import('./ask.ts')).ask));
  cli
    .command('attach')
    .description('the hidden Codex terminal here; Ctrl-] detaches')
    .option('--project <name>', 'of this project instead of the current one')
    .option('--popup', 'in a terminal window of its own')
    .addOption(new Option('--window', 'in a window that was opened for it').hideHelp())
    .action(verb(async () => (await import('./attach.ts')).attach));
  cli
    .command('ui')
    .description('conversation, requests, queue, projects and timings on one screen in this terminal')
    .action(verb(async () => (await import('./ui.ts')).ui));
  cli
    .command('interrupt')
    .description('interrupt what Codex is doing')
    .action(verb(async () => (await import('./keys.ts')).interrupt));
  cli
    .command('projects')
    .description('the projects of the settings; * marks the one that prompts go to')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./projects.ts')).projects));
  cli
    .command('use')
    .description('let prompts go to a project from now on')
    .argument('<project>', 'its name or alias; auto: the folder of the focused window decides')
    .action(verb(async () => (await import('./projects.ts')).use));
  cli
    .command('new')
    .description('begin a new conversation')
    .option('--project <name>', 'of this project instead of the current one')
    .action(verb(async () => (await import('./projects.ts')).newSession));
  cli
    .command('sessions')
    .description('conversations of a project, newest first')
    .option('--project <name>', 'of this project instead of the current one')
    .option('-n, --limit <count>', 'how many', '20')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./projects.ts')).sessions));
  cli
    .command('resume')
    .description('go on in an old conversation')
    .argument('<id>', 'as sessions prints it')
    .option('--project <name>', 'of this project instead of the current one')
    .action(verb(async () => (await import('./projects.ts')).resume));
  cli
    .command('approve')
    .description('approve what Codex asks for; prints it first')
    .argument('[id]', 'which one, when several wait')
    .option('--session', 'and the same again in this session')
    .action(verb(async () => (await import('./requests.ts')).approve));
  cli
    .command('deny')
    .description('deny what Codex asks for; it goes on without')
    .argument('[id]', 'which one, when several wait')
    .action(verb(async () => (await import('./requests.ts')).deny));
  cli
    .command('answer')
    .description('answer a question of Codex')
    .argument('<id>', 'of the request, as status shows it')
    .argument('[text...]', 'one of its options, or a text; - reads it from stdin')
    .option('--question <id=text>', 'the answer to one of several questions; once for each', collect)
    .action(verb(async () => (await import('./requests.ts')).answer));
  const queue = cli.command('queue').description('prompts that are not answered yet');
  queue
    .command('list', { isDefault: true })
    .description('those that wait, the one under way first')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./queue.ts')).queueList));
  queue
    .command('move')
    .description('put one to another place')
    .argument('<id>', 'the beginning is enough')
    .argument('<position>', '1 for the first')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./queue.ts')).queueMove));
  queue
    .command('drop')
    .description('take one out; it is not sent')
    .argument('<id>', 'the beginning is enough')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./queue.ts')).queueDrop));
  queue
    .command('send')
    .description('send one that is uncertain, or that ended without a whole answer')
    .argument('<id>', 'as queue or history --json print it')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./queue.ts')).queueSend));
  const review = cli.command('review').description('prompts that are shown before they are sent');
  review
    .command('list', { isDefault: true })
    .description('those that wait, in the order in which they were spoken')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./review.ts')).reviewList));
  review
    .command('send')
    .description('send one now')
    .argument('[id]', 'the beginning is enough; else the newest')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./review.ts')).reviewSend));
  review
    .command('edit')
    .description('edit one; its countdown stops meanwhile')
    .argument('[id]', 'the beginning is enough; else the newest')
    .argument('[text...]', 'send this instead, without the editor; - reads it from stdin')
    .option('--popup', 'in a terminal window of its own')
    .action(verb(async () => (await import('./review.ts')).reviewEdit));
  review
    .command('cancel')
    .description('do not send one; the history keeps it')
    .argument('[id]', 'the beginning is enough; else the newest')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./review.ts')).reviewCancel));
  cli
    .command('status')
    .description('stage, session, hotkey, microphone, engine, last timings')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./status.ts')).status));
  cli
    .command('history')
    .description('utterances, newest first')
    .argument('[query]', 'only those with these words')
    .option('-n, --limit <count>', 'how many', '20')
    .option('-v, --verbose', 'also what was heard and what was made of it')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./history.ts')).history));
  cli
    .command('stats')
    .description('percentiles per stage')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./stats.ts')).stats));
  const models = cli.command('models').description('Whisper models');
  models
    .command('list', { isDefault: true })
    .description('those that can be had; * marks the one in use')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./models.ts')).modelsList));
  models
    .command('get')
    .description('download one')
    .argument('<name>', 'as list prints it, or the address of a ggml or GGUF file')
    .option('--sha256 <hex>', 'of the file at that address')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./models.ts')).modelsGet));
  models
    .command('use')
    .description('recognise speech by it from now on')
    .argument('<name>', 'as list prints it, or a path')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./models.ts')).modelsUse));
  models
    .command('remove')
    .description('delete one that was downloaded')
    .argument('<name>', 'as list prints it')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./models.ts')).modelsRemove));
  models
    .command('bench')
    .description('measure them on this machine, and recommend one')
    .argument('[name...]', 'these instead of all that are here')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./models.ts')).modelsBench));
  const config = cli.command('config').description('the settings file');
  config
    .command('path')
    .description('where it is')
    .action(verb(async () => (await import('./config.ts')).configPath));
  config
    .command('check')
    .description('its errors, with line numbers')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./config.ts')).configCheck));
  config
    .command('print')
    .description('the effective values')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./config.ts')).configPrint));
  cli
    .command('demo')
    .description('speak the bundled recording through the whole loop and print the timings')
    .option('--loopback', 'use the built-in loopback model even when you are signed in')
    .option('--json', 'print the utterance as JSON')
    .action(verb(async () => (await import('./demo.ts')).demo));
  cli
    .command('doctor')
    .description('prove each part live and say what to do about what fails')
    .option('--quick', 'only what needs no desktop and no Codex')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./doctor.ts')).doctor));
  const service = cli.command('service').description('start codex-voice with the desktop');
  service
    .command('install')
    .description('let the desktop start it from now on, and start it now')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./service.ts')).serviceInstall));
  service
    .command('uninstall')
    .description('stop it, and take the service away')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./service.ts')).serviceUninstall));
  service
    .command('status')
    .description('is it installed, enabled, running; if it fails, its last words')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./service.ts')).serviceStatus));
  service
    .command('logs')
    .description('the last lines of the log')
    .option('-n, --lines <count>', 'how many', '50')
    .option('-f, --follow', 'and what comes, until Ctrl-C')
    .option('--json', 'the lines as they are in the file')
    .action(verb(async () => (await import('./service.ts')).serviceLogs));
  cli
    .command('update')
    .description('replace this program by the newest release')
    .option('--check', 'only say whether there is a newer one')
    .option('--channel <name>', 'stable or beta, instead of that of the settings')
    .option('--json', 'as JSON')
    .addOption(new Option('--background', 'as the daemon does it').hideHelp())
    .action(verb(async () => (await import('./update.ts')).update));
  cli
    .command('version')
    .description('print the version')
    .option('--verbose', 'every part with its version')
    .option('--licences', 'the licences of everything inside')
    .option('--json', 'as JSON')
    .action(verb(async () => (await import('./version.ts')).version));
  return cli;
}
