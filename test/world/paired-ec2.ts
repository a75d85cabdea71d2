// A cloud whose machines are real: moto's EC2 with a server of the fleet behind every instance. Clients talk to a proxy, which passes
// everything on to moto and does to the servers what EC2 does to machines: RunInstances makes one and starts it, StopInstances pulls its
// plug, TerminateInstances destroys it. moto itself keeps the true address of each, because the proxy names it in RunInstances. Three
// things that EC2 does and moto leaves out are the proxy's: a repeated client token is answered as the first time, what is terminated is
// neither stopped nor started, and one request at a time changes an instance.
import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  CreateLaunchTemplateCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { testEngine } from './engine.ts';
import { makeServer } from './fleet.ts';
import { freePort } from './free-port.ts';
import { runDirectory } from './identity.ts';
import { unlessGone } from './leftovers.ts';
import { type Moto, startMoto } from './moto.ts';
import type { Server } from './server.ts';

const REGION = 'eu-central-1';
const TEMPLATE = 'berth-node';
const PROFILE = 'berth';
/** For the platform; the person at the console has another one. */
const ACCESS_KEY = 'AKIAPLATFORM';
const SECRET = 'platform-secret-that-must-appear-nowhere';
const PERSON = { accessKeyId: 'AKIAPERSON', secretAccessKey: 'person' };
const SIZE_LIMIT = 1024 * 1024;

interface Pair {
  readonly server: Server;
  /** Ends when everything that was asked of the machine is done. */
  turn: Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What the test's cloud is made of. */
interface Ec2Inside {
  readonly moto: Moto;
  readonly port: number;
  readonly credentialsFile: string;
}

/** EC2 with real machines. The test ends it with `close`. */
export class PairedEc2 {
  readonly region = REGION;
  readonly launchTemplate = TEMPLATE;
  readonly profile = PROFILE;
  readonly secret = SECRET;
  /** As the AWS tools keep it, with the profile. */
  readonly credentialsFile: string;
  /** Where clients reach it. */
  readonly endpoint: string;
  /** Access keys that requests were signed with. */
  readonly seenKeys = new Set<string>();
  /** For what a person does in the AWS console. */
  readonly #console: EC2Client;
  readonly #moto: Moto;
  readonly #proxy: HttpServer;
  readonly #pairs = new Map<string, Pair>();
  readonly #terminated = new Set<string>();
  readonly #answered = new Map<string, Promise<Answer>>();

  constructor({ moto, port, credentialsFile }: Ec2Inside) {
    this.#moto = moto;
    this.credentialsFile = credentialsFile;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#console = new EC2Client({ region: REGION, endpoint: this.endpoint, credentials: PERSON });
    this.#proxy = createServer((request, response) => void this.#serve(request, response)).listen(port, '127.0.0.1');
  }

  /** Makes what a person sets up before. */
  async prepare(): Promise<void> {
    const LaunchTemplateData = { ImageId: 'ami-12c6146b', InstanceType: 't3.small' } as const;
    await this.#console.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: TEMPLATE, LaunchTemplateData }));
  }

  /** Launches an instance as a person would; resolves to its id and its server, which is up. */
  async launch(): Promise<{ readonly machine: string; readonly server: Server }> {
    const template = { LaunchTemplateName: TEMPLATE };
    const request = new RunInstancesCommand({ MinCount: 1, MaxCount: 1, LaunchTemplate: template });
    const machine = (await this.#console.send(request)).Instances?.[0]?.InstanceId ?? '';
    return { machine, server: await this.server(machine) };
  }

  /** The server behind an instance, when all that was asked of it is done: after a launch or a start, it is up. */
  async server(machine: string): Promise<Server> {
    const pair = this.#pairs.get(machine);
    if (!pair) throw new Error(`no server is paired with ${machine}`);
    await pair.turn;
    return pair.server;
  }

  /** Ids of the instances that EC2 lists, terminated ones not. */
  async instances(): Promise<readonly string[]> {
    const living = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };
    const { Reservations = [] } = await this.#console.send(new DescribeInstancesCommand({ Filters: [living] }));
    return Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId = '' }) => InstanceId);
  }

  /** Stops instances as a person would. */
  async stopAtConsole(...machines: string[]): Promise<void> {
    await this.#console.send(new StopInstancesCommand({ InstanceIds: machines }));
  }

  /** Starts instances as a person would. */
  async startAtConsole(...machines: string[]): Promise<void> {
    await this.#console.send(new StartInstancesCommand({ InstanceIds: machines }));
  }

  /** Terminates instances as a person would. */
  async terminateAtConsole(...machines: string[]): Promise<void> {
    await this.#console.send(new TerminateInstancesCommand({ InstanceIds: machines }));
  }

  /** Ends the cloud with all its machines. */
  async close(): Promise<void> {
    this.#console.destroy();
    this.#proxy.closeAllConnections();
    await new Promise((resolve) => this.#proxy.close(resolve));
    await Promise.allSettled(this.#answered.values());
    await Promise.all(
      [...this.#pairs.values()].map((pair) => pair.turn.catch(() => {}).then(() => pair.server.destroy())),
    );
    await this.#moto.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await text(request);
      if (body.length > SIZE_LIMIT) throw new Error('the request is too long');
      this.seenKeys.add(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '');
      const answer = await this.#answer(request, new URLSearchParams(body));
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  }

  async #answer(request: IncomingMessage, form: URLSearchParams): Promise<Answer> {
    const machines = [...form.entries()].filter(([name]) => /^InstanceId\.\d+$/.test(name)).map(([, id]) => id);
    const action = form.get('Action') ?? '';
    const over = machines.find((machine) => this.#terminated.has(machine));
    if (over !== undefined && /^(Start|Stop)Instances$/.test(action)) return incorrectState(over);
    switch (action) {
      case 'RunInstances':
        return this.#once(form.get('ClientToken') ?? '', () => this.#run(request, form));
      case 'StopInstances':
        await Promise.all(machines.map((machine) => this.#next(machine, powerOff)));
        return this.#pass(request, form);
      case 'TerminateInstances':
        await Promise.all(machines.map((machine) => this.#terminate(machine)));
        return this.#pass(request, form);
      case 'StartInstances':
        return this.#start(machines, await this.#pass(request, form));
      default:
        return this.#pass(request, form);
    }
  }

  #once(token: string, act: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#answered.get(token) ?? act();
    this.#answered.set(token, answer);
    return answer;
  }

  async #run(request: IncomingMessage, form: URLSearchParams): Promise<Answer> {
    const server = await makeServer();
    form.set('SubnetId', await this.#subnet());
    form.set('PrivateIpAddress', server.address);
    const answer = await this.#pass(request, form);
    const machine = /<instanceId>(i-\w+)</.exec(answer.body)?.[1];
    if (machine === undefined) await server.destroy();
    else this.#pairs.set(machine, { server, turn: Promise.resolve() });
    return this.#start(machine === undefined ? [] : [machine], answer);
  }

  /** A subnet with the fleet's addresses, for one instance: moto never lets go of an address in a subnet, and the fleet does. */
  async #subnet(): Promise<string> {
    const { range } = await testEngine();
    const { Vpc } = await this.#console.send(new CreateVpcCommand({ CidrBlock: `10.${range}.0.0/16` }));
    const place = { VpcId: Vpc?.VpcId, CidrBlock: `10.${range}.16.0/20` };
    const { Subnet } = await this.#console.send(new CreateSubnetCommand(place));
    return Subnet?.SubnetId ?? '';
  }

  /** As on EC2, the answer does not wait for the machines to come up. */
  #start(machines: readonly string[], answer: Answer): Answer {
    if (answer.status !== 200) return answer;
    // What fails here is met by whoever asks for the server.
    for (const machine of machines) this.#next(machine, (server) => server.powerOn()).catch(() => {});
    return answer;
  }

  async #terminate(machine: string): Promise<void> {
    await this.#next(machine, (server) => server.destroy());
    this.#pairs.delete(machine);
    this.#terminated.add(machine);
  }

  #next(machine: string, act: (server: Server) => Promise<void>): Promise<void> {
    const pair = this.#pairs.get(machine);
    if (!pair) return Promise.resolve();
    pair.turn = pair.turn.catch(() => {}).then(() => act(pair.server));
    return pair.turn;
  }

  async #pass({ headers }: IncomingMessage, form: URLSearchParams): Promise<Answer> {
    const authorization = headers.authorization ?? '';
    const url = `http://127.0.0.1:${this.#moto.port}/`;
    const answer = await fetch(url, { method: 'POST', body: form, headers: { authorization } });
    return { status: answer.status, body: await answer.text() };
  }
}

/** In EC2's words. */
function incorrectState(machine: string): Answer {
  const message = `The instance '${machine}' is not in a state from which it can be started or stopped.`;
  const error = `<Error><Code>IncorrectInstanceState</Code><Message>${message}</Message></Error>`;
  return { status: 400, body: `<Response><Errors>${error}</Errors><RequestID>proxy</RequestID></Response>` };
}

async function powerOff(server: Server): Promise<void> {
  await server.powerOff().catch(unlessGone);
}

/** Starts the test's cloud. */
export async function startPairedEc2(): Promise<PairedEc2> {
  const [moto, port] = await Promise.all([startMoto(), freePort()]);
  const credentialsFile = join(runDirectory(), `credentials-${port}`);
  const keys = `aws_access_key_id = ${ACCESS_KEY}\naws_secret_access_key = ${SECRET}\n`;
  writeFileSync(credentialsFile, `[default]\naws_access_key_id = AKIAOTHER\n\n[${PROFILE}]\n${keys}`, { mode: 0o600 });
  const ec2 = new PairedEc2({ moto, port, credentialsFile });
  await ec2.prepare();
  return ec2;
}
