// Names of components: how they are written, and how one that was moved to another machine is told from its former self.

/** What a component may be called: it stands in the names of files and in paths. */
export const COMPONENT_NAME = /^[a-z0-9][a-z0-9._-]{0,126}$/;

/** Parts the name of a component from the machine to which it was moved. */
const MOVED = '--on-';

/** Its name on the machine that it is moved to. Two processes of one name would take each other's place. */
export function movedName(component: string, machine: string): string {
  return `${originOf(component)}${MOVED}${machine}`;
}

/** The name that it had before it was moved; its own if it never was. Accounts are of this one: they go along. */
export function originOf(component: string): string {
  const at = component.indexOf(MOVED);
  return at < 0 ? component : component.slice(0, at);
}

/** Whether it runs elsewhere than where it was placed first. */
export function wasMoved(component: string): boolean {
  return component.includes(MOVED);
}
