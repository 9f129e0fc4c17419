import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';

import type { HostEffect } from '../../src/host.d.ts';
import { type Clients, createClients } from '../../src/main/clients.ts';
import { FakeClient } from '../fake/client.ts';
import { decodeText, encodeText } from '../fake/text.ts';

const text = { encode: encodeText, decode: decodeText };
const clock = { monotonic: 1, realtime: 1 };

/** Clients whose verbs all end at once; what the verbs of each were given to wait for, held by nothing here. */
function subject(): { readonly clients: Clients; readonly gone: WeakRef<Promise<void>>[] } {
  const gone: WeakRef<Promise<void>>[] = [];
  const clients = createClients({
    text,
    load: () => (_invocation, port) => {
      gone.push(new WeakRef(port.gone));
      return Promise.resolve(0);
    },
    asked: () => undefined,
    answered: () => undefined,
    tell: () => undefined,
  });
  return { clients, gone };
}

function effectsOf(clients: Clients): HostEffect['kind'][] {
  const effects: HostEffect[] = [];
  clients.flush(effects);
  return effects.map(({ kind }) => kind);
}

test('a client that has its answer is ended and forgotten: the host says nothing more of it', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { clients, gone } = subject();
  for (let client = 1; client <= 20; client += 1) {
    const bytes = new FakeClient(`c${client}`, ['systemctl', 'status']).request(text);
    clients.handle({ kind: 'client', clock, client, uid: 0, pid: 1 });
    clients.handle({ kind: 'client-frame', clock, client, bytes });
    await new Promise(setImmediate);
    t.deepEqual(effectsOf(clients), ['to-client', 'end-client']);
  }
  collect();
  t.is(gone.length, 20);
  // The last may still be in a register.
  t.true(gone.filter((one) => one.deref() !== undefined).length <= 1);
});

test('a client whose frame cannot be read is ended and forgotten', (t) => {
  const { clients, gone } = subject();
  clients.handle({ kind: 'client', clock, client: 1, uid: 0, pid: 1 });
  clients.handle({ kind: 'client-frame', clock, client: 1, bytes: new Uint8Array([1, 2, 3]) });
  t.deepEqual(effectsOf(clients), ['end-client']);
  clients.handle({ kind: 'client-frame', clock, client: 1, bytes: new FakeClient('c', ['systemctl']).request(text) });
  t.deepEqual(effectsOf(clients), []);
  t.is(gone.length, 0);
});
