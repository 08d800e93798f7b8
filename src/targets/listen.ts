/** How a target leads jobs to the server that cannot reach its loopback address: in a container, on another machine. */
import type net from 'node:net';

/** One more address of the server. `names`: what else jobs call it, such as `host.docker.internal`. */
export type ListenAddress = (
  | {
      /** An address of this machine, such as that of a bridge: never all of them, and no name. */
      host: string;
      /** Absent: any that is free. */
      port?: number;
    }
  | {
      /** Path of a Unix socket, which is made anew. Whatever forwards to it keeps the `Host` of a loopback address. */
      socket: string;
    }
  | {
      /** What listens already, on the loopback address of another network of this machine, such as that of a container. */
      listener: net.Server;
      port: number;
    }
) & {
  names?: readonly string[];
  /**
   * Whether programs at an IP address may use it; asked once for each connection, before anything is answered. Absent: the token
   * of the job is all that counts.
   */
  admits?: (peer: string) => Promise<boolean>;
};

/** An address where the server answers to the tokens of jobs. It knows no other token, and is gone when the server ends. */
export interface Listening {
  /** For MLFLOW_TRACKING_URI, by the address itself; undefined for a socket. */
  url?: string;
  /** Cuts off whoever is connected. */
  close(): Promise<void>;
}

/**
 * Has the server listen on one more address. Nothing is remembered: who needs the address asks again at the next start, with the
 * port that it got.
 * @throws BAD_REQUEST (address) | CONFLICT (taken) | NOT_SUPPORTED (sockets on Windows)
 */
export type Listen = (address: ListenAddress) => Promise<Listening>;
