// What is stored before a simulated platform starts for the first time: the applications, each with one package of two algorithms.
import type { Algorithm, Package } from '../../src/model/package.ts';
import type { ApplicationPlan } from '../../src/sim/scenario.ts';
import { readyToStore, type SimDisk } from '../../src/sim/sim-disk.ts';
import { anAlgorithm, aPackage } from '../builders/jobs.ts';

const ALGORITHMS: readonly Algorithm[] = [
  anAlgorithm({ id: 'watch', kind: 'continuous' }),
  anAlgorithm({ id: 'batch', kind: 'run-to-completion' }),
];

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

function packageOf(name: string): Package {
  const whole = aPackage({ id: `${name}-`.padEnd(64, '0'), application: name });
  return { ...whole, config: { ...whole.config, name, algorithms: ALGORITHMS } };
}
