/** The block that `systemctl status` prints for one unit: systemd's src/systemctl/systemctl-show.c print_status_info(). */
import type { CommandRun, ServiceState, Stamp, UnitView } from '../../manager/api.ts';
import { findDirective, isCarriedOut, type Section } from '../../units/directives.ts';
import type { UnitFileState } from '../../units/install/state.ts';
import { execSlots } from '../../units/model.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { columnsOf, type ManagedCall } from '../call.ts';
import { type FileState, fileStateOf } from '../file-state.ts';
import type { Services } from '../port.ts';
import type { Palette } from './colour.ts';
import { endText, isClean } from './process-end.ts';
import { loadSentence } from './load-error.ts';
import { commOf, processesBelow, renderProcesses } from './process-tree.ts';
import { socketLines } from './socket-properties.ts';
import { harmless } from './text.ts';
import { ago, timestamp } from './time.ts';
import { nextElapseOf, timerOf } from './timer-properties.ts';
import { descriptionOf, dotOf, paintOfActive, paintOfLoad } from './unit-look.ts';

/** All but the log lines. Ends with a newline. */
export function renderStatus(call: ManagedCall, view: UnitView): string {
  const { unit, service } = view;
  const lines = [headLine(call, view), ...loadedLines(call, view), activeLine(call, view)];
  lines.push(...untilLines(call, view), ...conditionLines(call, view), ...triggerLines(call, view));
  const { activeEnter, activeExit } = view.stamps;
  const isDown = view.active === 'inactive' || view.active === 'failed';
  if (isDown && activeEnter.monotonic > 0 && activeExit.monotonic >= activeEnter.monotonic) {
    lines.push(`   Duration: ${formatDuration(activeExit.monotonic - activeEnter.monotonic, 1000)}`);
  }
  unit.common.documentation.forEach((uri, index) => {
    lines.push(`${index === 0 ? '       Docs:' : '            '} ${harmless(uri)}`);
  });
  lines.push(...socketLines(view));
  if (service !== undefined) {
    lines.push(...processLines(call, view, service));
    if (service.statusText !== '') lines.push(`     Status: "${call.palette.cyan(harmless(service.statusText))}"`);
    if (service.statusErrno > 0) lines.push(`      Error: ${service.statusErrno}`);
  }
  lines.push(...skippedLines(view));
  return lines.map((line) => `${line}\n`).join('') + tree(call, view);
}

function headLine({ palette }: ManagedCall, view: UnitView): string {
  const { unit, active } = view;
  const description = descriptionOf(view);
  const dot = (paintOfActive(active, palette) ?? plainPaint)(dotOf(active));
  return `${dot} ${unit.name}${description === unit.name ? '' : ` - ${harmless(description)}`}`;
}

function loadedLines(call: ManagedCall, { unit }: UnitView): readonly string[] {
  const { palette } = call;
  const load = (paintOfLoad(unit.load, palette) ?? plainPaint)(unit.load);
  if (unit.load !== 'loaded') {
    return [`     Loaded: ${load} (Reason: ${harmless(loadSentence(unit))})`];
  }
  const path = harmless(unit.fragmentPath);
  if (path === '') return [`     Loaded: ${load}${unit.standIn === undefined ? '' : ` (${unit.standIn.reason})`}`];
  const file = fileStateOf(call, unit);
  const words = file === undefined ? '' : `; ${fileStateText(file.state, palette)}`;
  const lines = [`     Loaded: ${load} (${path}${words}${presetText(file, palette)})`];
  if (unit.dropInPaths.length > 0) lines.push(...dropInLines(unit.dropInPaths));
  if (unit.standIn !== undefined) lines.push(`    Skipped: ${unit.standIn.reason}`);
  return lines;
}

function fileStateText(state: UnitFileState, palette: Palette): string {
  const paint = /^enabled|^alias|^static|^generated|^transient|^indirect/.test(state)
    ? state.startsWith('enabled')
      ? palette.good
      : plainPaint
    : state === 'bad' || state.startsWith('masked')
      ? palette.bad
      : palette.warn;
  return paint(state);
}

function presetText(file: FileState | undefined, { good, bad }: Palette): string {
  if (file === undefined || !hasPreset(file.state)) return '';
  return `; preset: ${file.preset ? good('enabled') : bad('disabled')}`;
}

/** Whether a preset can say anything about a file in this state. */
export function hasPreset(state: UnitFileState): boolean {
  return !(['alias', 'static', 'generated', 'transient'] as readonly UnitFileState[]).includes(state);
}

/** Drop-ins by directory, as a tree. */
function dropInLines(paths: readonly string[]): readonly string[] {
  const directories = new Map<string, string[]>();
  for (const path of paths) {
    const slash = path.lastIndexOf('/');
    const directory = path.slice(0, slash);
    const files = directories.get(directory);
    if (files === undefined) directories.set(directory, [path.slice(slash + 1)]);
    else files.push(path.slice(slash + 1));
  }
  return [...directories].flatMap(([directory, files], index) => [
    `${index === 0 ? '    Drop-In:' : '            '} ${harmless(directory)}`,
    `             └─${harmless(files.join(', '))}`,
  ]);
}

function activeLine({ palette, services }: ManagedCall, view: UnitView): string {
  const { active, sub, stamps, service } = view;
  const state = sub === active ? active : `${active} (${sub})`;
  const isFailedResult = view.result !== 'success';
  // A failed unit's word alone is red, as what follows in parentheses is its result.
  const painted = (paintOfActive(active, palette) ?? plainPaint)(active === 'failed' ? active : state);
  const result = isFailedResult ? ` (Result: ${view.result})` : '';
  const stamp = sinceOf(view.active, stamps);
  const frozen = service?.frozen === true ? ` ${palette.warn('(frozen)')}` : '';
  if (stamp.realtime <= 0) return `     Active: ${painted}${frozen}${result}`;
  const { face } = services;
  return `     Active: ${painted}${frozen}${result} since ${timestamp(face, stamp.realtime)}; ${sinceThen(services, stamp)}`;
}

/** When a timer elapses, what the unit starts, and what starts it. */
function triggerLines(call: ManagedCall, view: UnitView): readonly string[] {
  const { api, palette, services } = call;
  const lines: string[] = [];
  if (view.unit.timer !== undefined) {
    const next = nextElapseOf(call, timerOf(view));
    const { face } = services;
    const when =
      next === undefined
        ? 'n/a'
        : `${timestamp(face, next, call.options.timestampStyle)}; ${ago(face.clock().realtime - next)}`;
    lines.push(`    Trigger: ${when}`);
  }
  for (const [title, property] of [
    ['   Triggers', 'Triggers'],
    ['TriggeredBy', 'TriggeredBy'],
  ] as const) {
    api.dependencies(view.unit.name, property).forEach((name, index) => {
      const { active } = api.view(name);
      const dot = (paintOfActive(active, palette) ?? plainPaint)('●');
      lines.push(`${index === 0 ? `${title}:` : '            '} ${dot} ${name}`);
    });
  }
  return lines;
}

/** When RuntimeMaxSec= ends it. */
function untilLines({ services }: ManagedCall, { active, stamps, unit }: UnitView): readonly string[] {
  const most = unit.service?.runtimeMax ?? Infinity;
  if (active !== 'active' || most === Infinity || most === 0 || stamps.activeEnter.realtime <= 0) return [];
  const until = stamps.activeEnter.realtime + most;
  const left = ago(services.face.clock().realtime - until);
  return [`      Until: ${timestamp(services.face, until)}; ${left}`];
}

function sinceThen(services: Services, stamp: Stamp): string {
  return ago(services.face.clock().realtime - stamp.realtime);
}

function sinceOf(active: UnitView['active'], stamps: UnitView['stamps']): Stamp {
  switch (active) {
    case 'active':
    case 'reloading':
      return stamps.activeEnter;
    case 'inactive':
    case 'failed':
      return stamps.inactiveEnter;
    case 'activating':
      return stamps.inactiveExit;
    case 'deactivating':
    case 'maintenance':
      return stamps.activeExit;
  }
}

function conditionLines({ palette, services }: ManagedCall, view: UnitView): readonly string[] {
  const { condition, assertResult, unit } = view;
  const when = `${timestamp(services.face, condition.stamp.realtime)}; ${sinceThen(services, condition.stamp)}`;
  const told = (list: typeof unit.common.conditions, word: string): string[] =>
    list.map(({ kind, trigger, negate, parameter }, index) => {
      const branch = index === list.length - 1 ? '└─' : '├─';
      const text = `${word}${kind}=${trigger ? '|' : ''}${negate ? '!' : ''}${harmless(parameter)}`;
      // Which of several it was is not kept.
      return `             ${branch} ${text}${list.length === 1 ? ' was not met' : ''}`;
    });
  if (condition.result === false) {
    return [
      `  Condition: start ${palette.warn('condition failed')} at ${when}`,
      ...told(unit.common.conditions, 'Condition'),
    ];
  }
  if (assertResult === false) {
    return [`     Assert: start ${palette.bad('assertion failed')} at ${when}`, ...told(unit.common.asserts, 'Assert')];
  }
  return [];
}

function processLines({ palette, services }: ManagedCall, view: UnitView, service: ServiceState): readonly string[] {
  const { files } = services;
  const commands = view.unit.service?.commands;
  const lines: string[] = [];
  for (const slot of execSlots) {
    service.runs[slot]?.forEach((run: CommandRun | undefined, index) => {
      if (run?.end === undefined) return;
      const argv = commands?.[slot][index]?.argv ?? [];
      const end = `(${endText(run.end)})`;
      const told = isClean(run.end) ? end : palette.bad(end);
      lines.push(`    Process: ${run.pid} ${slot}=${harmless(argv.join(' '))} ${told}`);
    });
  }
  const named = (pid: number): string => {
    const comm = commOf(files, pid);
    return comm === undefined ? String(pid) : `${pid} (${harmless(comm)})`;
  };
  const main = service.main.kind === 'runs' ? service.main.pid : undefined;
  const control = service.control.kind === 'runs' ? service.control.pid : undefined;
  const { mainRun } = service;
  const mainText =
    main !== undefined
      ? named(main)
      : mainRun === undefined
        ? undefined
        : `${mainRun.pid}${mainRun.end === undefined ? '' : ` (${endText(mainRun.end)})`}`;
  if (mainText !== undefined) {
    lines.push(`   Main PID: ${mainText}${control === undefined ? '' : `; Control PID: ${named(control)}`}`);
  } else if (control !== undefined) lines.push(`  Cntrl PID: ${named(control)}`);
  return lines;
}

/** What the unit asks for and does not get here: once each, with the reason. */
function skippedLines({ unit, notices }: UnitView): readonly string[] {
  const reasons = new Map<string, string[]>();
  const section = (unit.type.charAt(0).toUpperCase() + unit.type.slice(1)) as Section;
  for (const key of unit.accepted.keys()) {
    const directive = findDirective(section, key) ?? findDirective('Unit', key);
    if (directive === undefined || isCarriedOut(directive)) continue;
    const keys = reasons.get(directive.sentence);
    if (keys === undefined) reasons.set(directive.sentence, [`${key}=`]);
    else keys.push(`${key}=`);
  }
  const told = [...notices, ...[...reasons].map(([why, keys]) => `${keys.join(' ')} (${why})`)];
  return told.map((text, index) => `${index === 0 ? '    Skipped:' : '            '} ${harmless(text)}`);
}

function tree(call: ManagedCall, { unit, keepers, members }: UnitView): string {
  if (keepers.length === 0 && members.length === 0) return '';
  const { files } = call.services;
  const processes = renderProcesses(
    files,
    processesBelow(files, keepers, members),
    '             ',
    call.palette,
    columnsOf(call),
  );
  return processes === '' ? '' : `     CGroup: /${sliceOf(unit.name)}/${unit.name}\n${processes}`;
}

/** Where systemd would have the unit: instances of a template share a slice. */
function sliceOf(name: string): string {
  const at = name.indexOf('@');
  return at < 0 ? 'system.slice' : `system.slice/system-${name.slice(0, at).replaceAll('-', '\\x2d')}.slice`;
}

function plainPaint(text: string): string {
  return text;
}
