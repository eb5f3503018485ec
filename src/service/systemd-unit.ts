import { VoiceError } from '../errors.ts';
import type { ServiceCommand } from './service-manager.ts';

export const UNIT = 'codex-voice.service';

/**
 * The unit of the user's systemd. Verified with systemd 252 and Codex 0.169.0 as an ordinary user.
 *
 * Hardening: whatever is forbidden here is forbidden to Codex and to every command that Codex runs in a project.
 * What is left out is left out for these reasons:
 * - PrivateTmp: the sockets of X (/tmp/.X11-unix) are there. ProtectHome, ProtectSystem, PrivateDevices: Codex
 *   writes in projects; the microphone and the PTY are devices.
 * - RestrictNamespaces: Codex's own sandbox (bubblewrap) makes namespaces; it fails at once.
 * - ProtectKernelModules, ProtectKernelLogs, ProtectClock: the service does not start (218/CAPABILITIES), with
 *   PrivateUsers neither (226/NAMESPACE, as with ProtectKernelTunables); ProtectKernelTunables and
 *   ProtectControlGroups alone are ignored. They keep root from the kernel; a user has no such rights to lose. The
 *   system calls behind them are closed by SystemCallFilter instead.
 * - MemoryDenyWriteExecute: V8 compiles JavaScript while it runs. LockPersonality: a debugger turns the address
 *   randomisation off. RestrictSUIDSGID: `git init --shared` and package builds set those bits.
 *   RestrictAddressFamilies, IPAddressDeny: Codex and what it tests speak any protocol.
 * - UMask: the files that Codex writes are the project's. SystemCallFilter=@system-service: lacks mount.
 *
 * Priority: Nice= would be inherited by Codex and by every build that it runs, so the daemon raises itself (room
 * processes), through rtkit where the user may not; RestrictRealtime is no hindrance, since rtkit grants a nice value.
 * CPUWeight is for the whole service, against other programs of the desktop; systemd hands the controller to the user's
 * manager (Delegate=cpu of user@.service, seen in systemd 252), and ignores the line where it does not.
 * @param notify there is a `systemd-notify` that can tell when the daemon is ready
 * @throws VoiceError service-failed when the path of the program cannot stand in a unit
 */
export function systemdUnit(command: ServiceCommand, notify: boolean): string {
  return `# Written by \`codex-voice service install\`. Changes of your own: systemctl --user edit ${UNIT}
[Unit]
Description=codex-voice: speak to the Codex CLI from any app
# With the desktop it comes and goes; DISPLAY and its like are known to systemd by then.
PartOf=graphical-session.target
After=graphical-session.target
# After five failures in two minutes it stays down until somebody looks.
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
${readiness(notify)}
# ":": no variable is replaced in what follows.
ExecStart=:${execLine(command)}
TimeoutStartSec=90
Restart=on-failure
RestartSec=2
# Only the daemon gets the signal (it finishes the current utterance, then ends its children); the rest is killed.
KillMode=mixed
TimeoutStopSec=30
# A command of Codex that ate the memory must not take the daemon along.
OOMPolicy=continue

# Beside other programs that compute, twice the share of one of them; nothing is taken while there is time to spare.
CPUWeight=200

# No program that is started from here gains rights (sudo, setuid).
NoNewPrivileges=yes
# A program that runs wild cannot lock the machine.
RestrictRealtime=yes
# What a user program never needs: kernel modules, reboot, swap, ports, the clock.
SystemCallFilter=~@module @reboot @swap @raw-io @clock
SystemCallErrorNumber=EPERM

[Install]
WantedBy=graphical-session.target
`;
}

/**
 * Node has no datagram sockets of the Unix family, so the daemon lets systemd-notify say READY=1: hence "all", for
 * it is a child. The daemon takes NOTIFY_SOCKET out of the environment of all other children.
 */
function readiness(notify: boolean): string {
  return notify
    ? 'Type=notify\nNotifyAccess=all'
    : '# There is no systemd-notify: ready as soon as it runs.\nType=exec';
}

function execLine({ command, args }: ServiceCommand): string {
  return [command, ...args].map(quoted).join(' ');
}

/** systemd.syntax(7), systemd.service(5): quotes and backslashes as in C, "%" doubled. */
function quoted(word: string): string {
  if (/[\x00-\x1f\x7f]/.test(word)) {
    throw new VoiceError(
      'service-failed',
      'The path of codex-voice contains a control character, which a systemd unit cannot hold.',
      'Install codex-voice in another folder.',
    );
  }
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return /^[\w./@:,+=%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
