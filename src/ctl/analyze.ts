/** systemd-analyze: options, then the verb, which is one file in analyze/. A part of its own: few need it. */
import { blame } from './analyze/blame.ts';
import { type AnalyzeCall, type ManagedAnalyzeCall, refuse, systemOnly } from './analyze/call.ts';
import { calendar } from './analyze/calendar.ts';
import { capability } from './analyze/capability.ts';
import { catConfig } from './analyze/cat-config.ts';
import { condition } from './analyze/condition.ts';
import { criticalChain } from './analyze/critical-chain.ts';
import { dot } from './analyze/dot.ts';
import { dump } from './analyze/dump.ts';
import { exitStatus } from './analyze/exit-status.ts';
import { analyzeHelp } from './analyze/help.ts';
import { parseAnalyze } from './analyze/options.ts';
import { syscallFilter } from './analyze/syscall-filter.ts';
import { timespan } from './analyze/timespan.ts';
import { time } from './analyze/time.ts';
import { timestamp } from './analyze/timestamp.ts';
import { unitPaths } from './analyze/unit-paths.ts';
import { verify } from './analyze/verify.ts';
import { noManager } from './call.ts';
import { tellItself } from './front.ts';
import { parseTimestamp } from '../units/values/timestamp.ts';
import { type ClientPort, type Invocation, type Services, unanswered } from './port.ts';
import { paletteFor, plain } from './render/colour.ts';
import { serviceWatchdogs } from './verbs/service-watchdogs.ts';

/** `least` and `most` count the words after the verb. `needs`: the files alone, or a manager, which knows what ran when. */
type Verb = { readonly least: number; readonly most: number } & (
  | { readonly needs: 'files'; run(call: AnalyzeCall): Promise<number> }
  | { readonly needs: 'manager'; run(call: ManagedAnalyzeCall): Promise<number> }
);

/** Loaded along with the rest: `pidone check` is a kind of verify. */
export { check } from './analyze/check.ts';

const any = Infinity;

/** Every verb that is served. */
const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['time', { needs: 'manager', least: 0, most: 0, run: time }],
  ['blame', { needs: 'manager', least: 0, most: 0, run: blame }],
  ['critical-chain', { needs: 'manager', least: 0, most: any, run: criticalChain }],
  ['dot', { needs: 'manager', least: 0, most: any, run: dot }],
  ['dump', { needs: 'manager', least: 0, most: any, run: dump }],
  ['service-watchdogs', { needs: 'manager', least: 0, most: 1, run: serviceWatchdogs }],
  ['log-level', { needs: 'manager', least: 0, most: 1, run: logLevel }],
  ['get-log-level', { needs: 'manager', least: 0, most: 0, run: logLevel }],
  ['set-log-level', { needs: 'manager', least: 1, most: 1, run: logLevel }],
  ['capability', { needs: 'files', least: 0, most: any, run: capability }],
  ['calendar', { needs: 'files', least: 1, most: any, run: calendar }],
  ['timestamp', { needs: 'files', least: 1, most: any, run: timestamp }],
  ['timespan', { needs: 'files', least: 1, most: any, run: timespan }],
  ['exit-status', { needs: 'files', least: 0, most: any, run: exitStatus }],
  ['cat-config', { needs: 'files', least: 1, most: any, run: catConfig }],
  ['condition', { needs: 'files', least: 0, most: any, run: condition }],
  ['verify', { needs: 'files', least: 1, most: any, run: verify }],
  ['syscall-filter', { needs: 'files', least: 0, most: any, run: syscallFilter }],
  ['unit-paths', { needs: 'files', least: 0, most: 0, run: unitPaths }],
]);

/** What systemd-analyze has and pidone does not serve, with what to say. */
const unserved: ReadonlyMap<string, string> = new Map([
  ['fdstore', 'How many a unit has is told by: systemctl show -p NFileDescriptorStore'],
  ['unit-files', 'Use: systemctl list-unit-files, systemctl cat'],
  ['compare-versions', 'It asks neither units nor pidone: use dpkg --compare-versions, rpmdev-vercmp or sort -V.'],
  ['plot', 'Use: systemd-analyze blame, critical-chain or dot'],
  ['security', 'Use: pidone check, which tells what of a unit this container cannot honour.'],
  ['inspect-elf', 'It is about core dumps, which pidone does not collect.'],
  ['filesystems', 'A container’s services are not kept from file systems by their type.'],
  ['log-target', 'pidone’s own log goes to the container’s stderr and to the journal.'],
  ['set-log-target', 'pidone’s own log goes to the container’s stderr and to the journal.'],
  ['get-log-target', 'pidone’s own log goes to the container’s stderr and to the journal.'],
]);

/** pidone's own log has one level: to ask for it is no mistake, to want another is. */
async function logLevel(call: ManagedAnalyzeCall): Promise<number> {
  const [word = ''] = call.words;
  if (word !== '' && word !== 'info')
    return refuse(call, `pidone’s own log has one level: info. It cannot be ${word}.`);
  if (word === '') await call.client.stdout('info\n');
  return 0;
}

export async function runAnalyze(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const { face } = services;
  const isMoment = (text: string): boolean => parseTimestamp(text, face.clock().realtime, face.zones).ok;
  const parsed = parseAnalyze(invocation.arguments, invocation.directory, isMoment);
  const palette = paletteFor(invocation);
  switch (parsed.kind) {
    case 'refused':
      if (parsed.message === '') return 1;
      return refuse(
        { client, palette: parsed.message.startsWith('systemd-analyze: ') ? plain : palette },
        parsed.message,
      );
    case 'help':
    case 'version':
    case 'choices':
      return tellItself(parsed, analyzeHelp, services, client);
    case 'run':
  }
  const [word = 'time', ...words] = parsed.words;
  const call: AnalyzeCall = { services, invocation, client, palette, options: parsed.options, words };
  if (word === 'help') return tellItself({ kind: 'help' }, analyzeHelp, services, client);
  const verb = verbs.get(word);
  if (verb === undefined) {
    const reason = unserved.get(word);
    return refuse(
      call,
      reason === undefined ? `Unknown command verb ${word}.` : `pidone does not serve '${word}': ${reason}`,
    );
  }
  if (words.length < verb.least) return refuse(call, 'Too few arguments.');
  if (words.length > verb.most) return refuse(call, 'Too many arguments.');
  if (verb.needs === 'files') return verb.run(call);
  const { api } = services;
  if (api === undefined) return services.reach === 'unasked' ? unanswered : refuse(call, noManager(call));
  if (call.options.scope !== 'system') return refuse(call, systemOnly(call));
  return verb.run({ ...call, api });
}
