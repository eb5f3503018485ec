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
    .description('run the daemon in the foreground')
    .option('--service', "find the desktop's environment first, as the service does")
    .addOption(new Option('--respawn', 'start the daemon again after a crash').hideHelp())
    .action(verb(async () => (await import('./daemon.ts')).daemon));
  for (const [name, what] of [
    ['start', 'start the background daemon'],
    ['stop', 'stop the background daemon'],
    ['restart', 'restart the background daemon'],
  ] as const) {
    cli
      .command(name)
      .description(what)
      .action(verb(async () => (await import('./background.ts'))[name]));
  }
  for (const [name, what] of [
    ['toggle', 'start listening, or stop and send'],
    ['press', 'do what pressing the hotkey does'],
    ['release', 'do what releasing the hotkey does'],
    ['cancel', 'discard the current recording, or a prompt that is about to be sent'],
    ['pause', 'release the hotkey and ignore the microphone until unpause'],
    ['unpause', 'listen to the hotkey again'],
  ] as const) {
    cli
      .command(name)
      .description(what)
      .action(verb(async () => (await import('./keys.ts'))[name]));
  }
  const keys = cli
    .command('keys')
    .description('show the hotkey of this desktop, and bind it where no driver can');
  const desktop = () => new Option('--desktop <name>', 'the desktop, where it is not found by itself');
  keys
    .command('show', { isDefault: true })
    .description('show which driver has the hotkey, and what to add to the configuration of the desktop')
    .addOption(desktop())
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./bindings.ts')).keysShow));
  keys
    .command('install')
    .description('add the key to the configuration file of Hyprland, river, niri, COSMIC, labwc, sway or i3')
    .addOption(desktop())
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./bindings.ts')).keysInstall));
  keys
    .command('remove')
    .description('take exactly that out of the configuration file again')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./bindings.ts')).keysRemove));
  cli
    .command('ask')
    .description('send a typed prompt; stream the answer to stdout')
    .argument('[text...]', 'the prompt; - reads stdin')
    .option('--audio <file>', 'send what is said in this recording; - reads stdin')
    .option('--partial', 'with --audio: accept a recording that is cut short')
    .option('--project <name>', 'send it to this project')
    .option('--no-wait', 'print the id and exit')
    .option('--json', 'print the finished utterance as JSON')
    .action(verb(async () => (await import('./ask.ts')).ask));
  cli
    .command('attach')
    .description('show the hidden Codex terminal here; Ctrl-] detaches')
    .option('--project <name>', 'use this project instead of the current one')
    .option('--popup', 'open a new terminal window')
    .addOption(new Option('--window', 'the window was opened for this command').hideHelp())
    .action(verb(async () => (await import('./attach.ts')).attach));
  cli
    .command('ui')
    .description('show conversation, requests, queue, projects and timings on one screen')
    .action(verb(async () => (await import('./ui.ts')).ui));
  cli
    .command('interrupt')
    .description('interrupt what Codex is doing')
    .action(verb(async () => (await import('./keys.ts')).interrupt));
  cli
    .command('projects')
    .description('list the projects; * marks the one that receives prompts')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./projects.ts')).projects));
  cli
    .command('use')
    .description('send prompts to this project from now on')
    .argument('<project>', 'name or alias; auto: use the folder of the focused window')
    .action(verb(async () => (await import('./projects.ts')).use));
  cli
    .command('new')
    .description('start a new conversation')
    .option('--project <name>', 'use this project instead of the current one')
    .action(verb(async () => (await import('./projects.ts')).newSession));
  cli
    .command('sessions')
    .description('list the conversations of a project, newest first')
    .option('--project <name>', 'use this project instead of the current one')
    .option('-n, --limit <count>', 'maximum number', '20')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./projects.ts')).sessions));
  cli
    .command('resume')
    .description('continue an earlier conversation')
    .argument('<id>', 'id, as sessions prints it')
    .option('--project <name>', 'use this project instead of the current one')
    .action(verb(async () => (await import('./projects.ts')).resume));
  cli
    .command('approve')
    .description('print a request from Codex, then approve it')
    .argument('[id]', 'id of the request; needed when several wait')
    .option('--session', 'also approve the same request for the rest of the session')
    .action(verb(async () => (await import('./requests.ts')).approve));
  cli
    .command('deny')
    .description('print a request from Codex, then deny it')
    .argument('[id]', 'id of the request; needed when several wait')
    .action(verb(async () => (await import('./requests.ts')).deny));
  cli
    .command('answer')
    .description('answer a question from Codex')
    .argument('<id>', 'id of the request, as status prints it')
    .argument('[text...]', 'one of the options, or free text; - reads stdin')
    .option('--question <id=text>', 'answer one of several questions; repeat for each', collect)
    .action(verb(async () => (await import('./requests.ts')).answer));
  const queue = cli.command('queue').description('list and change the prompts that are not answered yet');
  queue
    .command('list', { isDefault: true })
    .description('list the queued prompts; the one in progress is first')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./queue.ts')).queueList));
  queue
    .command('move')
    .description('move a prompt to another position')
    .argument('<id>', 'id, or the start of it')
    .argument('<position>', '1 for the first')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./queue.ts')).queueMove));
  queue
    .command('drop')
    .description('remove a prompt; it is not sent')
    .argument('<id>', 'id, or the start of it')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./queue.ts')).queueDrop));
  queue
    .command('send')
    .description('send a prompt again that is uncertain or was not fully answered')
    .argument('<id>', 'id, as queue or history --json prints it')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./queue.ts')).queueSend));
  const review = cli.command('review').description('list and change the prompts that wait for review');
  review
    .command('list', { isDefault: true })
    .description('list the prompts that wait, oldest first')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./review.ts')).reviewList));
  review
    .command('send')
    .description('send a prompt now')
    .argument('[id]', 'id, or the start of it (default: the newest)')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./review.ts')).reviewSend));
  review
    .command('edit')
    .description('edit a prompt; its countdown stops meanwhile')
    .argument('[id]', 'id, or the start of it (default: the newest)')
    .argument('[text...]', 'send this text without opening the editor; - reads stdin')
    .option('--popup', 'open a new terminal window')
    .action(verb(async () => (await import('./review.ts')).reviewEdit));
  review
    .command('cancel')
    .description('cancel a prompt; it stays in the history')
    .argument('[id]', 'id, or the start of it (default: the newest)')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./review.ts')).reviewCancel));
  cli
    .command('status')
    .description('show stage, session, hotkey, microphone, engine and last timings')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./status.ts')).status));
  cli
    .command('history')
    .description('list or search utterances, newest first')
    .argument('[query]', 'words to search for')
    .option('-n, --limit <count>', 'maximum number', '20')
    .option('-v, --verbose', 'also show what was heard and how it was changed')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./history.ts')).history));
  cli
    .command('stats')
    .description('show percentiles for each stage')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./stats.ts')).stats));
  const models = cli.command('models').description('list, download and choose Whisper models');
  models
    .command('list', { isDefault: true })
    .description('list the available models; * marks the one in use')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./models.ts')).modelsList));
  models
    .command('get')
    .description('download a model')
    .argument('<name>', 'name, as list prints it, or the URL of a ggml or GGUF file')
    .option('--sha256 <hex>', 'SHA-256 of the file at that URL')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./models-get.ts')).modelsGet));
  models
    .command('use')
    .description('use a model from now on')
    .argument('<name>', 'name, as list prints it, or a path')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./models-use.ts')).modelsUse));
  models
    .command('remove')
    .description('delete a downloaded model')
    .argument('<name>', 'name, as list prints it')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./models.ts')).modelsRemove));
  models
    .command('bench')
    .description('measure the models on this machine and recommend one')
    .argument('[name...]', 'only these models (default: all that are installed)')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./models-bench.ts')).modelsBench));
  const config = cli.command('config').description('show and check the settings');
  config
    .command('path')
    .description('print the path of the settings file')
    .action(verb(async () => (await import('./config.ts')).configPath));
  config
    .command('check')
    .description('print the errors of the settings file, with line numbers')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./config.ts')).configCheck));
  config
    .command('print')
    .description('print the effective settings')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./config.ts')).configPrint));
  cli
    .command('demo')
    .description('speak the bundled recording through the whole loop and print the timings')
    .option('--loopback', 'use the built-in loopback model even when you are signed in')
    .option('--json', 'print the utterance as JSON')
    .action(verb(async () => (await import('./demo.ts')).demo));
  cli
    .command('doctor')
    .description('test every part and explain how to fix what fails')
    .option('--quick', 'only run the checks that need no desktop and no Codex')
    .option('--press', 'only wait for a press of the hotkey, and report which driver delivers it')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./doctor.ts')).doctor));
  const service = cli.command('service').description('start codex-voice together with the desktop');
  service
    .command('install')
    .description('install the service and start it')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./service.ts')).serviceInstall));
  service
    .command('uninstall')
    .description('stop and remove the service')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./service.ts')).serviceUninstall));
  service
    .command('status')
    .description('show whether the service is installed, enabled and running')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./service.ts')).serviceStatus));
  service
    .command('logs')
    .description('print the last lines of the log')
    .option('-n, --lines <count>', 'number of lines', '50')
    .option('-f, --follow', 'keep printing new lines until Ctrl-C')
    .option('--json', 'print the lines unchanged')
    .action(verb(async () => (await import('./service.ts')).serviceLogs));
  cli
    .command('update')
    .description('update codex-voice to the newest release')
    .option('--check', 'only report whether there is a newer release')
    .option('--channel <name>', 'stable or beta (default: the channel in the settings)')
    .option('--json', 'print JSON')
    .addOption(new Option('--background', 'update as the daemon does').hideHelp())
    .action(verb(async () => (await import('./update.ts')).update));
  cli
    .command('version')
    .description('print the version')
    .option('--verbose', 'also print the version of every part')
    .option('--licences', 'print the licences of all included software')
    .option('--json', 'print JSON')
    .action(verb(async () => (await import('./version.ts')).version));
  return cli;
}
