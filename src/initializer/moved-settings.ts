// The settings of a component that comes to a machine from another one: those of a component that is there already, but for what is its own.
// So nothing secret has to come along; passwords of accounts are derived from the platform's secret, which every machine has.
import { basename, dirname, join } from 'node:path/posix';
import { originOf } from '../model/component-name.ts';
import type { PlacedComponent } from '../ports/component-host.ts';
import { brokerAccount } from './wanted-engines.ts';

type Settings = Readonly<Record<string, string>>;

/** What they are made from. */
export interface MovedOrigin {
  readonly placed: PlacedComponent;
  /** Of a component of the same machine, and its name. */
  readonly neighbour: { readonly name: string; readonly settings: Settings };
  /** The password of an account that the initializer made. */
  readonly passwordOf: (account: string) => string;
  /** TCP ports that nobody has; the API's is used where it has that role. */
  readonly ports: { readonly peer: number; readonly api: number };
}

/** All of them. */
export function movedSettings({ placed, neighbour, passwordOf, ports }: MovedOrigin): Settings {
  const { name, roles, like } = placed;
  const { BERTH_MQTT_HOST: mqtt, BERTH_PORT: port = '', XDG_CONFIG_HOME: config, ...rest } = neighbour.settings;
  const data = movedData(name, neighbour);
  const account = accountOf(like, neighbour.name, passwordOf);
  const { BERTH_STORE: store, BERTH_PEER_PORT: peerPort } = rest;
  const hasApi = roles.includes('api');
  const hasGate = roles.includes('sensors');
  return {
    ...rest,
    ...(store === undefined ? {} : { BERTH_STORE: account.inUrl(store) }),
    ...{ BERTH_DATA: data, BERTH_COMPONENT: name, BERTH_ROLES: roles.join(',') },
    ...(config === undefined ? {} : { XDG_CONFIG_HOME: join(data, 'config') }),
    ...(peerPort === undefined || peerPort === '0' ? {} : { BERTH_PEER_PORT: String(ports.peer) }),
    ...(hasApi ? { BERTH_PORT: port === '0' ? port : String(ports.api) } : {}),
    // Empty at a neighbour that has not the role; then the usual address is taken, until the initializer knows better.
    ...(hasGate ? (mqtt ? { BERTH_MQTT_HOST: mqtt } : {}) : { BERTH_MQTT_HOST: '' }),
  };
}

/** Where it keeps what is its own: beside the neighbour, or within the machine's directory where that one has it alone. */
export function movedData(name: string, { name: neighbour, settings }: MovedOrigin['neighbour']): string {
  const { BERTH_DATA: data = '/var/lib/berth' } = settings;
  return join(basename(data) === neighbour ? dirname(data) : data, name);
}

/** The lines of a file with `user:password` for the brokers, with the account that it needs. */
export function movedCredentials(text: string, { placed, neighbour, passwordOf }: Omit<MovedOrigin, 'ports'>): string {
  return accountOf(placed.like, neighbour.name, passwordOf).inLine(text);
}

/** Puts one component's account in place of another's, where it is one that the initializer made; a given one is for all. */
function accountOf(like: string, neighbour: string, passwordOf: (account: string) => string) {
  const [from, to] = [originOf(neighbour), originOf(like)];
  return {
    inUrl(url: string): string {
      const address = new URL(url);
      if (address.username !== from || address.password !== passwordOf(from)) return url;
      [address.username, address.password] = [to, passwordOf(to)];
      return address.href;
    },
    inLine(line: string): string {
      const isOurs = line.trim() === `${from}:${passwordOf(brokerAccount(from))}`;
      return isOurs ? line.replace(line.trim(), `${to}:${passwordOf(brokerAccount(to))}`) : line;
    },
  };
}
