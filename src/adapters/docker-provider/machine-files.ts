// The files that make a container of the machines' image one machine of its own: its host key, who may come in, what runs at its start.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { MachineHostKey } from './docker-surroundings.ts';

/** Where the program of its start lies in the machine. */
export const INIT_PATH = '/etc/berth-machine/init';

/** systemd-resolved's list of real resolvers, and the usual one. */
const RESOLVERS = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf'];
const ENGINE_CONFIG = { 'live-restore': true };

/** A tar of them, for the machine's root directory. */
export async function machineFiles(hostKey: MachineHostKey, authorizedKey: string): Promise<Buffer> {
  const init = await readFile(join(import.meta.dirname, 'machine-init.sh'), 'utf8');
  const files = [
    { name: INIT_PATH, mode: 0o755, text: init },
    { name: '/etc/berth-machine/resolv.conf', mode: 0o644, text: await outwardResolvers() },
    { name: '/etc/docker/daemon.json', mode: 0o644, text: `${JSON.stringify(ENGINE_CONFIG)}\n` },
    { name: '/etc/ssh/ssh_host_ed25519_key', mode: 0o600, text: hostKey.privateKey },
    { name: '/etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, text: `${hostKey.publicLine}\n` },
    // The other keys of the image are every machine's: sshd is to offer this machine's own alone.
    {
      name: '/etc/ssh/sshd_config.d/berth-machine.conf',
      mode: 0o644,
      text: 'HostKey /etc/ssh/ssh_host_ed25519_key\n',
    },
    { name: '/root/.ssh/authorized_keys', mode: 0o600, text: `${authorizedKey}\n` },
  ];
  const tar = pack();
  tar.entry({ name: 'root/.ssh', type: 'directory', mode: 0o700 });
  for (const { name, mode, text } of files) tar.entry({ name: name.slice(1), mode }, text);
  tar.finalize();
  return buffer(tar);
}

/** The first list of name servers that a machine can reach too: none on this machine's own loopback. Empty when there is none. */
async function outwardResolvers(): Promise<string> {
  for (const path of RESOLVERS) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (/^nameserver\s/m.test(text) && !/^nameserver\s+(127\.|::1)/m.test(text)) return text;
  }
  return '';
}
