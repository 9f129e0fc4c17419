import test from 'ava';

import { compareVersions, matchesGlob } from '../../src/manager/condition-values.ts';
import { firstUnmet } from '../../src/manager/conditions.ts';
import type { ConditionPort } from '../../src/manager/conditions.ts';
import type { Condition } from '../../src/units/model.ts';
import { MemoryFiles } from '../fake/memory-files.ts';

function portOf(environment: readonly (readonly [string, string])[] = [['container', 'podman']]): ConditionPort {
  const files = new MemoryFiles(() => 5_000_000);
  files.put('/etc/full', 'text');
  files.put('/etc/empty', '');
  files.put('/usr/bin/tool', 'x', 0o755);
  files.directory('/srv/nothing');
  files.link('/etc/link', '/etc/full');
  files.link('/etc/dangling', '/nowhere');
  files.put('/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  files.put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n');
  files.put('/proc/self/mountinfo', '1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 8:1 / /mnt/a\\040b rw - ext4 /dev/b rw\n');
  files.put('/proc/self/status', 'Name: x\nCapBnd:\t00000000a80425fb\nCpus_allowed_list:\t0-2,5\n');
  files.put('/proc/self/uid_map', '         0     100000      65536\n');
  files.put('/proc/1/cmdline', 'pidone\0--unit=a.target\0quiet\0');
  files.put('/srv/hidden/.x', '');
  files.put('/srv/hidden/x.dpkg-old', '');
  files.put('/proc/cpuinfo', 'flags\t\t: fpu sse2 pclmulqdq avx512f\n');
  files.put('/sys/class/dmi/id/sys_vendor', 'QEMU\n');
  files.put('/proc/device-tree/compatible', 'acme,board\0acme,soc\0');
  files.put(
    '/proc/pressure/memory',
    'some avg10=9.00 avg60=9.00 avg300=9.00 total=1\nfull avg10=1.00 avg60=2.00 avg300=3.00 total=1\n',
  );
  files.put('/proc/meminfo', 'MemTotal:        1048576 kB\n');
  return {
    files: files.port(),
    facts: {
      user: (key) =>
        key === 'root' || key === '0' ? { name: 'root', uid: 0, gid: 0, home: '/', shell: '' } : undefined,
      group: (key) => (key === 'adm' ? { name: 'adm', gid: 4 } : undefined),
      groupsOf: () => [0, 4],
      hostName: () => 'web-1',
      kernel: () => ({ release: '6.1.0-18-amd64', machine: 'x86_64' }),
    },
    uid: 0,
    environment: () => new Map(environment),
    firstBoot: false,
  };
}

/** "PathExists=|!/etc/x" */
function condition(text: string): Condition {
  const [, kind = '', trigger = '', negate = '', parameter = ''] = /^(\w+)=(\|?)(!?)(.*)$/s.exec(text) ?? [];
  return { kind, trigger: trigger !== '', negate: negate !== '', parameter };
}

function isMet(...texts: readonly string[]): boolean {
  return firstUnmet(portOf(), texts.map(condition)) === undefined;
}

const rows: readonly (readonly [string, boolean])[] = [
  ['PathExistsGlob=/etc/{nothing,f{u,o}ll}', true],
  ['PathExistsGlob=/etc/{nothing,none}', false],
  ['DirectoryNotEmpty=/srv/hidden', false],
  ['PathIsSocket=/etc/full', false],
  ['PathIsReadWrite=/etc/full/x', true],
  ['KernelVersion=>=5 <7', true],
  ['KernelVersion=>= 5', true],
  ['KernelVersion=>5 < 7', false],
  ['KernelVersion=!>5 < 7', false],
  ['KernelVersion=$=6.*', true],
  ['KernelVersion=!$=6.*', false],
  ['KernelVersion==6.1.0-18-amd64', true],
  ['OSRelease=ID=debian "VERSION_ID>=12"', true],
  ['OSRelease=ID$=deb* VERSION_ID!$=11*', true],
  ['OSRelease=VERSION_ID==12.0', false],
  ['OSRelease=NAME=', false],
  ['OSRelease=!NAME=', false],
  ['OSRelease=NOTHING!=x', true],
  ['Memory=nonsense', false],
  ['Memory=!nonsense', false],
  ['CPUs=!nonsense', false],
  ['CPUFeature=SSE2', true],
  ['CPUFeature=pclmul', true],
  ['CPUFeature=avx512f', false],
  ['CPUFeature=!nonsense', true],
  ['Firmware=smbios-field(sys_vendor $= QE*)', true],
  ['Firmware=smbios-field(sys_vendor="QEMU")', true],
  ['Firmware=smbios-field(sys_vendor=Dell)', false],
  ['Firmware=smbios-field(nothing=Dell)', false],
  ['Firmware=!smbios-field(nonsense)', false],
  ['Firmware=device-tree-compatible(acme,board)', true],
  ['Firmware=device-tree-compatible(other)', false],
  ['MemoryPressure=20%', true],
  ['MemoryPressure=2.5%', false],
  ['MemoryPressure=2.5%/10sec', true],
  ['MemoryPressure=0.1‰/1min', false],
  ['MemoryPressure=x.slice:1%', true],
  ['MemoryPressure=!nonsense', false],
  ['IOPressure=0%', true],
  ['Capability=!CAP_NONSENSE', false],
  ['FirstBoot=!nonsense', false],
  ['ACPower=!nonsense', false],
  ['NeedsUpdate=nonsense', true],
  ['ControlGroupController=nonsense', true],
  ['ControlGroupController=memory nonsense', false],
  ['Virtualization=nonsense', false],
  ['PathExists=/etc/full', true],
  ['PathExists=/etc/dangling', false],
  ['PathExists=!/etc/dangling', true],
  ['PathExistsGlob=/etc/f*l', true],
  ['PathExistsGlob=/e?c/[a-f]ull', true],
  ['PathExistsGlob=/*/nothing', true],
  ['PathExistsGlob=/etc/*.conf', false],
  ['PathIsDirectory=/etc', true],
  ['PathIsDirectory=/etc/full', false],
  ['PathIsSymbolicLink=/etc/link', true],
  ['PathIsSymbolicLink=/etc/full', false],
  ['PathIsMountPoint=/', true],
  ['PathIsMountPoint=/mnt/a b/', true],
  ['PathIsMountPoint=/etc', false],
  ['PathIsReadWrite=/etc', true],
  ['PathIsReadWrite=/nowhere', false],
  ['DirectoryNotEmpty=/etc', true],
  ['DirectoryNotEmpty=/srv/nothing', false],
  ['DirectoryNotEmpty=/etc/full', false],
  ['FileNotEmpty=/etc/full', true],
  ['FileNotEmpty=/etc/empty', false],
  ['FileNotEmpty=/etc', false],
  ['FileIsExecutable=/usr/bin/tool', true],
  ['FileIsExecutable=/etc/full', false],
  ['User=root', true],
  ['User=0', true],
  ['User=@system', true],
  ['User=1000', false],
  ['User=nobody-here', false],
  ['Group=adm', true],
  ['Group=0', true],
  ['Group=100', false],
  ['Host=web-1', true],
  ['Host=web-*', true],
  ['Host=db-*', false],
  ['Host=01234567-89ab-cdef-0123-456789abcdef', true],
  ['Virtualization=yes', true],
  ['Virtualization=no', false],
  ['Virtualization=container', true],
  ['Virtualization=podman', true],
  ['Virtualization=vm', false],
  ['Virtualization=!container', false],
  ['Virtualization=private-users', true],
  ['Environment=container', true],
  ['Environment=container=podman', true],
  ['Environment=container=docker', false],
  ['Environment=NOTHING', false],
  ['KernelVersion=>=5.10', true],
  ['KernelVersion=>= 5.10 <7', true],
  ['KernelVersion=<6.1', false],
  ['KernelVersion=6.1.*', true],
  ['KernelCommandLine=quiet', true],
  ['KernelCommandLine=--unit', true],
  ['KernelCommandLine=--unit=b.target', false],
  ['Architecture=x86-64', true],
  ['Architecture=arm64', false],
  ['Architecture=native', true],
  ['Capability=CAP_CHOWN', true],
  ['Capability=CAP_SYS_ADMIN', false],
  ['Capability=CAP_NOTHING', false],
  ['ControlGroupController=v1', false],
  ['ControlGroupController=cpu', false],
  ['FirstBoot=no', true],
  ['FirstBoot=yes', false],
  ['ACPower=true', true],
  ['Security=selinux', false],
  ['Security=!selinux', true],
  ['Memory=1G', true],
  ['Memory=>1G', false],
  ['Memory=<=2G', true],
  ['CPUs=4', true],
  ['CPUs=>4', false],
  ['OSRelease=ID=debian', true],
  ['OSRelease=VERSION_ID>=12', true],
  ['OSRelease=VERSION_ID>12', false],
  ['OSRelease=ID=debian VERSION_ID<13', true],
  ['Firmware=uefi', false],
  ['Credential=key', false],
  ['KindOfTomorrow=x', true],
];

for (const [text, expected] of rows) {
  test(`Condition${text} ${expected ? 'is met' : 'is not met'}`, (t) => {
    t.is(isMet(text), expected);
  });
}

test('all plain conditions must be met, and one of the triggering ones', (t) => {
  t.true(isMet());
  t.false(isMet('PathExists=/etc/full', 'PathExists=/nowhere'));
  t.true(isMet('PathExists=|/nowhere', 'PathExists=|/etc/full'));
  t.false(isMet('PathExists=|/nowhere', 'PathExists=|/elsewhere'));
  t.false(isMet('PathExists=/nowhere', 'PathExists=|/etc/full'));
  t.true(isMet('PathExists=/etc/full', 'PathExists=|!/nowhere'));
});

test('nonsense is not met, and throws nothing', (t) => {
  for (const kind of ['Memory', 'CPUs', 'KernelVersion', 'OSRelease', 'Capability', 'FirstBoot', 'ACPower', 'Group']) {
    for (const value of ['', ' ', '>>', '%', '[', 'x'.repeat(100_000)]) t.notThrows(() => isMet(`${kind}=${value}`));
    t.false(isMet(`${kind}=%%`), kind);
  }
});

test('patterns: star, question mark, sets, and their quoting', (t) => {
  t.true(matchesGlob('a*c', 'abbc'));
  t.true(matchesGlob('a?c', 'abc'));
  t.false(matchesGlob('a?c', 'ac'));
  t.true(matchesGlob('[a-c]x', 'bx'));
  t.true(matchesGlob('[!a-c]x', 'dx'));
  t.false(matchesGlob('[!a-c]x', 'ax'));
  t.true(matchesGlob('a.b', 'a.b'));
  t.false(matchesGlob('a.b', 'axb'));
  t.true(matchesGlob(String.raw`\*`, '*'));
  t.false(matchesGlob('[z-a]', 'b'));
});

test('versions: by number, a part before its continuation, tilde before all', (t) => {
  const ascending = ['5.4~rc1', '5.4', '5.4.0', '5.4.1', '5.10', '6.1.0-18-amd64', '10'];
  for (const [at, version] of ascending.entries()) {
    t.is(compareVersions(version, version), 0);
    for (const later of ascending.slice(at + 1)) {
      t.true(compareVersions(version, later) < 0, `${version} < ${later}`);
      t.true(compareVersions(later, version) > 0, `${later} > ${version}`);
    }
  }
});
