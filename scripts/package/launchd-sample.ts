import { launchdPlist } from '../../src/service/launchd.ts';

/** Prints the definition for launchd, for `launchctl` in the workflow: `node launchd-sample.ts PROGRAM`. */
const [command = ''] = process.argv.slice(2);
process.stdout.write(launchdPlist({ command, args: ['version'] }, '/dev/null'));
