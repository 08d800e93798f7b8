/**
 * How jobs in containers reach the server, which listens on loopback: by an address that only they can use
 * (docs/decisions/0022).
 */
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { TargetContext } from '../context.js';
import type { Listening } from '../listen.js';
import { readJson, writeJson } from '../shared/json-file.js';
import { type Engine, type EngineInfo, isConflict } from './engine.js';
import { listenInside } from './namespace.js';
import { containerName, LABELS } from './names.js';
import { openRelay } from './relay.js';

/** A way that is open. */
type Door = Pick<Listening, 'close'>;

/** How a container is connected, and what its job is to call the server. */
export interface Way {
  mode: string;
  extraHosts?: readonly string[];
  /** Has the server listen, unless `connect` does. With Podman as root, its address is there once a container runs. */
  trackingUrl: () => Promise<string>;
  /** Has the server listen in the job's container, which runs. */
  connect?: () => Promise<void>;
  /** A job goes on where that fails, and logs nothing meanwhile. */
  isOptional?: boolean;
}

/** `off`: jobs reach the server and nothing else. */
export type Reach = 'on' | 'off';

const NETWORKS: Readonly<Record<Reach, { name: string; bridge: string }>> = {
  on: { name: 'trainyard', bridge: 'trainyard0' },
  off: { name: 'trainyard-internal', bridge: 'trainyard1' },
};
/** A name that engines in a virtual machine give to the machine around them. */
const HOST = 'host.docker.internal';
/** What jobs on other machines are led to. */
const RELAYED = 'relayed';
/** Milliseconds. */
const RETRY_EVERY = 10_000;
const PORTS = 'ports.json';
/** Where the server listens in containers of their own network: nobody else is there, so it is free. */
const PORT_INSIDE = 5_170;
/** Milliseconds for which the addresses of containers stay known. */
const KNOWN_FOR = 1_000;

/** The ways to the server from the containers of one engine. */
export class Ways {
  private readonly context: Pick<TargetContext, 'home' | 'listen' | 'log'>;
  private readonly engine: Engine;
  private readonly folder: string;
  private readonly listening = new Map<string, Promise<Listening>>();
  private readonly addresses = new Map<string, { at: number; known: Promise<ReadonlySet<string>> }>();
  /** In containers, by the run. */
  private readonly inside = new Map<string, Promise<Door>>();
  /** When it could not be done, by the run. */
  private readonly failed = new Map<string, number>();
  private isRestored = false;

  constructor(context: Pick<TargetContext, 'home' | 'listen' | 'log'>, engine: Engine) {
    this.context = context;
    this.engine = engine;
    this.folder = path.join(context.home, 'docker');
  }

  async of(reach: Reach, runId: string): Promise<Way> {
    const info = await this.engine.info();
    if (!info.isLocal) return this.fromAfar(reach, info, runId);
    if (info.isVirtual) return this.fromVirtualMachine(reach);
    if (info.isRootless) return this.fromInside(reach, info, runId);
    return this.fromBridge(reach, info);
  }

  private async fromBridge(reach: Reach, info: EngineInfo): Promise<Way> {
    const { name } = NETWORKS[reach];
    const gateway = await this.networkOf(reach, info);
    const trackingUrl = async () => (await this.listenAt(name, gateway)).url as string;
    return { mode: name, trackingUrl };
  }

  /** The engine's networks are out of this machine's reach, but not the containers themselves. */
  private async fromInside(reach: Reach, info: EngineInfo, runId: string): Promise<Way> {
    if (reach === 'on' && !info.isPodman) await this.networkOf(reach, info);
    return {
      // Each container of Podman's has a network of its own, where jobs do not reach each other.
      mode: reach === 'off' ? 'none' : info.isPodman ? ownNetworkOf(info) : NETWORKS.on.name,
      trackingUrl: () => Promise.resolve(`http://127.0.0.1:${PORT_INSIDE}`),
      connect: () => this.connect(runId),
    };
  }

  /** Nothing leads from there to here but the engine's own connection. */
  private async fromAfar(reach: Reach, info: EngineInfo, runId: string): Promise<Way> {
    const ownNetwork = info.isPodman && info.isRootless;
    if (reach === 'on' && !ownNetwork) await this.networkOf(reach, info);
    return {
      mode: reach === 'off' ? 'none' : ownNetwork ? ownNetworkOf(info) : NETWORKS.on.name,
      isOptional: true,
      trackingUrl: () => Promise.resolve(`http://127.0.0.1:${PORT_INSIDE}`),
      connect: () => this.connect(runId),
    };
  }

  private async connect(runId: string): Promise<void> {
    let door = this.inside.get(runId);
    if (!door) {
      door = this.open(runId);
      this.inside.set(runId, door);
      door.catch(() => {
        this.inside.delete(runId);
        this.failed.set(runId, Date.now());
      });
    }
    await door;
  }

  private async open(runId: string): Promise<Door> {
    const { isLocal } = await this.engine.info();
    return isLocal ? this.listenIn(runId) : this.relayFrom(runId);
  }

  private async relayFrom(runId: string): Promise<Door> {
    const { url } = await this.listenAt(RELAYED, '127.0.0.1');
    const server = Number(new URL(url as string).port);
    const relay = await openRelay(this.engine, runId, { port: PORT_INSIDE, server });
    const gone = (error?: unknown) => {
      if (!this.inside.has(runId)) return;
      // Whoever asks where the job stands opens it again.
      this.inside.delete(runId);
      this.context.log.debug({ err: error, runId }, 'the way of a job to the server has ended');
    };
    relay.ended.then(gone, gone);
    return relay;
  }

  private async listenIn(runId: string): Promise<Door> {
    const { State } = await this.engine.call((docker) => docker.getContainer(containerName(runId)).inspect());
    const listener = await listenInside(State.Pid, PORT_INSIDE);
    return this.context.listen({ listener, port: PORT_INSIDE });
  }

  /** After a restart of the server: a job that runs logs to the address that it knows. */
  async restore(runId: string): Promise<void> {
    const info = await this.engine.info();
    if (!info.isLocal || (info.isRootless && !info.isVirtual)) return this.again(runId);
    if (this.isRestored) return;
    for (const reach of Object.keys(NETWORKS) as Reach[])
      if (this.portOf(this.keyOf(info.isVirtual ? HOST : NETWORKS[reach].name)) !== undefined)
        await (await this.of(reach, runId)).trackingUrl();
    this.isRestored = true;
  }

  /** Who has no way goes on without, and is tried again now and then. */
  private again(runId: string): void {
    if (this.inside.has(runId) || Date.now() - (this.failed.get(runId) ?? 0) < RETRY_EVERY) return;
    this.connect(runId).catch((error: unknown) =>
      this.context.log.warn({ err: error, runId }, 'a running job cannot log'),
    );
  }

  /** The job has ended. */
  forget(runId: string): void {
    const known = this.inside.get(runId);
    this.inside.delete(runId);
    this.failed.delete(runId);
    // Of one that failed there is nothing to close.
    known?.then(({ close }) => close()).catch(() => undefined);
  }

  async close(): Promise<void> {
    const all: Promise<Door>[] = [...this.inside.values(), ...this.listening.values()];
    this.listening.clear();
    this.inside.clear();
    for (const one of all)
      await one.then(
        ({ close }) => close(),
        () => undefined,
      );
  }

  /** The engine's virtual machine forwards that name to loopback of this machine. */
  private async fromVirtualMachine(reach: Reach): Promise<Way> {
    if (reach === 'off') await this.networkOf(reach, await this.engine.info());
    return {
      mode: reach === 'off' ? NETWORKS.off.name : 'bridge',
      // Docker Desktop and Colima know the name; on others it is the gateway.
      extraHosts: [`${HOST}:host-gateway`],
      trackingUrl: async () => {
        const { url } = await this.listenAt(HOST, '127.0.0.1', [HOST]);
        return `http://${HOST}:${new URL(url as string).port}`;
      },
    };
  }

  /** Makes the network when it is not there. @returns the address of this machine on it */
  private async networkOf(reach: Reach, info: EngineInfo): Promise<string> {
    const { name, bridge } = NETWORKS[reach];
    const inspect = () => this.engine.find((docker) => docker.getNetwork(name).inspect() as Promise<Network>);
    let network = await inspect();
    if (!network) {
      try {
        await this.engine.call((docker) =>
          docker.createNetwork({
            Name: name,
            CheckDuplicate: true,
            Driver: 'bridge',
            Internal: reach === 'off',
            Labels: { 'trainyard.network': reach },
            Options: info.isPodman
              ? {}
              : {
                  // Jobs do not reach each other.
                  'com.docker.network.bridge.enable_icc': 'false',
                  // A fixed name, for who has to let it through a firewall.
                  'com.docker.network.bridge.name': bridge,
                },
          }),
        );
      } catch (error) {
        // Another server was faster.
        if (!isConflict(error)) throw error;
      }
      network = await inspect();
    }
    const gateway = network?.IPAM?.Config?.find(({ Gateway }) => Gateway !== undefined)?.Gateway;
    if (gateway === undefined)
      throw new TrainyardError('TARGET_FAILED', `The Docker network “${name}” has no gateway.`, {
        hint: `Remove it, and Trainyard will create it again: docker network rm ${name}`,
      });
    return gateway.replace(/\/\d+$/, '');
  }

  private listenAt(network: string, host: string, names: readonly string[] = []): Promise<Listening> {
    const key = this.keyOf(network);
    const known = this.listening.get(key);
    if (known) return known;
    const listening = this.bind(key, { host, names }, host === '127.0.0.1' ? undefined : network);
    this.listening.set(key, listening);
    listening.catch(() => this.listening.delete(key));
    return listening;
  }

  private async bind(
    key: string,
    address: { host: string; names: readonly string[] },
    network: string | undefined,
  ): Promise<Listening> {
    const admits = network === undefined ? {} : { admits: (peer: string) => this.isOurs(network, peer) };
    const port = this.portOf(key);
    const listen = (more: { port?: number }) => this.context.listen({ ...address, ...admits, ...more });
    const listening = await listen(port === undefined ? {} : { port }).catch((error: unknown) => {
      if (port === undefined || !TrainyardError.is(error, 'CONFLICT')) throw error;
      this.context.log.warn(
        { err: error },
        'running jobs cannot log any more: another program uses their port',
      );
      return listen({});
    });
    const got = Number(new URL(listening.url as string).port);
    if (got !== port) this.keepPort(key, got);
    return listening;
  }

  /** Whether an address is that of a container that runs a job of this home. */
  private async isOurs(network: string, peer: string): Promise<boolean> {
    const known = this.addresses.get(network);
    if (known && Date.now() - known.at < KNOWN_FOR && (await known.known).has(peer)) return true;
    const fresh = this.addressesOn(network);
    this.addresses.set(network, { at: Date.now(), known: fresh });
    fresh.catch(() => this.addresses.delete(network));
    return (await fresh).has(peer);
  }

  private async addressesOn(network: string): Promise<ReadonlySet<string>> {
    const containers = await this.engine.call((docker) =>
      docker.listContainers({
        filters: { label: [`${LABELS.home}=${this.context.home}`], network: [network] },
      }),
    );
    return new Set(
      containers.flatMap(({ NetworkSettings }) => {
        const own = NetworkSettings?.Networks?.[network];
        return [own?.IPAddress, own?.GlobalIPv6Address].filter((address): address is string =>
          Boolean(address),
        );
      }),
    );
  }

  private keyOf(network: string): string {
    return `${this.engine.endpoint.host} ${network}`;
  }

  private portOf(key: string): number | undefined {
    try {
      return readJson<Record<string, number>>(this.folder, PORTS)?.[key];
    } catch (error) {
      this.context.log.warn({ err: error }, `the ports of earlier jobs cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  private keepPort(key: string, port: number): void {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeJson(this.folder, PORTS, { ...readJson<Record<string, number>>(this.folder, PORTS), [key]: port });
  }
}

/** Podman's own default for users other than root: pasta since version 5. */
function ownNetworkOf({ major }: EngineInfo): string {
  return major >= 5 ? 'pasta' : 'slirp4netns';
}

interface Network {
  IPAM?: { Config?: { Gateway?: string }[] };
}
