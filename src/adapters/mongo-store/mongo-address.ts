// The address of a MongoDB as a person writes it: mongodb://user:password@host:port,host:port/database?option=value. What is wrong with one
// is told without repeating it, because it may hold a password.
import { readFileSync } from 'node:fs';
import { BerthError } from '../../model/errors.ts';

/** Where a database is and how to use it. */
export interface MongoAddress {
  readonly scheme: 'mongodb' | 'mongodb+srv';
  /** Hosts with their ports, joined by commas. */
  readonly hosts: string;
  readonly database: string;
  /** Undefined when the address names nobody. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
  /** Options that are MongoDB's own, as they were written. */
  readonly options: Readonly<Record<string, string>>;
  /** Connections, at most. */
  readonly connections: number;
  /** Longest wait for one answer of the database. */
  readonly timeoutMs: number;
}

/** MongoDB's own options that a person may set. What decides durability and who is read is not among them. */
const DRIVERS_OPTIONS = [
  ...['authMechanism', 'authSource', 'directConnection', 'replicaSet', 'srvServiceName', 'tls'],
  ...['tlsCAFile', 'tlsCertificateKeyFile'],
];
const OWN_OPTIONS = ['connections', 'passwordFile', 'timeoutMs'];
const CONNECTIONS = 16;
const TIMEOUT_MS = 10_000;

const FORM =
  /^(?<scheme>mongodb(?:\+srv)?):\/\/(?:(?<name>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?]+)\/(?<database>[^/?]*)(?:\?(?<options>.*))?$/;

/** Reads an address. @throws platform.setting-invalid, never naming the password */
export function readMongoAddress(text: string): MongoAddress {
  const parts = FORM.exec(text)?.groups;
  if (!parts) throw misfit('an address has the form mongodb://user:password@host:port/database');
  const options = new URLSearchParams(parts.options ?? '');
  for (const name of options.keys()) refuseUnknown(name);
  return {
    scheme: parts.scheme === 'mongodb' ? 'mongodb' : 'mongodb+srv',
    hosts: parts.hosts ?? '',
    database: named(decoded(parts.database ?? '')),
    user: userOf(parts.name, parts.password, options.get('passwordFile')),
    options: Object.fromEntries([...options].filter(([name]) => DRIVERS_OPTIONS.includes(name))),
    connections: whole('connections', options.get('connections'), CONNECTIONS),
    timeoutMs: whole('timeoutMs', options.get('timeoutMs'), TIMEOUT_MS),
  };
}

/** An address as it may be shown: without user, password and options. */
export function shownMongoAddress({ hosts, database }: MongoAddress): string {
  return `${hosts}/${database}`;
}

function refuseUnknown(name: string): void {
  if (!DRIVERS_OPTIONS.includes(name) && !OWN_OPTIONS.includes(name)) throw misfit(`there is no option ${name}`);
}

function userOf(name: string | undefined, password: string | undefined, file: string | null): MongoAddress['user'] {
  if (name === undefined || name === '') {
    if (file !== null || password !== undefined) throw misfit('it holds a password and names no user');
    return undefined;
  }
  if (file !== null && password !== undefined) throw misfit('it holds both a password and passwordFile');
  return { name: decoded(name), password: file === null ? decoded(password ?? '') : contentOf(file) };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw misfit(`passwordFile cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function named(database: string): string {
  if (database === '') throw misfit('it names no database');
  return database;
}

function whole(option: string, given: string | null, ordinary: number): number {
  const value = given === null ? ordinary : Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw misfit(`${option} is a whole number above 0`);
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
