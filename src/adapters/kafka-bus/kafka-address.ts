// The address of the brokers and what it says of how to speak with them.
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { BaseOptions, SASLMechanismValue } from '@platformatic/kafka';
import { BerthError } from '../../model/errors.ts';

/** What an address says. */
export interface KafkaAddress {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly isTls: boolean;
  readonly sasl: SASLMechanismValue;
  /** Goes before the name of every topic and group, so that several platforms may share brokers. */
  readonly prefix: string;
}

/** By which name and password a process comes in. */
export interface KafkaCredentials {
  readonly user: string;
  readonly password: string;
}

/** What is needed to speak with brokers. */
export interface KafkaAccess {
  readonly url: string;
  readonly credentials: KafkaCredentials | null;
  /** PEM of authorities to trust besides the machine's. */
  readonly certificates: string | null;
  /** Names this process among the brokers' clients. */
  readonly clientId: string;
}

const WAYS: Readonly<Record<string, SASLMechanismValue>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
};

const DEFAULT_PORT = 9092;

/** Reads an address. @throws bus.address-invalid */
export function parseKafkaAddress(url: string): KafkaAddress {
  const [, tls, hosts = '', query = ''] = /^kafka(s)?:\/\/([^/?#]+)\/?(?:\?(.*))?$/.exec(url) ?? [];
  if (hosts === '') throw invalid('it is not like kafka://host:port');
  if (hosts.includes('@')) throw invalid('a name and a password belong into the file of BERTH_BUS_CREDENTIALS');
  const options = new URLSearchParams(query);
  for (const name of options.keys()) if (!['sasl', 'prefix'].includes(name)) throw invalid(`it has no option ${name}`);
  const sasl = WAYS[options.get('sasl') ?? 'scram-sha-512'];
  if (!sasl) throw invalid(`sasl is one of ${Object.keys(WAYS).join(', ')}`);
  const prefix = options.get('prefix') ?? '';
  if (!/^[a-zA-Z0-9._-]{0,40}$/.test(prefix)) throw invalid('prefix has up to 40 letters, digits, dots and dashes');
  return { brokers: hosts.split(',').map(broker), isTls: tls === 's', sasl, prefix };
}

/** The user and the password of a file's text `user:password`. @throws bus.address-invalid */
export function parseKafkaCredentials(text: string): KafkaCredentials {
  const line = text.trim();
  const colon = line.indexOf(':');
  if (colon < 1) throw invalid('the file of BERTH_BUS_CREDENTIALS does not hold user:password');
  return { user: line.slice(0, colon), password: line.slice(colon + 1) };
}

/** What every client of the driver is made with. */
export function clientOptions(access: KafkaAccess, address: KafkaAddress): BaseOptions {
  const { credentials, certificates, clientId } = access;
  const hasNames = address.brokers.every((each) => isIP(each.slice(0, each.lastIndexOf(':'))) === 0);
  const ca = certificates === null ? undefined : [...rootCertificates, certificates];
  return {
    clientId,
    bootstrapBrokers: [...address.brokers],
    connectTimeout: 3000,
    // Topics change by hand at most; errors that tell of changed leaders make the driver ask anew.
    metadataMaxAge: 60_000,
    ...(address.isTls ? { tls: ca ? { ca } : {}, ...(hasNames ? { tlsServerName: true } : {}) } : {}),
    ...(credentials
      ? { sasl: { mechanism: address.sasl, username: credentials.user, password: credentials.password } }
      : {}),
  };
}

function broker(text: string): string {
  const [, host, port = String(DEFAULT_PORT)] = /^([^:\s]+|\[[^\]]+\])(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw invalid(`'${text}' is not like host:port`);
  return `${host}:${port}`;
}

function invalid(detail: string): BerthError {
  return new BerthError('bus.address-invalid', { detail });
}
