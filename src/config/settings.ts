// Every setting of Berth: its name, type, default and one sentence. `docs/settings.md` is generated from this; a test compares them.
import type { Setting } from './setting.ts';
import { SPREAD_SETTINGS } from './spread-settings.ts';

/** All settings by their name in the program. */
export const SETTINGS = {
  data: {
    variable: 'BERTH_DATA',
    type: 'text',
    fallback: '/var/lib/berth',
    sentence: 'Directory of everything that Berth keeps on this machine.',
  },
  ...SPREAD_SETTINGS,
  listenHost: {
    variable: 'BERTH_HOST',
    type: 'text',
    fallback: '127.0.0.1',
    sentence: 'Address that the API listens on; anything but loopback should stand behind TLS.',
  },
  listenPort: {
    variable: 'BERTH_PORT',
    type: 'port',
    fallback: '7400',
    sentence: 'TCP port of the API; 0 takes a free one.',
  },
  publicUrl: {
    variable: 'BERTH_PUBLIC_URL',
    type: 'text',
    fallback: '',
    sentence:
      'Address at which people reach the platform, as https://berth.example.org; the address that it listens on when empty.',
  },
  trustProxy: {
    variable: 'BERTH_TRUST_PROXY',
    type: 'list',
    fallback: '',
    sentence:
      "Addresses and networks, separated by commas, of proxies whose X-Forwarded headers tell the client's address and protocol.",
  },
  dockerSocket: {
    variable: 'BERTH_DOCKER',
    type: 'text',
    fallback: '/var/run/docker.sock',
    sentence: 'Socket of the Docker engine that is the first node; empty for a platform without a local node.',
  },
  baseImage: {
    variable: 'BERTH_BASE_IMAGE',
    type: 'text',
    fallback: 'python:3.13-slim',
    sentence: 'Python base image, pulled where a registry answers; empty to make it from Debian packages at once.',
  },
  baseTar: {
    variable: 'BERTH_BASE_TAR',
    type: 'text',
    fallback: '',
    sentence:
      'A tar of a root file system with Python 3.9 or newer and pip, used as the base image instead of pulling or making one.',
  },
  debianMirror: {
    variable: 'BERTH_DEBIAN_MIRROR',
    type: 'text',
    fallback: '',
    sentence: "Debian mirror for base image and dependencies; the machine's own when empty.",
  },
  pipIndexUrl: {
    variable: 'BERTH_PIP_INDEX_URL',
    type: 'text',
    fallback: '',
    sentence: "Package index for pip dependencies; pip's own when empty.",
  },
  npmRegistryUrl: {
    variable: 'BERTH_NPM_REGISTRY_URL',
    type: 'text',
    fallback: '',
    sentence:
      "Registry for npm dependencies, as https://host/path/ or https://user:password@host/path/; npm's own when empty.",
  },
  caCertificates: {
    variable: 'BERTH_CA_CERTIFICATES',
    type: 'text',
    fallback: '',
    sentence: "PEM file of certificate authorities to trust besides Debian's when dependencies are installed.",
  },
  proxy: {
    variable: 'BERTH_PROXY',
    type: 'text',
    fallback: '',
    sentence: 'HTTP proxy through which dependencies are installed; none when empty.',
  },
  installTimeoutMs: {
    variable: 'BERTH_INSTALL_TIMEOUT',
    type: 'milliseconds',
    fallback: '900000',
    sentence: 'Limit of one installation of dependencies.',
  },
  packageLimitBytes: {
    variable: 'BERTH_PACKAGE_LIMIT',
    type: 'bytes',
    fallback: '1073741824',
    sentence: 'Largest zip that is accepted.',
  },
  cpuOvercommit: {
    variable: 'BERTH_CPU_OVERCOMMIT',
    type: 'number',
    fallback: '4',
    sentence: 'CPUs that tasks may reserve on a node, as a multiple of those it has.',
  },
  memoryHeadroomBytes: {
    variable: 'BERTH_MEMORY_HEADROOM',
    type: 'bytes',
    fallback: '268435456',
    sentence: 'Memory of every node that is never promised to tasks.',
  },
  diskHeadroomBytes: {
    variable: 'BERTH_DISK_HEADROOM',
    type: 'bytes',
    fallback: '1073741824',
    sentence: 'Disk space of every node that is never promised to tasks.',
  },
  endedContainerMs: {
    variable: 'BERTH_KEEP_CONTAINER',
    type: 'milliseconds',
    fallback: '3600000',
    sentence: 'How long an ended container stays on its node, for people to look at.',
  },
  leaseMs: {
    variable: 'BERTH_LEASE',
    type: 'milliseconds',
    fallback: '30000',
    sentence:
      'How long an exactlyOne application may run on without word from the platform, and so the least time before another node takes it over.',
  },
  powerCycleAfterMs: {
    variable: 'BERTH_POWER_CYCLE_AFTER',
    type: 'milliseconds',
    fallback: '30000',
    sentence:
      'How long a lost node is left alone before its power is switched off and on, where its provider says that it is running.',
  },
  replacementsPerHour: {
    variable: 'BERTH_REPLACEMENTS_PER_HOUR',
    type: 'number',
    fallback: '10',
    sentence: 'Machines that may be replaced by new ones within an hour, by the platform itself; 0 for none.',
  },
  logMaxAgeMs: {
    variable: 'BERTH_LOG_MAX_AGE',
    type: 'milliseconds',
    fallback: '2592000000',
    sentence: 'Age at which logs are dropped.',
  },
  logMaxBytes: {
    variable: 'BERTH_LOG_MAX_BYTES',
    type: 'bytes',
    fallback: '1073741824',
    sentence: 'Size at which the oldest log of a task is dropped.',
  },
  historyMaxAgeMs: {
    variable: 'BERTH_HISTORY_MAX_AGE',
    type: 'milliseconds',
    fallback: '7776000000',
    sentence:
      'Age at which jobs that have ended are forgotten, with their outputs and logs, and records of occurrences that made none.',
  },
  historyJobs: {
    variable: 'BERTH_HISTORY_JOBS',
    type: 'number',
    fallback: '1000',
    sentence:
      'Jobs of one instance that are kept, and records of its occurrences that made none; older ones are forgotten.',
  },
  actionMaxAgeMs: {
    variable: 'BERTH_ACTIONS_MAX_AGE',
    type: 'milliseconds',
    fallback: '2592000000',
    sentence: 'Age at which actions that are over are forgotten, undelivered ones included, and notices in inboxes.',
  },
  auditMaxAgeMs: {
    variable: 'BERTH_AUDIT_MAX_AGE',
    type: 'milliseconds',
    fallback: '34560000000',
    sentence: 'Age at which entries of the audit are removed, from its old end only.',
  },
  mqttHost: {
    variable: 'BERTH_MQTT_HOST',
    type: 'text',
    fallback: '127.0.0.1',
    sentence:
      'Address at which devices come in over MQTT without TLS; empty for none. Their credentials cross the network in the clear.',
  },
  mqttPort: {
    variable: 'BERTH_MQTT_PORT',
    type: 'port',
    fallback: '1883',
    sentence: 'TCP port of that address; 0 takes a free one.',
  },
  mqttTlsHost: {
    variable: 'BERTH_MQTT_TLS_HOST',
    type: 'text',
    fallback: '0.0.0.0',
    sentence: 'Address at which devices come in over MQTT with TLS, where a certificate is given.',
  },
  mqttTlsPort: {
    variable: 'BERTH_MQTT_TLS_PORT',
    type: 'port',
    fallback: '8883',
    sentence: 'TCP port of that address; 0 takes a free one.',
  },
  mqttTlsCertificate: {
    variable: 'BERTH_MQTT_TLS_CERTIFICATE',
    type: 'text',
    fallback: '',
    sentence: 'PEM file of the certificate for MQTT with TLS, with its chain; without TLS when empty.',
  },
  mqttTlsKey: {
    variable: 'BERTH_MQTT_TLS_KEY',
    type: 'text',
    fallback: '',
    sentence: "PEM file of that certificate's key.",
  },
  mqttBroker: {
    variable: 'BERTH_MQTT_BROKER',
    type: 'text',
    fallback: '',
    sentence:
      "Broker of devices, as mqtt://host:port or mqtts://host:port, instead of the platform's own; it has to keep each device to its own topics.",
  },
  mqttBrokerVersion: {
    variable: 'BERTH_MQTT_BROKER_VERSION',
    type: 'text',
    fallback: '5',
    sentence: 'Version of MQTT that is spoken with that broker: 5 or 3.1.1.',
  },
  mqttBrokerCredentials: {
    variable: 'BERTH_MQTT_BROKER_CREDENTIALS',
    type: 'text',
    fallback: '',
    sentence: 'File with user:password for that broker; none when empty.',
  },
  mqttBrokerCertificates: {
    variable: 'BERTH_MQTT_BROKER_CERTIFICATES',
    type: 'text',
    fallback: '',
    sentence: "PEM file of certificate authorities to trust for that broker besides the machine's.",
  },
  readingMaxAgeMs: {
    variable: 'BERTH_READINGS_MAX_AGE',
    type: 'milliseconds',
    fallback: '604800000',
    sentence: 'Age at which single readings are forgotten; plots go on for a year.',
  },
  lostSecrets: {
    variable: 'BERTH_LOST_SECRETS',
    type: 'text',
    fallback: 'refuse',
    sentence:
      'What a start does when secrets cannot be opened with the key file that is there: refuse, or accept, after which they must be set anew.',
  },
  relayAllow: {
    variable: 'BERTH_RELAY_ALLOW',
    type: 'list',
    fallback: '',
    sentence: 'Addresses, separated by commas, that applications may reach though they are loopback or link-local.',
  },
  logLevel: {
    variable: 'BERTH_LOG_LEVEL',
    type: 'level',
    fallback: 'info',
    sentence: "Least weight of lines in the platform's own log: debug, info, warn or error.",
  },
} as const satisfies Record<string, Setting>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Weights of lines in the platform's own log, from the lightest. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** The weight of a line in the platform's own log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

type ValueOf<S extends Setting> = S['type'] extends 'text'
  ? string
  : S['type'] extends 'level'
    ? LogLevel
    : S['type'] extends 'list'
      ? readonly string[]
      : number;

/** Every setting with its value. */
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]> };
