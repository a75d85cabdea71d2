// What the servers under a spread platform take for the least that can be asked of them, one after the other: a durable row, a message that all replicas have.
import { Admin, Producer } from '@platformatic/kafka';
import { createConnection } from 'mysql2/promise';

const TIMES = 200;
/** Those that open caches and connections. */
const FIRST = 20;
/** Of the size of a job. */
const PAYLOAD = JSON.stringify({ job: 'x'.repeat(1200) });
const TOPIC = 'bench.floor';

/** Milliseconds for each row inserted and committed. */
export async function rowInserts(url: string): Promise<readonly number[]> {
  const address = new URL(url);
  const connection = await createConnection({
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
    database: address.pathname.slice(1),
    socketPath: address.searchParams.get('socketPath') ?? '',
  });
  try {
    await connection.query('CREATE TABLE IF NOT EXISTS bench_floor (id BIGINT AUTO_INCREMENT PRIMARY KEY, doc JSON)');
    return await timed(() => connection.execute('INSERT INTO bench_floor (doc) VALUES (?)', [PAYLOAD]));
  } finally {
    await connection.end();
  }
}

/** Milliseconds for each message acknowledged by all replicas in sync. */
export async function publishes(port: number): Promise<readonly number[]> {
  const options = { clientId: 'bench', bootstrapBrokers: [`127.0.0.1:${port}`] };
  const admin = new Admin(options);
  const producer = new Producer({ ...options, idempotent: true });
  try {
    if (!(await admin.listTopics()).includes(TOPIC)) await admin.createTopics({ topics: [TOPIC], partitions: 1 });
    const message = { topic: TOPIC, key: Buffer.from('key'), value: Buffer.from(PAYLOAD) };
    return await timed(() => producer.send({ messages: [message], acks: -1 }));
  } finally {
    await producer.close();
    await admin.close();
  }
}

async function timed(act: () => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = [];
  for (let time = 0; time < FIRST + TIMES; time++) {
    const startedAt = performance.now();
    await act();
    took.push(performance.now() - startedAt);
  }
  return took.slice(FIRST);
}
