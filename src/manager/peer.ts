/** Who came to a socket, from the host's words (listen_describe() of native/listen.c) to names: instance_from_socket(), getpeername_pretty(), socket_acquire_peer(). */

interface Peer {
  /** What stands in the instance's name behind the number. */
  readonly instance: string;
  /** For the unit's description; '' where it has none. */
  readonly pretty: string;
  /** What MaxConnectionsPerSource= counts by; '' for none. */
  readonly source: string;
  /** $REMOTE_ADDR and $REMOTE_PORT */
  readonly variables: readonly string[];
}

export function readPeer(who: string): Peer {
  const [kind = '', one = '', two = '', three = '', four = ''] = who.split(' ');
  switch (kind) {
    case 'ip': {
      const isSix = three.includes(':');
      return {
        instance: `${one}:${two}-${three}:${four}`,
        pretty: isSix ? `[${three}]:${four}` : `${three}:${four}`,
        source: three,
        variables: [`REMOTE_ADDR=${three}`, `REMOTE_PORT=${four}`],
      };
    }
    case 'vsock':
      return {
        instance: `${one}:${two}-${three}:${four}`,
        pretty: `vsock:${three}:${four}`,
        source: `vsock:${three}`,
        variables: [`REMOTE_ADDR=vsock:${three}`, `REMOTE_PORT=${four}`],
      };
    case 'unix':
      return { instance: `${one}-${two}`, pretty: `PID ${one}/UID ${two}`, source: '', variables: [] };
    default:
      return { instance: 'unknown', pretty: '', source: '', variables: [] };
  }
}
