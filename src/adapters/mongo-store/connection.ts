// The driver's client, set up as everything here expects it: the primary alone is read, what the majority has in its journal is what is read
// and what is answered, and nothing is sent twice but by this adapter.
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { MongoAddress } from './mongo-address.ts';

/** Longest that making an index or filling a field may take. */
const SCHEMA_MS = 3_600_000;

/** How long a connection may be silent before the operating system asks whether the other side is there, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/** A client whose answers have to come in the time that the address says. */
export function clientOf(address: MongoAddress): MongoClient {
  return new MongoClient(uriOf(address), optionsOf(address, address.timeoutMs));
}

/** A client for changes of the schema, which may take long. */
export function patientClientOf(address: MongoAddress): MongoClient {
  return new MongoClient(uriOf(address), { ...optionsOf(address, SCHEMA_MS), maxPoolSize: 1 });
}

// The driver sends a write again by itself only once, and only to a replica set; every write is settled by its version instead.
function optionsOf({ user, connections, timeoutMs }: MongoAddress, answerMs: number): MongoClientOptions {
  return {
    appName: 'berth',
    ...(user ? { auth: { username: user.name, password: user.password } } : {}),
    ...{ maxPoolSize: connections, socketTimeoutMS: answerMs, connectTimeoutMS: timeoutMs },
    ...{ serverSelectionTimeoutMS: timeoutMs, keepAliveInitialDelay: KEEP_ALIVE_MS, waitQueueTimeoutMS: timeoutMs },
    ...{ retryWrites: false, retryReads: true, ignoreUndefined: true },
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true },
  };
}

function uriOf({ scheme, hosts, database, options }: MongoAddress): string {
  return `${scheme}://${hosts}/${encodeURIComponent(database)}?${new URLSearchParams(options)}`;
}
