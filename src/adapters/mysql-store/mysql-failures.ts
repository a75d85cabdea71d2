// What an error of the database means for whoever asked.

/** Numbers of MySQL and MariaDB, and codes of the driver and the network, that may pass by themselves. */
const PASSING: ReadonlySet<string | number> = new Set<string | number>([
  1040, // too many connections
  1047, // a cluster's member that is not ready
  1053, // the server is shutting down
  1203, // this user has too many connections
  1205, // waited too long for a lock
  1213, // deadlock
  1290, // read-only, as during a failover
  1792, // read-only, as during a failover
  1836, // read-only, as during a failover
  1927, // MariaDB: the connection was killed
  3024, // MySQL: the statement took too long
  4031, // MySQL: the connection was idle too long
  'ECONNREFUSED',
  'ENOENT', // the socket of a server that is not up yet
  'EAI_AGAIN',
]);

/** Codes of the driver for a connection that would end the same way again. */
const LASTING: ReadonlySet<string> = new Set([
  'HANDSHAKE_SSL_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_UNKNOWN_ERROR',
  'AUTH_SWITCH_PLUGIN_ERROR',
]);

const DUPLICATE = 1062;

/** A right that this account lacks, on the database or on a table. */
const DENIED: readonly number[] = [1044, 1142];

/** Whether the same statement may succeed later: the connection was lost, a lock was not free, the server is not ready. */
export function mayPass(error: unknown): boolean {
  const { errno, code, fatal } = parts(error);
  if (code !== undefined && LASTING.has(code)) return false;
  return [errno, code].some((mark) => mark !== undefined && PASSING.has(mark)) || (fatal && errno === undefined);
}

/** Whether the connection can no longer be used. */
export function endsConnection(error: unknown): boolean {
  return parts(error).fatal;
}

/** Whether a row with that id is there already. */
export function isDuplicate(error: unknown): boolean {
  return parts(error).errno === DUPLICATE;
}

/** Whether this account may not do that. */
export function isDenied(error: unknown): boolean {
  const { errno } = parts(error);
  return errno !== undefined && DENIED.includes(errno);
}

/** What the database or the network said. The driver puts no password into its messages. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = parts(error);
  return error.message || String(code ?? error.name);
}

interface Parts {
  readonly errno: number | undefined;
  readonly code: string | undefined;
  readonly fatal: boolean;
}

// The server's own errors have positive numbers; the network's, negative ones, are known by their codes.
function parts(error: unknown): Parts {
  if (!(error instanceof Error)) return { errno: undefined, code: undefined, fatal: false };
  const errno: unknown = Reflect.get(error, 'errno');
  const code: unknown = Reflect.get(error, 'code');
  return {
    errno: typeof errno === 'number' && errno > 0 ? errno : undefined,
    code: typeof code === 'string' ? code : undefined,
    fatal: Reflect.get(error, 'fatal') === true,
  };
}
