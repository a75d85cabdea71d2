// What the loop runs, and which of it belongs to which role.
import { IcalCalendars } from '../adapters/ical-calendars/ical-calendars.ts';
import { FleetController } from '../deployment/fleet-controller.ts';
import { HistorySweepController } from '../deployment/history-sweep-controller.ts';
import { JobController } from '../deployment/job-controller.ts';
import type { Controller } from '../engine/controller.ts';
import { eventMaker } from '../engine/event-recorder.ts';
import { EventSweep } from '../engine/event-sweep.ts';
import { ROLE_OF_PREFIX, type Role } from '../model/role.ts';
import { LogSweepController } from '../nodes/log-sweep-controller.ts';
import { NodeController } from '../nodes/node-controller.ts';
import { makeTaskToken } from '../nodes/sdk-token.ts';
import { TaskController } from '../nodes/task-controller.ts';
import { CalendarController } from '../scheduler/calendar-controller.ts';
import { GapSweep } from '../scheduler/gap-sweep.ts';
import { InstanceController } from '../scheduler/instance-controller.ts';
import { PauseController } from '../scheduler/pause-controller.ts';
import { BindingController } from '../sensors/binding-controller.ts';
import { RegistrationController } from '../sensors/registration-controller.ts';
import type { Foundations } from './foundations.ts';
import { type Loop, logLimits, type NodeRooms, nodeSettings } from './node-rooms.ts';
import { EVENT_LIMITS, HISTORY_LIMITS, roomRules } from './ordinary-limits.ts';
import type { ProcessShare } from './process-share.ts';

/** The controllers of scheduler, deployment, nodes, images, sensors and history. */
export function loopControllers(
  foundations: Foundations,
  { engine, recordEvent, fleet, rooms, share }: Loop & { readonly rooms: NodeRooms; readonly share: ProcessShare },
): readonly Controller[] {
  const { clock, random, log, store, bus, platform, keys } = foundations;
  const wake = (key: string) => engine.wake(key);
  const rules = roomRules(foundations.settings);
  const acts = { clock, log, recordEvent, evidence: rooms.evidence, platformUid: platform.uid };
  const secrets = {
    taskToken: (task: string) => makeTaskToken(keys.taskTokens, task),
    imagePassword: rooms.images.nodePassword,
  };
  const { historyMaxAgeMs: maxAgeMs, historyJobs } = foundations.settings;
  const limits = { maxAgeMs, jobsPerInstance: historyJobs };
  return [
    new NodeController({ store, clock, sessions: rooms.sessions, recordEvent, wake, platformUid: platform.uid }),
    new TaskController({
      ...{ store, random, ...acts, ...secrets, sessions: rooms.sessions },
      settings: nodeSettings(foundations),
      isOurs: (node) => share.isOurs(node),
    }),
    new FleetController({ store, clock, fleet, wake }),
    new JobController({ store, fleet, rules, recordEvent, wake }),
    new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }),
    new PauseController(store, wake),
    new RegistrationController({ store, recordEvent }),
    new BindingController({ store, recordEvent }),
    ...rooms.images.controllers,
    new LogSweepController(store, logLimits(foundations)),
    new EventSweep(store, EVENT_LIMITS),
    new CalendarController({ store, calendars: new IcalCalendars(), recordEvent, wake }),
    new HistorySweepController({ store, log, limits, ...HISTORY_LIMITS }),
    new GapSweep(store, { maxAgeMs, perInstance: historyJobs, ...HISTORY_LIMITS }),
  ];
}

/** Those that belong to some roles. */
export function ofRoles(controllers: readonly Controller[], roles: ReadonlySet<Role>): readonly Controller[] {
  return controllers.filter(({ prefix }) => {
    const role = ROLE_OF_PREFIX[prefix];
    if (role === undefined) throw new Error(`Nobody looks after keys ${prefix}:`);
    return roles.has(role);
  });
}
