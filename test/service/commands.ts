import type { ServiceCommand } from '../../src/service/service-manager.ts';

/** Command lines that a definition must give back as they are. */
export const COMMANDS: Record<string, ServiceCommand> = {
  'the single file': { command: '/usr/bin/codex-voice', args: ['daemon', '--service'] },
  'a checkout': {
    command: '/home/me/src/codex voice/node_modules/node/bin/node',
    args: ['--max-semi-space-size=2', '/home/me/src/codex voice/bin/codex-voice.js', 'daemon', '--service'],
  },
  'a folder of somebody who likes to test': {
    command: '/bin/sh',
    args: ['/tmp/50% "off" $HOME `id` \\n \'quoted\' <&> ü/codex-voice.js', 'daemon', ''],
  },
};
