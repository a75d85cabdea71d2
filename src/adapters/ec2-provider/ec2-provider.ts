// A provider whose machines are EC2 instances, through AWS's own client. Loading that client takes about a second and 90 MB: this file
// is imported only when a provider of this kind is opened. Its calls need ec2:DescribeInstances, StartInstances, StopInstances, and for
// making and destroying machines RunInstances, CreateTags and TerminateInstances.
//
// Nothing is kept outside of EC2: a machine's tag `berth:act` names the act that made it, and the act is the client token of the request
// too, so that a request whose answer was lost makes no second machine.
import {
  DescribeInstancesCommand,
  EC2Client,
  type EC2ClientConfig,
  type Filter,
  type Instance,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { BerthError } from '../../model/errors.ts';
import type { ProviderAccess } from '../../model/server.ts';
import type { NewMachine, Provider, ProviderMachine } from '../../ports/provider.ts';
import { type CredentialParts, credentialsFrom } from './credentials-file.ts';
import { codeOf, ec2Failure } from './ec2-failure.ts';
import { instanceView } from './instance-view.ts';
import { launchTemplate } from './launch-template.ts';
import { YoungInstances } from './young-instances.ts';

/** How EC2 is reached. */
export type Ec2Access = Extract<ProviderAccess, { readonly kind: 'ec2' }>;

/** Tag with the act that made a machine. */
const ACT_TAG = 'berth:act';

const ATTEMPTS = 3;
const TIMES = { connectionTimeout: 3000, requestTimeout: 20_000, throwOnRequestTimeout: true };
const LIVING: Filter = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };
const UNKNOWN = ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'];
/** What EC2 answers to an act that does not fit the state of an instance. */
const OTHER_STATE = ['IncorrectInstanceState', 'UnsupportedOperation'];

/** Machines that are EC2 instances. */
export class Ec2Provider implements Provider {
  readonly can: Provider['can'];
  readonly #access: Ec2Access;
  readonly #client: EC2Client;
  readonly #young: YoungInstances;

  /** @throws provider.unusable */
  constructor(access: Ec2Access, parts: CredentialParts) {
    if (!/^[a-z0-9-]+$/.test(access.region)) throw unusable(`${JSON.stringify(access.region)} is no region`);
    if (access.endpoint !== null && !URL.canParse(access.endpoint)) throw unusable('the endpoint is no address');
    this.#access = access;
    this.#client = new EC2Client(clientConfig(access, parts));
    this.#young = new YoungInstances(parts.clock);
    this.can = { powerCycle: true, create: access.launchTemplate !== null, destroy: true };
  }

  async describe(machine: string): Promise<ProviderMachine> {
    const instance = await this.#instance(machine);
    if (instance) return instanceView(instance, this.#access.address);
    return { machine, state: this.#young.has(machine) ? 'pending' : 'gone', address: null, hostKey: null };
  }

  async findMade(act: string): Promise<ProviderMachine | undefined> {
    const request = new DescribeInstancesCommand({ Filters: [{ Name: `tag:${ACT_TAG}`, Values: [act] }, LIVING] });
    const { Reservations = [] } = await this.#asked('find', () => this.#client.send(request));
    const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
    return instance && instanceView(instance, this.#access.address);
  }

  async start(machine: string): Promise<void> {
    const request = new StartInstancesCommand({ InstanceIds: [machine] });
    const code = await this.#unless([...UNKNOWN, ...OTHER_STATE], 'start', () => this.#client.send(request));
    if (code === undefined) return;
    const { state } = await this.describe(machine);
    if (state === 'running' || state === 'pending') return;
    if (state === 'gone') throw new BerthError('provider.no-machine', { machine });
    throw new BerthError('provider.failed', { act: 'start', words: `${code}: the machine is ${state}` });
  }

  /** With force: the machine that has to be stopped is one that does not answer. */
  async stop(machine: string): Promise<void> {
    const request = new StopInstancesCommand({ InstanceIds: [machine], Force: true });
    const code = await this.#unless([...UNKNOWN, ...OTHER_STATE], 'stop', () => this.#client.send(request));
    if (code === undefined) return;
    const { state } = await this.describe(machine);
    if (state === 'pending' || state === 'running')
      throw new BerthError('provider.failed', { act: 'stop', words: `${code}: the machine is ${state}` });
  }

  /** The tag is asked first: a client token is forgotten after some time, a tag is not. */
  async create({ act, name }: NewMachine): Promise<ProviderMachine> {
    const template = this.#access.launchTemplate;
    if (template === null) throw new BerthError('provider.cannot', { act: 'create' });
    const made = await this.findMade(act);
    if (made) return made;
    const Tags = [
      { Key: 'Name', Value: name },
      { Key: ACT_TAG, Value: act },
    ];
    const request = new RunInstancesCommand({
      LaunchTemplate: launchTemplate(template),
      ...{ MinCount: 1, MaxCount: 1, ClientToken: act },
      TagSpecifications: [
        { ResourceType: 'instance', Tags },
        { ResourceType: 'volume', Tags },
      ],
    });
    const { Instances: [instance] = [] } = await this.#asked('create', () => this.#client.send(request));
    if (!instance) throw new BerthError('provider.failed', { act: 'create', words: 'the answer names no machine' });
    const machine = instanceView(instance, this.#access.address);
    this.#young.add(machine.machine);
    return machine;
  }

  async destroy(machine: string): Promise<void> {
    const request = new TerminateInstancesCommand({ InstanceIds: [machine] });
    await this.#unless(UNKNOWN, 'destroy', () => this.#client.send(request));
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #instance(machine: string): Promise<Instance | undefined> {
    // A filter, unlike a list of ids, takes what EC2 has never heard of for an answer.
    const request = new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [machine] }] });
    const { Reservations = [] } = await this.#asked('describe', () => this.#client.send(request));
    return Reservations.flatMap(({ Instances = [] }) => Instances)[0];
  }

  async #asked<T>(act: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw ec2Failure(error, act);
    }
  }

  /** The code of the answer when it is one of these; undefined when all went well. */
  async #unless(codes: readonly string[], act: string, ask: () => Promise<unknown>): Promise<string | undefined> {
    try {
      await ask();
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (codes.includes(code)) return code;
      throw ec2Failure(error, act);
    }
  }
}

function clientConfig(
  { region, endpoint, credentialsFile, profile }: Ec2Access,
  parts: CredentialParts,
): EC2ClientConfig {
  return {
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: TIMES,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentialsFile === null
      ? profile !== null && { profile }
      : { credentials: credentialsFrom(credentialsFile, profile ?? 'default', parts) }),
  };
}

function unusable(reason: string): BerthError {
  return new BerthError('provider.unusable', { reason });
}
