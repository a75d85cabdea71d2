// A controller of which every decision is counted, so that a storm of them is found even when its outcome is right.
import type { Controller } from '../../src/engine/controller.ts';

/** The same controller; `decided` is called with the key before each of its decisions. */
export function countedController(controller: Controller, decided: (key: string) => void): Controller {
  return {
    prefix: controller.prefix,
    watches: controller.watches,
    reconcile: (id, now) => {
      decided(`${controller.prefix}:${id}`);
      return controller.reconcile(id, now);
    },
    sweep: () => controller.sweep(),
  };
}
