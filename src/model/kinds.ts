// Every kind of document that the Store keeps, its type, and the indexes by which it may be listed.
import type { Invitation, Password, Platform, Project, Session, Token, User } from './account.ts';
import type { Action, ActionBudget, ActionChannel, ActionStatus, InboxNotice } from './action.ts';
import type { Alert, AlertRoute, AlertSilence } from './alert.ts';
import type { AuditEntry, AuditOutcome } from './audit.ts';
import type { JobBinding } from './binding.ts';
import type { Calendar } from './calendar.ts';
import type { Component, ComponentLease, ComponentLog, ShardLease } from './component.ts';
import type { Event } from './event.ts';
import type { BaseImage, DependencyLayer, Image } from './image.ts';
import type { Instance, InstanceStatus } from './instance.ts';
import type { InstanceState } from './instance-state.ts';
import type { Job, JobStatus } from './job.ts';
import type { BlobChunk, BlobHead, ReadingBatch, Sequence, SeriesSpan } from './kept-bytes.ts';
import type { Lease, Ledger, Node, NodeStatus } from './node.ts';
import type { LogSegment, Output } from './output.ts';
import type { Application, Package } from './package.ts';
import type { Gap, SchedulePause } from './schedule.ts';
import type { Secret } from './secret.ts';
import type { RegistrationRequest, Sensor, SensorStatus, SensorType } from './sensor.ts';
import type { MachineOrder, ProviderConfig, RecoveryBudget, ServerStatus } from './server.ts';
import type { Task, TaskStatus } from './task.ts';
import type { TopicRequest } from './topic-request.ts';

/** The type of each kind of document. */
export interface Documents {
  platform: Platform;
  token: Token;
  application: Application;
  package: Package;
  image: Image;
  dependencyLayer: DependencyLayer;
  baseImage: BaseImage;
  instance: Instance;
  instanceName: InstanceName;
  instanceStatus: InstanceStatus;
  gap: Gap;
  schedulePause: SchedulePause;
  calendar: Calendar;
  job: Job;
  jobStatus: JobStatus;
  task: Task;
  taskStatus: TaskStatus;
  node: Node;
  nodeStatus: NodeStatus;
  ledger: Ledger;
  lease: Lease;
  serverStatus: ServerStatus;
  provider: ProviderConfig;
  machineOrder: MachineOrder;
  recoveryBudget: RecoveryBudget;
  event: Event;
  output: Output;
  logSegment: LogSegment;
  user: User;
  sensorType: SensorType;
  sensor: Sensor;
  sensorStatus: SensorStatus;
  registrationRequest: RegistrationRequest;
  jobBinding: JobBinding;
  instanceState: InstanceState;
  action: Action;
  actionStatus: ActionStatus;
  actionBudget: ActionBudget;
  actionChannel: ActionChannel;
  inboxNotice: InboxNotice;
  password: Password;
  session: Session;
  invitation: Invitation;
  project: Project;
  secret: Secret;
  auditEntry: AuditEntry;
  auditOutcome: AuditOutcome;
  component: Component;
  componentLease: ComponentLease;
  shardLease: ShardLease;
  componentLog: ComponentLog;
  alert: Alert;
  alertSilence: AlertSilence;
  alertRoute: AlertRoute;
  topicRequest: TopicRequest;
  blobHead: BlobHead;
  blobChunk: BlobChunk;
  seriesSpan: SeriesSpan;
  readingBatch: ReadingBatch;
  sequence: Sequence;
}

/** Holds an instance's name, so that it is unique by compare-and-set. Its id is the name. */
export interface InstanceName {
  readonly id: string;
  readonly instance: string;
}

/** The name of a kind of document. */
export type Kind = keyof Documents;

/** A list of fields: equality on any prefix, then order by the next field (the id breaks ties). */
export type Index = readonly string[];

/** The indexes of each kind. A list by anything else is refused, so that none is ever a scan. */
export const INDEXES: Readonly<Record<Kind, readonly Index[]>> = {
  platform: [],
  token: [['createdAt'], ['user', 'createdAt']],
  application: [],
  package: [['application', 'createdAt']],
  image: [
    ['shard', 'nextAt'],
    ['state', 'createdAt'],
    ['application', 'createdAt'],
  ],
  dependencyLayer: [['usedAt']],
  baseImage: [],
  instance: [['shard', 'updatedAt'], ['application', 'createdAt'], ['createdAt']],
  instanceName: [],
  instanceStatus: [
    ['shard', 'nextAt'],
    ['shard', 'seenUpdatedAt'],
  ],
  gap: [['instance', 'toAt'], ['recordedAt']],
  schedulePause: [],
  calendar: [],
  job: [
    ['instance', 'startsAt'],
    ['instance', 'open'],
    ['application', 'startsAt'],
    ['startsAt'],
    ['open', 'startsAt'],
  ],
  jobStatus: [['shard', 'nextAt'], ['state', 'createdAt'], ['state', 'rank'], ['instance', 'endedAt'], ['endedAt']],
  task: [
    ['job', 'createdAt'],
    ['node', 'createdAt'],
    ['package', 'createdAt'],
  ],
  taskStatus: [
    ['shard', 'nextAt'],
    ['node', 'state'],
    ['job', 'createdAt'],
    ['node', 'container'],
  ],
  node: [],
  nodeStatus: [],
  ledger: [],
  lease: [],
  serverStatus: [['shard', 'nextAt']],
  provider: [],
  machineOrder: [
    ['shard', 'nextAt'],
    ['node', 'createdAt'],
    ['provider', 'createdAt'],
  ],
  recoveryBudget: [],
  event: [['at'], ['subject', 'at'], ['application', 'at']],
  output: [
    ['job', 'at'],
    ['task', 'at'],
  ],
  logSegment: [['task', 'sequence'], ['toAt']],
  user: [],
  sensorType: [],
  sensor: [['type'], ['location']],
  sensorStatus: [['shard', 'nextAt'], ['state']],
  registrationRequest: [['state', 'createdAt']],
  jobBinding: [['shard', 'nextAt'], ['state']],
  instanceState: [['instance', 'key']],
  action: [['instance', 'requestedAt'], ['job', 'requestedAt'], ['requestedAt']],
  actionStatus: [
    ['shard', 'nextAt'],
    ['state', 'requestedAt'],
    ['instance', 'requestedAt'],
    ['instance', 'state', 'requestedAt'],
  ],
  actionBudget: [],
  actionChannel: [],
  inboxNotice: [['user', 'at'], ['at']],
  password: [],
  session: [['user', 'createdAt'], ['expiresAt']],
  invitation: [['user', 'createdAt'], ['expiresAt']],
  project: [],
  secret: [['application', 'name'], ['key']],
  auditEntry: [['at'], ['who', 'at'], ['object', 'at']],
  auditOutcome: [],
  component: [['machine']],
  componentLease: [],
  shardLease: [['role', 'shard']],
  componentLog: [['component', 'toAt'], ['toAt']],
  alert: [['state', 'openedAt'], ['toldState', 'openedAt'], ['openedAt']],
  alertSilence: [['untilAt']],
  alertRoute: [],
  topicRequest: [['shard', 'nextAt'], ['takenAt']],
  blobHead: [['put']],
  blobChunk: [['put']],
  seriesSpan: [['series', 'stepMs', 'fromAt'], ['forgetAt']],
  readingBatch: [['sensor', 'lastSequence'], ['fromAt']],
  sequence: [],
};
