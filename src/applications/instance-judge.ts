// What whoever sends an instance file may know and do: asked of one application after the other.

/** Absent, all may be known and done. */
export interface InstanceJudge {
  /** Whether what is in an application may be named to them. */
  sees(application: string): Promise<boolean>;
  /** Passes those who may do what they ask in an application; throws otherwise. */
  require(application: string): Promise<void>;
}
