// Errors that an algorithm can meet when it calls the SDK.

/** The program asked for something that only a task of Berth has, but was not started by Berth. */
export class OutsideTask extends Error {
  name = 'OutsideTask';
}

/** An output was not taken because too much output already waits for the platform on this container's disk. */
export class SpoolFull extends Error {
  name = 'SpoolFull';
}

/** The platform could not be asked before the job had to end, or asks nothing more of this task. */
export class JobEnding extends Error {
  name = 'JobEnding';
}

/** A name in the code stands for no sensor or control: it is not declared, or the instance runs without the device. */
export class NotBound extends Error {
  name = 'NotBound';
}

/** The platform refused what was asked for good. `code` is for programs; `remedy` says what to do. */
export class Refused extends Error {
  name = 'Refused';

  constructor(code, message, remedy) {
    super(`${message} ${remedy}`.trim());
    this.code = code;
    this.remedy = remedy;
  }
}

/** An action was not taken, and asking again would change nothing. */
export class ActionRefused extends Refused {
  name = 'ActionRefused';
}

/** A value was not kept, and asking again would change nothing. */
export class StateRefused extends Refused {
  name = 'StateRefused';
}

/** The task has no secret of that name: the instance does not name it, or it was taken away. */
export class SecretMissing extends Error {
  name = 'SecretMissing';
}

/**
 * A device did not do what it was told, or did not say so in time. `state` is `refused` (by the platform or the device), `failed`, or
 * `unknown`: it may have done it. `id` is the action's, null when there is none; `reason` says why.
 */
export class ControlFailed extends Error {
  name = 'ControlFailed';

  constructor(state, reason, id) {
    super(reason);
    this.state = state;
    this.reason = reason;
    this.id = id;
  }
}
