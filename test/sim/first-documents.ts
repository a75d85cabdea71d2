// What is stored before a simulated platform starts for the first time: the applications, each with one package of a few algorithms.
import type { Algorithm, Package } from '../../src/model/package.ts';
import { type ApplicationPlan, type CloudPlan, SENSORS } from '../../src/sim/scenario.ts';
import { readyToStore, type SimDisk } from '../../src/sim/sim-disk.ts';
import { aStatusIn, aThermometer, aTypeOf } from '../builders/bindings.ts';
import { anAlgorithm, aPackage } from '../builders/jobs.ts';

const ALGORITHMS: readonly Algorithm[] = [
  anAlgorithm({ id: 'watch', kind: 'continuous' }),
  anAlgorithm({ id: 'batch', kind: 'run-to-completion' }),
  anAlgorithm({ id: 'only-watch', kind: 'continuous', exactlyOne: true }),
  anAlgorithm({ id: 'only-batch', kind: 'run-to-completion', exactlyOne: true }),
];

/** What an algorithm is called that needs a sensor and else is like another. */
export function sensing(algorithm: string): string {
  return `sensing-${algorithm}`;
}

const NEED = { name: 'air', type: 'temperature', format: 'number', count: SENSORS.length } as const;
const SENSING = ALGORITHMS.map((each) => ({ ...each, id: sensing(each.id), sensors: [NEED] }));

/** Stores the sensors that every scenario has; they are heard of from the beginning. */
export function storeSensors(disk: SimDisk): void {
  disk.write({ do: 'create', kind: 'sensorType', doc: readyToStore('sensorType', aTypeOf(NEED.type)) });
  for (const id of SENSORS) {
    const sensor = aThermometer(id);
    disk.write({ do: 'create', kind: 'sensor', doc: readyToStore('sensor', sensor) });
    disk.write({ do: 'create', kind: 'sensorStatus', doc: readyToStore('sensorStatus', aStatusIn(id, 'online')) });
  }
}

/** Stores the applications of a scenario. */
export function storeApplications(disk: SimDisk, plans: readonly ApplicationPlan[]): void {
  for (const { name } of plans) {
    const stored = packageOf(name);
    const { createdAt } = stored;
    const application = { id: name, description: '', currentPackage: stored.id, createdAt, updatedAt: createdAt };
    disk.write({ do: 'create', kind: 'package', doc: readyToStore('package', stored) });
    disk.write({ do: 'create', kind: 'application', doc: readyToStore('application', application) });
  }
}

/** The one provider of a world that has one. */
export const PROVIDER = 'cloud';

/** Stores the provider of a scenario. */
export function storeProvider(disk: SimDisk, { labels, mostAdded }: CloudPlan): void {
  const access = { kind: 'docker', socketPath: PROVIDER, image: 'machine', network: 'bridge' } as const;
  const ssh = { user: 'berth', port: 22, identity: 'platform' };
  const times = { growAfterMs: 20_000, idleAfterMs: 40_000, createdAt: 0 };
  const doc = readyToStore('provider', { id: PROVIDER, access, ssh, labels, mostAdded, ...times, removing: false });
  disk.write({ do: 'create', kind: 'provider', doc });
}

function packageOf(name: string): Package {
  const whole = aPackage({ id: `${name}-`.padEnd(64, '0'), application: name });
  return { ...whole, config: { ...whole.config, name, algorithms: [...ALGORITHMS, ...SENSING] } };
}
