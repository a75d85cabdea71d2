// The alert on a component from which nothing comes any more.
import type { Component } from '../model/component.ts';
import type { AlertFinding } from './alert-finding.ts';

/** The name of its rule. */
export const LOST_RULE = 'component-lost';

/** What is told of a component that is silent. */
export function lostFinding({ id, machine, roles }: Component, silenceMs: number): AlertFinding {
  const text = `Nothing has come from the component ${id} on ${machine} for ${Math.round(silenceMs / 1000)} seconds; its roles were ${roles.join(', ')}.`;
  return {
    ...{ rule: LOST_RULE, subject: `component:${id}`, severity: 'critical', text },
    remedy: `Look whether the machine ${machine} is on and reachable; others take its work over meanwhile, if they have its roles.`,
  };
}
