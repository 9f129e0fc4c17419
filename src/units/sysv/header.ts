/**
 * What the comments of an init script say of it: the LSB header, or the older lines of chkconfig. Rules: systemd's
 * src/sysv-generator/sysv-generator.c, load_sysv(); man systemd-sysv-generator.
 */
import { mangleUnitName, parseUnitName, type UnitName, unitType } from '../name.ts';
import { extractWord } from '../syntax/words.ts';

export interface ScriptHeader {
  readonly hasLsb: boolean;
  /** '' where the script says none. */
  readonly description: string;
  /** Absolute, or ''. */
  readonly pidFile: string;
  readonly canReload: boolean;
  /** Other names of the service. */
  readonly aliases: readonly UnitName[];
  readonly before: readonly UnitName[];
  readonly after: readonly UnitName[];
  readonly wants: readonly UnitName[];
}

/** `fileName`: the script's, without directory. Never fails: what cannot be understood says nothing. */
export function readHeader(text: string, fileName: string): ScriptHeader {
  const reader = new HeaderReader(fileName.replace(/\.sh$/, ''));
  for (const line of text.split('\n')) reader.read(line);
  return reader.header();
}

const online = 'network-online.target' as UnitName;
const network = 'network.target' as UnitName;

/** Facilities that every script may name; '' is there whenever services run. */
const facilities: Readonly<Record<string, string>> = {
  local_fs: '',
  network: online,
  named: 'nss-lookup.target',
  portmap: 'rpcbind.target',
  remote_fs: 'remote-fs.target',
  syslog: '',
  time: 'time-sync.target',
};

type State = 'normal' | 'description' | 'lsb' | 'lsb-description' | 'usage';

class HeaderReader {
  readonly #name: string;
  #state: State = 'normal';
  #hasLsb = false;
  #canReload = false;
  #pidFile = '';
  #short = '';
  #long = '';
  #chkconfig = '';
  readonly #aliases = new Set<UnitName>();
  readonly #before = new Set<UnitName>();
  readonly #after = new Set<UnitName>();
  readonly #wants = new Set<UnitName>();

  constructor(name: string) {
    this.#name = name;
  }

  header(): ScriptHeader {
    const description = this.#short || this.#chkconfig || this.#long;
    return {
      hasLsb: this.#hasLsb,
      description: description === '' ? '' : `${this.#hasLsb ? 'LSB' : 'SYSV'}: ${description}`,
      pidFile: this.#pidFile,
      canReload: this.#canReload,
      aliases: [...this.#aliases],
      before: [...this.#before],
      after: [...this.#after],
      wants: [...this.#wants],
    };
  }

  read(line: string): void {
    const stripped = line.trim();
    if (!stripped.startsWith('#')) {
      this.#readCode(stripped);
    } else if (this.#state === 'normal' && stripped === '### BEGIN INIT INFO') {
      this.#state = 'lsb';
      this.#hasLsb = true;
    } else if (this.#isLsb() && stripped === '### END INIT INFO') {
      this.#state = 'normal';
    } else {
      this.#readComment(stripped.slice(1).trimStart(), /^#(\t| {2})/.test(line));
    }
  }

  #isLsb(): boolean {
    return this.#state === 'lsb' || this.#state === 'lsb-description';
  }

  /** A line of the script itself: whether its usage has `reload` in it. */
  #readCode(line: string): void {
    if (this.#state !== 'usage' && !(this.#state === 'normal' && /usage/i.test(line))) return;
    if (/[{|]reload[|}"]/i.test(line)) {
      this.#canReload = true;
      this.#state = 'normal';
    } else {
      this.#state = line.endsWith('\\') ? 'usage' : 'normal';
    }
  }

  #readComment(text: string, isIndented: boolean): void {
    switch (this.#state) {
      case 'normal':
        this.#readPlain(text);
        break;
      case 'description': {
        const more = text.endsWith('\\');
        this.#chkconfig = joined(this.#chkconfig, (more ? text.slice(0, -1) : text).trim());
        if (!more) this.#state = 'normal';
        break;
      }
      case 'lsb':
      case 'lsb-description':
        this.#readLsb(text, isIndented);
        break;
      case 'usage':
    }
  }

  #readPlain(text: string): void {
    const description = after(text, 'description:');
    if (description !== undefined) {
      const more = description.endsWith('\\');
      this.#chkconfig = (more ? description.slice(0, -1) : description).trim();
      if (more) this.#state = 'description';
      return;
    }
    const pidFile = after(text, 'pidfile:')?.trim();
    if (pidFile?.startsWith('/') === true) this.#pidFile = pidFile;
  }

  #readLsb(text: string, isIndented: boolean): void {
    const provides = after(text, 'Provides:');
    const before = after(text, 'X-Start-Before:');
    const others = after(text, 'Required-Start:') ?? after(text, 'Should-Start:') ?? after(text, 'X-Start-After:');
    const long = after(text, 'Description:');
    const short = after(text, 'Short-Description:');
    if (provides !== undefined) this.#provide(provides);
    else if (before !== undefined) for (const name of this.#names(before)) this.#before.add(name);
    else if (others !== undefined) this.#comeAfter(others);
    else if (long !== undefined) this.#long = long.trim();
    else if (short !== undefined) this.#short = short.trim();
    else if (this.#state === 'lsb-description' && isIndented) {
      this.#long = joined(this.#long, text.trim());
      return;
    } else if (this.#state === 'lsb') return;
    this.#state = long === undefined ? 'lsb' : 'lsb-description';
  }

  /** Services that it provides are its other names; targets are reached when it is up. */
  #provide(text: string): void {
    for (const name of this.#names(text)) {
      if (unitType(name) === 'service') this.#aliases.add(name);
      if (unitType(name) !== 'target') continue;
      this.#before.add(name);
      this.#wants.add(name);
      if (name !== online) continue;
      this.#before.add(network);
      this.#wants.add(network);
    }
  }

  /** Of all facilities only the network has to be asked for. */
  #comeAfter(text: string): void {
    for (const name of this.#names(text)) {
      this.#after.add(name);
      if (name === online) this.#wants.add(name);
    }
  }

  /** A name with a dollar that nobody knows is a target; a plain one a service. */
  #unitOf(word: string): UnitName | undefined {
    const isFacility = word.startsWith('$');
    const plain = isFacility ? word.slice(1) : word;
    const known = facilities[plain];
    if (known !== undefined) return known === '' ? undefined : (known as UnitName);
    if (isFacility) return parseUnitName(`${plain}.target`);
    return plain === this.#name ? undefined : mangleUnitName(plain.replace(/\.sh$/, ''));
  }

  /** The units that facilities stand for; those that are always there, and the script itself, are none. */
  *#names(text: string): Generator<UnitName> {
    for (const word of relaxedWords(text)) {
      const unit = this.#unitOf(word);
      if (unit !== undefined) yield unit;
    }
  }
}

function after(text: string, key: string): string | undefined {
  return text.slice(0, key.length).toLowerCase() === key.toLowerCase() ? text.slice(key.length) : undefined;
}

function joined(before: string, more: string): string {
  return before === '' || more === '' ? before + more : `${before} ${more}`;
}

/** Words with quotes; one that is left open goes to the end, and a backslash there says nothing. */
function relaxedWords(line: string): readonly string[] {
  const text = line.replace(/(?<!\\)((?:\\\\)*)\\\s*$/, '$1');
  const words: string[] = [];
  for (let position = 0; ;) {
    const next = extractWord(text, position, 'unquote');
    if (next.kind === 'word') {
      words.push(next.word);
      position = next.end;
      continue;
    }
    const open = next.kind === 'unbalanced' ? text.slice(position).trim() : '';
    const rest = open.replace(/["']/, '').replaceAll(/\\(.)/g, '$1');
    return rest === '' ? words : words.concat(rest);
  }
}
