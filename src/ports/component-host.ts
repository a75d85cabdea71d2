// The machines on which components of the platform run: where one can be placed, and taken away.
import type { Role } from '../model/role.ts';

/** A component that is to run on a machine. */
export interface PlacedComponent {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Name of the component whose accounts it gets; its settings are those of its machine. */
  readonly like: string;
}

/** Whoever reaches the machines. Both are safe to repeat. */
export interface ComponentHost {
  /** Machines that can be given components: somebody there answers, and a supervisor looks after what it is given. */
  machines(): Promise<readonly string[]>;
  /** Has the supervisor of a machine run a component. @throws component.refused, component.unreachable */
  place(machine: string, component: PlacedComponent): Promise<void>;
  /** Has it run a component no more. @throws component.refused, component.unreachable */
  remove(machine: string, name: string): Promise<void>;
}

/** The supervisor of the machine that a process runs on, as other processes ask that one. Both are safe to repeat. */
export interface LocalComponents {
  /** @throws component.cannot-run */
  place(component: PlacedComponent): Promise<void>;
  /** @throws component.cannot-run */
  remove(name: string): Promise<void>;
}
