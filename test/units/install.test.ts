import test from 'ava';
import { changeLine, failureOf } from '../../src/ctl/render/install-changes.ts';
import { applyPlan } from '../../src/units/install/apply.ts';
import { InstallStates } from '../../src/units/install/state.ts';
import {
  openInstallWorld,
  planDisable,
  planEnable,
  planMask,
  type Planner,
  planUnmask,
} from '../../src/units/install/verbs.ts';
import { etc, lib, name, world } from './world.ts';

const service = '[Service]\nExecStart=/bin/x\n[Install]\n';
const forGood = { runtime: false, force: false };

interface Machine {
  run(plan: Planner, ...names: readonly string[]): readonly string[];
  state(text: string): string | number;
  readonly link: (path: string) => string | number;
}

/** Each step sees the tree that the one before has left. */
function machine(files: Readonly<Record<string, string>>, options = forGood): Machine {
  const it = world({ [`${lib}/multi-user.target`]: '[Unit]\n', ...files });
  const fresh = () => openInstallWorld(it.host, it.units.options);
  return {
    run(plan, ...names) {
      const made = applyPlan(it.host, plan(fresh(), names, options), () => 'fresh');
      return made.changes.map((change) => {
        const verb = plan === planMask ? 'mask' : 'enable';
        return change.kind === 'error' ? failureOf(verb, change, String) : (changeLine(change)?.text ?? '');
      });
    },
    state: (text) => new InstallStates(fresh()).of(name(text)).state,
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
    `Failed to enable unit, file "${etc}/b.service" already exists and is a symlink to "/opt/b.service".`,
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
  t.is(it.state('none.service'), 2);
});

test('The list of unit files has every name of the search path once', (t) => {
  const it = world({ [`${lib}/b.service`]: service, 'b.service': service, 'a.service': service, README: '' });
  const names = new InstallStates(openInstallWorld(it.host, it.units.options)).names();
  t.deepEqual([...names].sort(), ['a.service', 'b.service'] as never);
});

test('A change that cannot be made is told in its place, and the rest is done', (t) => {
  const it = world({
    [`${lib}/multi-user.target`]: '[Unit]\n',
    [`${lib}/a.service`]: `${service}WantedBy=multi-user.target\nAlias=b.service\n`,
  });
  it.host.memory.fail('makeSymlink', `${etc}/b.service`, 30 as never);
  const plan = planEnable(openInstallWorld(it.host, it.units.options), ['a.service'], forGood);
  const made = applyPlan(it.host, plan, () => 'fresh');
  t.is(made.result, -30);
  t.deepEqual(made.changes[0], { kind: 'error', errno: 30, path: `${etc}/b.service`, source: undefined });
  t.is(it.host.readLink(`${etc}/multi-user.target.wants/a.service`), `${lib}/a.service`);
});
