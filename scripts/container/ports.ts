import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody listens on, as text. Held all at once, so that they differ; somebody else may still take
 * one before its service does.
 */
export async function freePorts<Count extends number>(count: Count): Promise<Ports<Count>> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as unknown as Ports<Count>;
}

type Ports<Count extends number, Found extends readonly string[] = readonly []> = Found['length'] extends Count
  ? Found
  : Ports<Count, readonly [...Found, string]>;
