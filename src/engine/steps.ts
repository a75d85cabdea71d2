// A decision's outcome as data: a closed, typed list of steps, and the table of what executes each.

/** One thing to do, named by `do`. */
export interface Step {
  readonly do: string;
}

/** An executor for every step of a vocabulary: one that is missing does not compile. */
export type Executors<S extends Step> = {
  readonly [D in S['do']]: (step: Extract<S, { readonly do: D }>) => Promise<void>;
};

/** Executes steps in their order and stops at the first that fails. */
export async function runSteps<S extends Step>(steps: readonly S[], executors: Executors<S>): Promise<void> {
  for (const step of steps) {
    const execute = executors[step.do as S['do']] as (step: S) => Promise<void>;
    await execute(step);
  }
}
