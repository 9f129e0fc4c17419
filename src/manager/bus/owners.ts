/**
 * Who owns which names on a bus, and which units it asks for: one connection to it, from the greeting on. It holds no descriptor and knows no time: bytes
 * go in and out. Source of the rules: the D-Bus Specification ("Authentication Protocol", "Message Bus"), and what systemd
 * asks for a unit with BusName= (unit_install_bus_match() and get_name_owner_handler() in its src/core/unit.c). A bus with systemd's activation asks the owner of
 * systemd's name to start a unit (signal_activation_request() in src/core/dbus.c); that is all that we own the name for: who calls us
 * hears so, at once.
 *
 * Only what the bus itself says counts: it vouches for the sender of each message, so that nobody else on it can make up
 * an owner.
 */
import { createIncoming, type Piece } from './incoming.ts';
import {
  busName,
  decodeMessage,
  encodeCall,
  encodeError,
  encodeFailure,
  type Message,
  systemdName,
} from './message.ts';

export type BusNews =
  /** Somebody owns the name (":1.42"), or undefined: nobody does. Told for each name that is watched, as soon as it is known, and then at each change. */
  | { readonly kind: 'owner'; readonly name: string; readonly owner: string | undefined }
  /** Somebody wants what this unit gives. */
  | { readonly kind: 'wanted'; readonly unit: string }
  /** For the log. */
  | { readonly kind: 'notice'; readonly text: string }
  /** It cannot go on: the connection is to be closed. Last of all; why, for the log. */
  | { readonly kind: 'broken'; readonly why: string };

export interface BusOwners {
  /** What is to be sent, once: all since it was last asked. */
  send(): readonly Uint8Array[];
  /** The bus has sent these bytes. */
  receive(bytes: Uint8Array): readonly BusNews[];
  /** A well-formed name of D-Bus. Watching one twice is nothing. */
  watch(name: string): void;
  /** From now on the bus asks us for units. Twice is nothing. */
  serve(): void;
  /** A unit that was wanted is not coming: who waits for it is told. ASCII. */
  refuse(unit: string, error: string, text: string): void;
  /** The bus has taken us in. */
  isUp(): boolean;
}

type Member = 'Hello' | 'AddMatch' | 'GetNameOwner' | 'RequestName';

/** Of RequestName: who has it already keeps it, and we do not wait for it. */
const doNotQueue = 4;

/** Just connected. `uid`: who we are; the kernel says the same to the bus. */
export function createBusOwners(uid: number): BusOwners {
  const incoming = createIncoming();
  const names = new Set<string>();
  /** What calls were about that have no answer yet. */
  const asked = new Map<number, { readonly member: Member; readonly name: string }>();
  let stage: 'greeting' | 'hello' | 'up' | 'broken' = 'greeting';
  let serial = 0;
  let serves = false;
  let out: Uint8Array[] = [ascii(`\0AUTH EXTERNAL ${hex(String(uid))}\r\n`)];

  const ask = (member: Member, name: string, args: readonly string[], flags?: number): void => {
    serial = nextSerial(serial);
    asked.set(serial, { member, name });
    out.push(encodeCall(serial, member, args, flags));
  };
  const claim = (): void => ask('RequestName', systemdName, [systemdName], doNotQueue);
  // The match comes first: so no change is missed between the two.
  const askAbout = (name: string): void => {
    ask('AddMatch', name, [matchRule(name)]);
    ask('GetNameOwner', name, [name]);
  };
  const breakOff = (why: string): BusNews[] => {
    stage = 'broken';
    asked.clear();
    out = [];
    return [{ kind: 'broken', why }];
  };

  const greet = (line: string): BusNews[] => {
    if (!/^OK( |$)/.test(line)) return breakOff(`AUTH: ${line.slice(0, 80)}`);
    incoming.greeted();
    stage = 'hello';
    out.push(ascii('BEGIN\r\n'));
    ask('Hello', '', []);
    return [];
  };

  const takeAnswer = (message: Message): BusNews[] => {
    const call = asked.get(message.answers);
    if (call === undefined) return [];
    asked.delete(message.answers);
    const failed = message.type === 'error';
    if (call.member === 'Hello') {
      if (failed) return breakOff(`Hello: ${message.error}`);
      stage = 'up';
      if (serves) claim();
      for (const name of names) askAbout(name);
      return [];
    }
    // Only the policy of systemd's package lets root have it: where it is not installed, nobody relies on it.
    if (call.member === 'RequestName') return [];
    const news =
      failed && message.error !== `${busName}.Error.NameHasNoOwner`
        ? [notice(`${call.member} ${call.name}: ${message.error}`)]
        : [];
    if (call.member === 'GetNameOwner')
      news.push({ kind: 'owner', name: call.name, owner: failed ? undefined : ownerOf(message.strings[0]) });
    return news;
  };

  const takeSignal = ({ member, strings: [name, , owner] }: Message): BusNews[] => {
    if (name === undefined) return [];
    if (member === 'ActivationRequest') return serves ? [{ kind: 'wanted', unit: name }] : [];
    return member === 'NameOwnerChanged' && owner !== undefined && names.has(name)
      ? [{ kind: 'owner', name, owner: ownerOf(owner) }]
      : [];
  };
  const answer = (call: Message): void => {
    if (!call.wantsAnswer) return;
    serial = nextSerial(serial);
    out.push(
      encodeError(serial, call, `${busName}.Error.NotSupported`, 'pidone is no systemd on D-Bus; ask systemctl'),
    );
  };

  const take = (piece: Piece): BusNews[] => {
    if (piece.kind === 'garbage') return breakOff(piece.why);
    if (piece.kind === 'line') return greet(piece.text);
    const message = decodeMessage(piece.bytes);
    if (message === undefined) return [];
    // Anybody may call.
    if (message.type === 'call') {
      answer(message);
      return [];
    }
    if (message.sender !== busName) return [];
    return message.type === 'signal' ? takeSignal(message) : takeAnswer(message);
  };

  return {
    send() {
      const now = out;
      out = [];
      return now;
    },
    receive(bytes) {
      if (stage === 'broken') return [];
      incoming.add(bytes);
      const news: BusNews[] = [];
      for (let piece = incoming.next(); piece !== undefined; piece = incoming.next()) {
        news.push(...take(piece));
        if (news.at(-1)?.kind === 'broken') break;
      }
      return news;
    },
    isUp: () => stage === 'up',
    watch(name) {
      if (names.has(name)) return;
      names.add(name);
      if (stage === 'up') askAbout(name);
    },
    serve() {
      if (stage === 'up' && !serves) claim();
      serves = true;
    },
    refuse(unit, error, text) {
      if (stage !== 'up') return;
      serial = nextSerial(serial);
      out.push(encodeFailure(serial, unit, error, text));
    },
  };
}

function matchRule(name: string): string {
  return `type='signal',sender='${busName}',path='/org/freedesktop/DBus',interface='${busName}',member='NameOwnerChanged',arg0='${name}'`;
}

/** The bus says '' for nobody. */
function ownerOf(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function notice(text: string): BusNews {
  return { kind: 'notice', text };
}

/** Never 0. */
function nextSerial(serial: number): number {
  return serial >= 0xffffffff ? 1 : serial + 1;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (one) => one.charCodeAt(0));
}

function hex(text: string): string {
  return Array.from(text, (one) => one.charCodeAt(0).toString(16)).join('');
}
