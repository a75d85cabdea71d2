// ssh://user@host[:port] as a way to reach a machine.
import { BerthError } from '../model/errors.ts';

/** What an address says. */
export interface NodeAddress {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** Reads an address. @throws request.invalid */
export function readNodeAddress(address: string): NodeAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const bare = url?.pathname === '' || url?.pathname === '/';
  if (url?.protocol !== 'ssh:' || url.hostname === '' || url.password !== '' || !bare) {
    throw new BerthError('request.invalid', {
      detail: `"${address}" is not of the form ssh://user@host or ssh://user@host:port.`,
    });
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    user: url.username === '' ? 'root' : decodeURIComponent(url.username),
    host,
    port: url.port === '' ? 22 : Number(url.port),
  };
}
