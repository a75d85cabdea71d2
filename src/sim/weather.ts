// How bad a simulated world is at present: the probability of each small fault. Big faults (reboots, cuts, kills) are acts of a scenario.

/** Probabilities of small faults, each per occasion. */
export interface Weather {
  /** A store call takes up to two seconds. */
  storeSlow: number;
  /** A write is refused: nothing was written. */
  storeRefused: number;
  /** A write is done, but its answer is an error. */
  storeLost: number;
  /** A machine takes up to eight seconds. */
  machineSlow: number;
  /** An act on a machine fails and was not done, or a look at it fails. */
  machineRefused: number;
  /** An act on a machine is done, but its answer is an error. */
  machineLost: number;
  /** A container event never comes. */
  eventLost: number;
  /** A wake-up never comes. */
  wakeDropped: number;
  wakeDoubled: number;
  /** A wake-up comes up to three seconds late, behind later ones. */
  wakeLate: number;
  /** A message is lost with whoever published it. */
  messageDropped: number;
  messageDoubled: number;
  /** An algorithm that may crash does. */
  crashes: number;
}

/** No fault at all. */
export const CALM: Readonly<Weather> = {
  storeSlow: 0,
  storeRefused: 0,
  storeLost: 0,
  machineSlow: 0,
  machineRefused: 0,
  machineLost: 0,
  eventLost: 0,
  wakeDropped: 0,
  wakeDoubled: 0,
  wakeLate: 0,
  messageDropped: 0,
  messageDoubled: 0,
  crashes: 0,
};
