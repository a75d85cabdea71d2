// What a person should know of each topic besides its schema, its shape and who uses it.
import type { Topic } from '../src/ports/bus.ts';

/** A topic in words. */
export interface TopicNote {
  readonly message: string;
  readonly summary: string;
  readonly key: string;
}

/** The words of each topic. */
export const TOPIC_NOTES: Readonly<Record<Topic, TopicNote>> = {
  'berth.deploy.requests': {
    message: 'DeployRequest',
    summary: 'Commands that start or end a job. Each is answered by an acknowledgement.',
    key: 'The job.',
  },
  'berth.deploy.acknowledgements': {
    message: 'Acknowledgement',
    summary: 'That a request was taken in, or why not.',
    key: 'The job.',
  },
  'berth.deploy.events': {
    message: 'Event',
    summary: 'What happened to applications, jobs, tasks and nodes, as the console shows it.',
    key: 'The subject of the event.',
  },
  'berth.node.status': { message: 'NodeStatus', summary: 'How nodes are, whenever that changes.', key: 'The node.' },
  'berth.sensor.readings': {
    message: 'Reading',
    summary: 'Readings that fitted the type of their sensor.',
    key: 'The sensor.',
  },
  'berth.actions': { message: 'Action', summary: 'How actions are, whenever that changes.', key: 'The action.' },
  'berth.heartbeats': {
    message: 'Heartbeat',
    summary: 'That a component of the platform lives, and how it is.',
    key: 'The component.',
  },
  'berth.client.requests': {
    message: 'ClientRequest',
    summary: 'Operations of the HTTP API, asked for over the bus by programs outside. They bear a token, so few should read this topic.',
    key: 'Whatever the client likes: requests of one key are carried out in their order.',
  },
  'berth.client.replies': {
    message: 'ClientReply',
    summary: 'The answers to requests of clients; one may have several parts, the last of which says so.',
    key: 'The id of the request.',
  },
  'berth.changes': {
    message: 'Change',
    summary: 'Between the processes of the platform: documents that were written. Nothing for programs outside: it changes with every version.',
    key: 'Kind and id of the document.',
  },
  'berth.wakes': {
    message: 'Wake',
    summary: 'Between the processes of the platform: keys to look at, for whoever owns them. Nothing for programs outside.',
    key: 'The key to look at.',
  },
};
