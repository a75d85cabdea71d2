// Where things lie on a machine of the platform.

/** Programs, one directory for each digest, and the link to the one that runs. */
export const PROGRAMS = '/opt/berth';

/** The link to the program that runs. */
export const CURRENT = `${PROGRAMS}/current`;

/** Settings, secrets, the map, and what was installed. */
export const ETC = '/etc/berth';

/** One file for each component that the own supervisor keeps running. */
export const COMPONENTS = `${ETC}/components`;

/** What the initializer did here, so that it can be taken back. */
export const MANIFEST = `${ETC}/installed.json`;

/** Units of systemd. */
export const UNITS = '/etc/systemd/system';

/** Data, where no setting says otherwise. */
export const DATA = '/var/lib/berth';

/** The program with a digest. */
export function programDirectory(digest: string): string {
  return `${PROGRAMS}/${digest}`;
}

/** Kafka with a digest. */
export function kafkaDirectory(digest: string): string {
  return `${PROGRAMS}/kafka-${digest}`;
}
