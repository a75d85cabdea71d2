// Berth's SDK for Node: what an algorithm says to the platform that runs it. No dependencies; `require('berth')` works as `import` does.
export { actions } from './actions.js';
export { controls } from './controls.js';
export {
  ActionRefused,
  ControlFailed,
  JobEnding,
  NotBound,
  OutsideTask,
  Refused,
  SecretMissing,
  SpoolFull,
  StateRefused,
} from './errors.js';
export { job } from './job.js';
export { log } from './log.js';
export { output } from './output.js';
export { secret } from './secret.js';
export { sensors } from './sensors.js';
export { state } from './state.js';
