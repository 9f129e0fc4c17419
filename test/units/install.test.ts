import test from 'ava';
import { applyPlan, type InstallPlan, planDisable, planEnable, planMask, planUnmask } from '../../src/units/install.ts';
import { unitFileNames, unitFileState } from '../../src/units/install-state.ts';
import { openUnits, type Units } from '../../src/units/load.ts';
import type { UnitName } from '../../src/units/name.ts';
import { etc, lib, name, world } from './world.ts';

const service = '[Service]\nExecStart=/bin/x\n[Install]\n';
const forGood = { runtime: false, force: false };

interface Machine {
  run(
    plan: (units: Units, names: readonly UnitName[], options: typeof forGood) => InstallPlan,
    ...names: readonly string[]
  ): readonly string[];
  state(text: string): string;
  readonly link: (path: string) => string | number;
}

/** Each step sees the tree that the one before has left. */
function machine(files: Readonly<Record<string, string>>, options = forGood): Machine {
  const it = world({ [`${lib}/multi-user.target`]: '[Unit]\n', ...files });
  const fresh = (): Units => openUnits(it.host, it.units.options);
  return {
    run(plan, ...names) {
      const made = plan(fresh(), names.map(name), options);
      applyPlan(it.host, '', made);
      return made.lines;
    },
    state: (text) => unitFileState(fresh(), name(text)) ?? 'no file',
    link: (path) => it.host.readLink(path),
  };
}

test('enable links what WantedBy=, RequiredBy= and Alias= say; disable takes the links away', (t) => {
  const it = machine({
    [`${lib}/a.service`]: `${service}WantedBy=multi-user.target\nRequiredBy=multi-user.target\nAlias=b.service\n`,
  });
  t.is(it.state('a.service'), 'disabled');
  t.deepEqual(it.run(planEnable, 'a.service'), [
    `Created symlink ${etc}/b.service → ${lib}/a.service.`,
    `Created symlink ${etc}/multi-user.target.wants/a.service → ${lib}/a.service.`,
    `Created symlink ${etc}/multi-user.target.requires/a.service → ${lib}/a.service.`,
  ]);
  t.is(it.link(`${etc}/multi-user.target.wants/a.service`), `${lib}/a.service`);
  t.is(it.state('a.service'), 'enabled');
  t.is(it.state('b.service'), 'alias');
  t.deepEqual(it.run(planEnable, 'a.service'), []);
  t.deepEqual(it.run(planDisable, 'a.service'), [
    `Removed "${etc}/b.service".`,
    `Removed "${etc}/multi-user.target.requires/a.service".`,
    `Removed "${etc}/multi-user.target.wants/a.service".`,
  ]);
  t.is(it.state('a.service'), 'disabled');
});

test('Also= is enabled and disabled with a unit', (t) => {
  const it = machine({
    [`${lib}/a.service`]: `${service}Also=b.service\n`,
    [`${lib}/b.service`]: `${service}WantedBy=multi-user.target\n`,
  });
  t.is(it.state('a.service'), 'indirect');
  it.run(planEnable, 'a.service');
  t.is(it.state('b.service'), 'enabled');
  it.run(planDisable, 'a.service');
  t.is(it.state('b.service'), 'disabled');
});

test('A template is enabled as an instance: the named one, or DefaultInstance=', (t) => {
  const it = machine({
    [`${lib}/a@.service`]: `${service}WantedBy=multi-user.target\n`,
    [`${lib}/d@.service`]: `${service}WantedBy=multi-user.target\nDefaultInstance=one\n`,
  });
  t.deepEqual(it.run(planEnable, 'a@.service'), [
    'Failed to enable a@.service, destination unit multi-user.target is a non-template unit.',
  ]);
  it.run(planEnable, 'a@x.service', 'd@.service');
  t.is(it.state('a@x.service'), 'enabled');
  t.is(it.state('a@.service'), 'indirect');
  t.is(it.state('d@.service'), 'enabled');
  t.is(it.link(`${etc}/multi-user.target.wants/d@one.service`), `${lib}/d@.service`);
});

test('A masked, a missing and an alias unit are refused with systemctl’s words', (t) => {
  const it = machine({
    [`${lib}/a.service`]: `${service}WantedBy=multi-user.target\n`,
    'b.service': `-> ${lib}/a.service`,
  });
  t.deepEqual(it.run(planMask, 'a.service'), [`Created symlink ${etc}/a.service → /dev/null.`]);
  t.is(it.state('a.service'), 'masked');
  t.deepEqual(it.run(planEnable, 'a.service'), [`Failed to enable unit, unit ${etc}/a.service is masked.`]);
  t.deepEqual(it.run(planUnmask, 'a.service'), [`Removed "${etc}/a.service".`]);
  t.deepEqual(it.run(planEnable, 'b.service'), [
    'Failed to enable unit, refusing to operate on linked unit file b.service.',
  ]);
  t.deepEqual(it.run(planEnable, 'none.service'), ['Failed to enable unit, unit none.service does not exist.']);
});

test('A unit for a target that does not exist is enabled, and that is told', (t) => {
  const it = machine({ [`${lib}/a.service`]: `${service}WantedBy=gone.target\n` });
  t.deepEqual(it.run(planEnable, 'a.service'), [
    `Created symlink ${etc}/gone.target.wants/a.service → ${lib}/a.service.`,
    `Unit ${lib}/a.service is added as a dependency to a non-existent unit gone.target.`,
  ]);
});

test('A file in the way is not replaced, a foreign link only with force', (t) => {
  const files = {
    [`${lib}/a.service`]: `${service}Alias=b.service\n`,
    'b.service': '-> /opt/b.service',
    '/opt/b.service': service,
  };
  t.deepEqual(machine(files).run(planEnable, 'a.service'), [
    `Failed to enable unit, file ${etc}/b.service already exists and is a symlink to /opt/b.service.`,
  ]);
  t.deepEqual(machine(files, { runtime: false, force: true }).run(planEnable, 'a.service'), [
    `Removed "${etc}/b.service".`,
    `Created symlink ${etc}/b.service → ${lib}/a.service.`,
  ]);
});

test('States: static, linked, enabled-runtime, generated, no file', (t) => {
  const it = machine(
    {
      [`${lib}/s.service`]: service,
      [`${lib}/r.service`]: `${service}WantedBy=multi-user.target\n`,
      '/opt/l.service': `${service}WantedBy=multi-user.target\n`,
      'l.service': '-> /opt/l.service',
      '/run/systemd/generator/g.service': service,
    },
    { runtime: true, force: false },
  );
  it.run(planEnable, 'r.service');
  t.is(it.state('s.service'), 'static');
  t.is(it.state('r.service'), 'enabled-runtime');
  t.is(it.state('l.service'), 'linked');
  t.is(it.state('g.service'), 'generated');
  t.is(it.state('none.service'), 'no file');
});

test('The list of unit files has every name of the search path once, sorted', (t) => {
  const { units } = world({ [`${lib}/b.service`]: service, 'b.service': service, 'a.service': service, README: '' });
  const names = unitFileNames(units).filter((each) => each.endsWith('.service'));
  t.deepEqual(names, ['a.service', 'b.service'] as never);
});
