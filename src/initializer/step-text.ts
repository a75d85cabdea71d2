// A step of a plan in words for people.
import type { InstallStep } from './decide-plan.ts';

/** What it does. */
export function stepText(step: InstallStep): string {
  switch (step.kind) {
    case 'install-packages':
      return `install ${step.packages.join(', ')}`;
    case 'push-program':
      return `push the program ${step.program}`;
    case 'switch-program':
      return `switch to the program ${step.program}`;
    case 'write-file':
      return `write ${step.path}`;
    case 'push-kafka':
      return `push Kafka ${step.digest}`;
    case 'settle-accounts':
      return `take from accounts of ${step.engine} what no component needs`;
    case 'set-up-engine':
      return `set up ${step.engine}`;
    case 'authorize-key':
      return "let the platform's SSH key in as root";
    case 'add-node':
      return `add the node ${step.node} and wait until it is ready`;
    case 'start-supervisor':
      return 'start the supervisor';
    case 'stop-component':
      return `stop ${step.component}`;
    case 'start-component':
      return `start ${step.component} and wait until it is healthy`;
    default:
      return step satisfies never;
  }
}
