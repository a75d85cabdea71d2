// The settings by which a platform is spread over processes and machines.
import type { Setting } from './setting.ts';

/** Where what is shared lies, and who this process is among the others. */
export const SPREAD_SETTINGS = {
  store: {
    variable: 'BERTH_STORE',
    type: 'text',
    fallback: '',
    sentence:
      'Database, as mysql://user:password@host:port/database or mongodb://user:password@host:port/database (docs/stores.md tells their options); SQLite in the data directory when empty.',
  },
  bus: {
    variable: 'BERTH_BUS',
    type: 'text',
    fallback: '',
    sentence:
      'Kafka brokers, as kafka://host:port,host:port (kafkas:// with TLS; docs/bus.md tells its options); messages stay within the process when empty.',
  },
  busCredentials: {
    variable: 'BERTH_BUS_CREDENTIALS',
    type: 'text',
    fallback: '',
    sentence: 'File with user:password for the brokers; none when empty.',
  },
  busCertificates: {
    variable: 'BERTH_BUS_CERTIFICATES',
    type: 'text',
    fallback: '',
    sentence: "PEM file of certificate authorities to trust for the brokers besides the machine's.",
  },
  blobs: {
    variable: 'BERTH_BLOBS',
    type: 'text',
    fallback: 'files',
    sentence:
      'Where packages, layers, logs and readings lie: files, in the data directory, or store, in the database, for a platform of several machines.',
  },
  roles: {
    variable: 'BERTH_ROLES',
    type: 'list',
    fallback: '',
    sentence:
      'What this process does, separated by commas: api, scheduler, deployment, nodes, servers, sensors, monitoring; all when empty.',
  },
  component: {
    variable: 'BERTH_COMPONENT',
    type: 'text',
    fallback: '',
    sentence: 'Name of this process among those of the platform; the host name and its roles when empty.',
  },
  machine: {
    variable: 'BERTH_MACHINE',
    type: 'text',
    fallback: '',
    sentence: 'Name of this machine among those of the platform; the host name when empty.',
  },
  peerHost: {
    variable: 'BERTH_PEER_HOST',
    type: 'text',
    fallback: '127.0.0.1',
    sentence: 'Address at which the other processes of the platform reach this one, in a network that only they use.',
  },
  peerPort: {
    variable: 'BERTH_PEER_PORT',
    type: 'port',
    fallback: '0',
    sentence: 'TCP port of that address; 0 takes a free one.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
