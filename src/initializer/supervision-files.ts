// Who starts the supervisor of a machine when it comes up. The supervisor is Berth's own everywhere: it notices a component whose loop
// stands still, which a unit of systemd for each component would not. Where systemd runs, it keeps the supervisor.
import { COMPONENTS, CURRENT, ETC, PROGRAMS, UNITS } from './machine-paths.ts';
import { type WantedFile, wantedFile } from './wanted-machine.ts';

/** What starts it: a unit of systemd, cron, a script of the machine's own that nobody else has, or nothing that could be found. */
export type BootWay = 'systemd' | 'cron' | 'rc.local' | 'none';

/** The program `berth` on a machine; what it compiles is kept beside the programs, and goes with them. */
export const BERTH_WORDS: readonly string[] = berthWords(CURRENT);

/** The supervisor's own words; a second one stands by. */
const SUPERVISE_WORDS: readonly string[] = ['supervise', '--directory', COMPONENTS, '--wait'];

/** Where a supervisor that was started without systemd writes. */
export const SUPERVISOR_LOG = `${ETC}/logs/supervisor.log`;

/** Its unit. */
export const UNIT_NAME = 'berth.service';

const UNIT = `# Written by 'berth platform'.
[Unit]
Description=Berth: keeps the components of this machine running
After=network-online.target mariadb.service docker.service
Wants=network-online.target

[Service]
Type=exec
Environment=HOME=/root NODE_COMPILE_CACHE=${PROGRAMS}/compiled
ExecStart=${CURRENT}/bin/berth ${SUPERVISE_WORDS.join(' ')}
Restart=always
RestartSec=1
# Asked to stop, it ends its components itself; killed, it leaves them running, and its successor takes them over.
KillMode=process
TimeoutStopSec=90
LimitNOFILE=65536
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes

[Install]
WantedBy=multi-user.target
`;

const CRON = `# Written by 'berth platform'.
SHELL=/bin/sh
@reboot root ${daemonWords().join(' ')}
`;

const RC_LOCAL = `#!/bin/sh
# Written by 'berth platform'.
${daemonWords().join(' ')}
exit 0
`;

/** The file by which it is started at boot; none where nothing would read one. */
export function bootFiles(way: BootWay): readonly WantedFile[] {
  switch (way) {
    case 'systemd':
      return [wantedFile(`${UNITS}/${UNIT_NAME}`, UNIT, 0o644)];
    case 'cron':
      return [wantedFile('/etc/cron.d/berth', CRON, 0o644)];
    case 'rc.local':
      return [wantedFile('/etc/rc.local', RC_LOCAL, 0o755)];
    case 'none':
      return [];
    default:
      return way satisfies never;
  }
}

/** The words that start it in the background, for a machine without systemd. They need no quotes. */
export function daemonWords(): readonly string[] {
  const options = ['--start', '--background', '--make-pidfile', '--pidfile', '/run/berth-supervisor.pid'];
  const [program = '', ...words] = [...BERTH_WORDS, ...SUPERVISE_WORDS];
  const start = ['--oknodo', '--output', SUPERVISOR_LOG, '--startas', `/usr/bin/${program}`, '--', ...words];
  return ['/sbin/start-stop-daemon', ...options, ...start];
}

/** The program `berth` in a directory of a machine. */
export function berthWords(directory: string): readonly string[] {
  return ['env', 'HOME=/root', `NODE_COMPILE_CACHE=${PROGRAMS}/compiled`, `${directory}/bin/berth`];
}
