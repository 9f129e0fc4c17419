import { findOciEngine } from './oci.ts';
import { namespacesEngine, namespacesMissing } from './namespaces.ts';

/** What builds images and runs containers: podman, docker, or Linux namespaces set up by ourselves. */
export interface Engine {
  /** As in "podman 4.3.1". */
  readonly name: string;
  readonly kind: 'docker' | 'podman' | 'namespaces';
  /**
   * Builds a stage of a Dockerfile. What has not changed is not made again.
   *
   * @returns the image as `run` takes it
   */
  build(recipe: Recipe): Promise<string>;
  /** Starts a container. Rejects when its first program cannot be started. */
  run(options: RunOptions): Promise<Container>;
}

export interface Recipe {
  /** Where the image is kept for the next time. */
  readonly tag: string;
  readonly dockerfile: string;
  readonly stage: string;
  /** The folder that COPY reads from. */
  readonly context: string;
  /** The image goes when this process ends. Not for namespaces. */
  readonly temporary?: boolean;
}

/** Capabilities and limits are docker's defaults, the network is the host's unless told otherwise. No control groups. */
export interface RunOptions {
  /** What `build` gave. */
  readonly image: string;
  /** Unique on this machine. */
  readonly name: string;
  /** Added to the image's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folders of the host, shown read-only: path on the host → path in the container. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** As in `--user 1000:1000`. */
  readonly user?: string;
  /** Nothing can be written but below `tmpfs`. */
  readonly readOnly?: boolean;
  readonly tmpfs?: readonly string[];
  readonly dropAllCapabilities?: boolean;
  /** Beside docker's, without CAP_. docker and podman only. */
  readonly addCapabilities?: readonly string[];
  /** A filter of system calls in the place of the engine's: these are refused (EPERM), all others are not. docker and podman only. */
  readonly refused?: readonly string[];
  /** A network of its own, which is nothing but a loopback device. docker and podman only. */
  readonly loopback?: boolean;
  /** With a terminal, as in `docker run -it`. docker and podman only. */
  readonly terminal?: boolean;
  /** What the image's entry point gets instead of the image's own arguments. */
  readonly arguments?: readonly string[];
}

/** What a command came to. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Container {
  readonly name: string;
  /** Runs a command inside, as `docker exec` does. Never rejects: one that takes a minute ends with status 124. */
  exec(command: readonly string[], options?: ExecOptions): Promise<Outcome>;
  /** What PID 1 has written to stdout and stderr so far. */
  logs(): Promise<string>;
  /** A terminal of its own at the container's, as `docker attach` has it. docker and podman only. */
  attach(): Terminal;
  /** Sends PID 1 a signal, as in `TERM`. */
  signal(name: string): Promise<void>;
  /** SIGTERM, and SIGKILL ten seconds later, as `docker stop` does. */
  stop(): Promise<Stopped>;
  /** Resolves with the exit status when the container has ended by itself. */
  ended(): Promise<number>;
  /** Ends it if it runs, and removes every trace of it. */
  remove(): Promise<void>;
}

export interface Terminal {
  /** Keys that are pressed there. */
  press(keys: string): void;
  /** What was shown so far. */
  shown(): string;
  leave(): Promise<void>;
}

export interface ExecOptions {
  readonly user?: string;
  /** With a terminal. */
  readonly tty?: boolean;
  /** Milliseconds that it may take, instead of a minute. docker and podman only. */
  readonly timeout?: number;
}

export interface Stopped {
  /** The container's exit status: 137 when it had to be killed. */
  readonly status: number;
  readonly seconds: number;
}

export type EngineChoice = { readonly engine: Engine } | { readonly missing: string };

/**
 * The first engine that can run a container here: docker, podman, namespaces.
 *
 * @param wish one of these names, to have that or none
 */
export async function findEngine(wish: string | undefined): Promise<EngineChoice> {
  if (wish !== undefined && !['docker', 'podman', 'namespaces'].includes(wish))
    return { missing: `no such engine: ${wish} (docker, podman or namespaces)` };
  const reasons: string[] = [];
  for (const program of ['docker', 'podman'] as const) {
    if (wish !== undefined && wish !== program) continue;
    const choice = await findOciEngine(program);
    if ('engine' in choice) return choice;
    reasons.push(choice.missing);
  }
  if (wish === undefined || wish === 'namespaces') {
    const missing = namespacesMissing();
    if (missing === undefined) return { engine: namespacesEngine() };
    reasons.push(missing);
  }
  return { missing: reasons.join('; ') };
}
