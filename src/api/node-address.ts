// ssh://user@host[:port] as a way to reach a machine.
import { BerthError } from '../model/errors.ts';

/** Names, IPv4 addresses, and IPv6 addresses in brackets. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9a-f:.]+\])$/i;

/** What an address says. */
export interface NodeAddress {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** Reads an address. @throws request.invalid */
export function readNodeAddress(address: string): NodeAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'ssh:' || !HOST.test(url.hostname) || !isBare(url)) {
    throw new BerthError('request.invalid', {
      detail: `"${address.slice(0, 200)}" is not of the form ssh://user@host or ssh://user@host:port.`,
    });
  }
  return {
    user: url.username === '' ? 'root' : url.username,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 22 : Number(url.port),
  };
}

/** Nothing beyond user, host and port: no password, which would be kept and shown, and no spelled-out signs in the user's name. */
function isBare({ pathname, search, hash, password, username }: URL): boolean {
  const rest = pathname === '/' ? '' : pathname;
  return `${rest}${search}${hash}${password}` === '' && !username.includes('%');
}
