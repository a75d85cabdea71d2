// The address of a database as a person writes it: mysql://user:password@host:port/database?option=value. What is wrong with one is
// told without repeating it, because it may hold a password.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { BerthError } from '../../model/errors.ts';

/** How the connection is protected: not at all, encrypted to whoever answers, or encrypted to a server whose certificate was checked. */
export type Protection = 'off' | 'encrypted' | 'verified';

/** Where a database is and how to use it. */
export interface StoreAddress {
  readonly host: string;
  readonly port: number;
  /** Unix socket to use instead of host and port. */
  readonly socketPath: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: Protection;
  /** PEM certificates to check the server's with; the ordinary authorities when undefined. */
  readonly ca: string | undefined;
  /** Connections for reading, at most. */
  readonly connections: number;
  /** Longest wait for one answer of the database. */
  readonly timeoutMs: number;
}

const OPTIONS = ['socketPath', 'passwordFile', 'tls', 'ca', 'connections', 'timeoutMs'];
const PROTECTIONS: readonly Protection[] = ['off', 'encrypted', 'verified'];
const PORT = 3306;
const CONNECTIONS = 8;
const TIMEOUT_MS = 10_000;

/** Reads an address. @throws platform.setting-invalid, never naming the password */
export function readStoreAddress(text: string): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:') throw misfit('an address begins with mysql:// and has the form of a URL');
  const options = url.searchParams;
  for (const name of options.keys()) if (!OPTIONS.includes(name)) throw misfit(`there is no option ${name}`);
  return {
    host: plainHost(url.hostname) || 'localhost',
    port: url.port === '' ? PORT : Number(url.port),
    socketPath: options.get('socketPath') ?? undefined,
    user: required('user', decoded(url.username)),
    password: password(url, options.get('passwordFile')),
    database: required('database', decoded(url.pathname.slice(1))),
    tls: protection(options.get('tls'), url.hostname),
    ca: content('ca', options.get('ca')),
    connections: whole('connections', options.get('connections'), CONNECTIONS),
    timeoutMs: whole('timeoutMs', options.get('timeoutMs'), TIMEOUT_MS),
  };
}

/** An address as it may be shown: without user, password and options. */
export function shownAddress({ host, port, socketPath, database }: StoreAddress): string {
  return `${socketPath ?? `${host}:${port}`}/${database}`;
}

function plainHost(host: string): string {
  return host.replaceAll(/^\[|\]$/g, '');
}

function password(url: URL, file: string | null): string {
  if (file === null) return decoded(url.password);
  if (url.password !== '') throw misfit('it holds both a password and passwordFile');
  return (content('passwordFile', file) ?? '').replace(/\r?\n$/, '');
}

function content(option: string, path: string | null): string | undefined {
  if (path === null) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw misfit(`${option} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// The driver compares a certificate with names only; for an address it would accept one that was made for localhost.
function protection(given: string | null, host: string): Protection {
  const found = PROTECTIONS.find((known) => known === (given ?? 'off'));
  if (!found) throw misfit(`tls is one of ${PROTECTIONS.join(', ')}`);
  if (found === 'verified' && isIP(plainHost(host))) throw misfit('tls=verified needs the name of a host');
  return found;
}

function whole(option: string, given: string | null, ordinary: number): number {
  const value = given === null ? ordinary : Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw misfit(`${option} is a whole number above 0`);
}

function required(part: string, value: string): string {
  if (value === '') throw misfit(`it names no ${part}`);
  return value;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw misfit('a percent sign in it is not followed by two hexadecimal digits');
    throw error;
  }
}

function misfit(what: string): BerthError {
  return new BerthError('platform.setting-invalid', { detail: `BERTH_STORE does not fit: ${what}` });
}
