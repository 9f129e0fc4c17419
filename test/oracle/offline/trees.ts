/** Roots that the commands of sequences.ts work on: path → text; `-> target` makes a symlink, `mode 755 text` a file of that mode, null a directory. */
export type Tree = Readonly<Record<string, string | null>>;

const lib = 'lib/systemd/system';
const etc = 'etc/systemd/system';
const run = 'run/systemd/system';

const exec = '[Service]\nExecStart=/bin/true\n';

/** A service with these lines in its [Install] section. */
function service(...install: readonly string[]): string {
  return `[Unit]\nDescription=x\n${exec}[Install]\n${install.map((line) => `${line}\n`).join('')}`;
}

const targets: Tree = {
  [`${lib}/multi-user.target`]: '[Unit]\nDescription=x\n',
  [`${lib}/graphical.target`]: '[Unit]\nDescription=x\n',
  [`${lib}/default.target`]: '-> graphical.target',
  [etc]: null,
};

/** What a package brings, in every kind. */
export const plain: Tree = {
  ...targets,
  [`${lib}/a.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/b.service`]: exec,
  [`${lib}/both.service`]: service('WantedBy=multi-user.target graphical.target', 'RequiredBy=multi-user.target'),
  [`${lib}/aliased.service`]: service('Alias=other.service third.service', 'WantedBy=multi-user.target'),
  [`${lib}/also.service`]: service('Also=a.service b.service', 'Alias=more.service'),
  [`${lib}/only-also.service`]: service('Also=a.service'),
  [`${lib}/also-missing.service`]: service('Also=nowhere.service', 'WantedBy=multi-user.target'),
  [`${lib}/also-masked.service`]: service('Also=m.service', 'WantedBy=multi-user.target'),
  [`${lib}/circle-a.service`]: service('Also=circle-b.service', 'WantedBy=multi-user.target'),
  [`${lib}/circle-b.service`]: service('Also=circle-a.service', 'WantedBy=multi-user.target'),
  [`${lib}/far.service`]: service('WantedBy=nowhere.target'),
  [`${lib}/empty.service`]: '',
  [`${lib}/m.service`]: '-> /dev/null',
  [`${lib}/vendor-alias.service`]: '-> a.service',
  [`${lib}/dangling.service`]: '-> nowhere.service',
  [`${lib}/x.timer`]: '[Timer]\nOnBootSec=1\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/x.socket`]: '[Socket]\nListenStream=1\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/x.path`]: '[Path]\nPathExists=/x\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/data.mount`]: '[Mount]\nWhat=x\nWhere=/data\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/y.target`]: '[Unit]\nDescription=y\n[Install]\nAlias=z.target\n',
  [`${lib}/multi-user.target.wants/b.service`]: '-> ../b.service',
  'opt/linked.service': service('WantedBy=multi-user.target', 'Alias=lnk.service'),
  'opt/other.service': exec,
  'opt/t@.service': service('WantedBy=multi-user.target', 'DefaultInstance=d'),
  'opt/not-a-unit': exec,
  'opt/dir.service': null,
  'opt/link.service': '-> linked.service',
  'opt/m.service': '-> /dev/null',
};

/** Templates and instances. */
export const templates: Tree = {
  ...targets,
  [`${lib}/t@.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/d@.service`]: service('WantedBy=multi-user.target', 'DefaultInstance=one'),
  [`${lib}/own@.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/own@special.service`]: service('RequiredBy=graphical.target'),
  [`${lib}/alias@.service`]: service('Alias=ali@.service', 'DefaultInstance=i'),
  [`${lib}/inst-alias@.service`]: service('Alias=plain.service', 'WantedBy=multi-user.target'),
  [`${lib}/to-template@.service`]: service('WantedBy=group@.target'),
  [`${lib}/to-instance@.service`]: service('WantedBy=group@%i.target', 'DefaultInstance=dd'),
  [`${lib}/group@.target`]: '[Unit]\nDescription=g\n',
  [`${lib}/spec@.service`]: service('WantedBy=%p-%i.target', 'Alias=%p-alias@%i.service'),
  [`${lib}/spec.service`]: service('WantedBy=%N.target', 'Alias=%p-%j.service', 'Also=%p@x.service'),
  [`${lib}/a-b-c.service`]: service('WantedBy=%j.target'),
  [`${lib}/bad-spec.service`]: service('WantedBy=%Z.target', 'Alias=%Y.service'),
  [`${lib}/machine.service`]: service('WantedBy=%m.target %H.target %o.target %u.target %v.target'),
  [`${lib}/who.service`]: service('WantedBy=%w%W%A%B%M.target'),
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'etc/os-release': 'ID=other\nVERSION_ID="7"\n',
  [`${lib}/percent.service`]: service('WantedBy=100%.target'),
  [`${lib}/bad-default@.service`]: service('DefaultInstance=a/b', 'WantedBy=multi-user.target'),
  [`${lib}/default-plain.service`]: service('DefaultInstance=x', 'WantedBy=multi-user.target'),
  [`${lib}/link@.service`]: '-> t@.service',
  [`${lib}/link@fixed.service`]: '-> d@.service',
  [`${lib}/bad@.mount`]: '[Mount]\n',
  [`${etc}/d@masked.service`]: '-> /dev/null',
  [`${etc}/t@.service.d/install.conf`]: '[Install]\nRequiredBy=multi-user.target\n',
  [`${etc}/t@dropin.service.d/install.conf`]: '[Install]\nWantedBy=\nWantedBy=graphical.target\n',
};

/** What is wrong with [Install] sections and names. */
export const broken: Tree = {
  ...targets,
  [`${lib}/good.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/alias-type.service`]: service('Alias=x.socket', 'WantedBy=multi-user.target'),
  [`${lib}/alias-self.service`]: service('Alias=alias-self.service', 'WantedBy=multi-user.target'),
  [`${lib}/alias-template.service`]: service('Alias=x@.service x@i.service'),
  [`${lib}/alias-path.service`]: service('Alias=multi-user.target.wants/alias-path.service'),
  [`${lib}/alias-bad-path.service`]: service('Alias=multi-user.target.wants/other.service foo/x.service'),
  [`${lib}/alias-nonsense.service`]: service('Alias=nonsense', 'WantedBy=multi-user.target'),
  [`${lib}/wanted-nonsense.service`]: service('WantedBy=nonsense multi-user.target'),
  [`${lib}/also-nonsense.service`]: service('Also=nonsense', 'WantedBy=multi-user.target'),
  [`${lib}/data.mount`]: '[Mount]\nWhat=x\nWhere=/data\n[Install]\nAlias=x.mount\nWantedBy=multi-user.target\n',
  [`${lib}/unknown-key.service`]: service('WantedBy=multi-user.target', 'Frob=1', 'X-Frob=2'),
  [`${lib}/unknown-section.service`]: '[Frob]\na=b\n[X-Own]\nc=d\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/outside.service`]: 'a=b\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/no-equals.service`]: service('WantedBy', '=x', 'WantedBy=multi-user.target'),
  [`${lib}/bad-header.service`]: '[Unit\nDescription=x\n[Install]\nWantedBy=multi-user.target\n',
  [`${lib}/late-bad-header.service`]: '[Install]\nWantedBy=multi-user.target\n[Unit\n',
  [`${lib}/quoted.service`]: service('WantedBy="multi-user.target" \'graphical.target\''),
  [`${lib}/unbalanced.service`]: service('WantedBy=multi-user.target "graphical.target'),
  [`${lib}/reset.service`]: service('WantedBy=multi-user.target', 'WantedBy=', 'WantedBy=graphical.target'),
  [`${lib}/continued.service`]: service('WantedBy=multi-user.target \\', '# comment', 'graphical.target'),
  [`${lib}/comment.service`]: service('; comment', '# comment', 'WantedBy=multi-user.target'),
  [`${lib}/crlf.service`]: '[Install]\r\nWantedBy=multi-user.target\r\n',
  [`${lib}/directory.service`]: null,
  [`${lib}/loop-a.service`]: '-> loop-b.service',
  [`${lib}/loop-b.service`]: '-> loop-a.service',
  [`${lib}/wrong-type.service`]: '-> multi-user.target',
  [`${lib}/self.service`]: '-> self.service',
  [`${lib}/chain.service`]: '-> /opt/chain.target',
  'opt/chain.target': `-> /${etc}/good@x.service`,
  [`${lib}/bad-also.service`]: service('Also=%Z.service', 'WantedBy=multi-user.target'),
  [`${lib}/bad-instance@.service`]: service('DefaultInstance=%Z', 'WantedBy=multi-user.target'),
  [`${lib}/who.service`]: service('WantedBy=%o.target multi-user.target %m.target'),
  [`${lib}/executable.service`]: `mode 757 ${service('WantedBy=multi-user.target')}`,
  [`${lib}/no-unit-name.service`]: '-> nothing',
  [`${lib}/dangling.service`]: '-> gone.service',
  [`${lib}/dir-dropin.service`]: service('WantedBy=multi-user.target'),
  [`${etc}/dir-dropin.service.d/bad.conf`]: '[Install\n',
  [`${etc}/over.service`]: exec,
  [`${lib}/over.service`]: service('WantedBy=multi-user.target'),
  [`${etc}/dead.service`]: '-> /opt/dead.service',
  [`${etc}/multi-user.target.wants/removed.service`]: `-> /${lib}/removed.service`,
  [`${etc}/old-name.service`]: `-> /${lib}/removed.service`,
  [`${etc}/sub/deep/removed.service`]: `-> /${lib}/removed.service`,
};

/** /lib is /usr/lib, as in every image of today. */
export const merged: Tree = {
  lib: '-> usr/lib',
  'usr/lib/systemd/system/multi-user.target': '[Unit]\nDescription=x\n',
  'usr/lib/systemd/system/graphical.target': '[Unit]\nDescription=x\n',
  'usr/lib/systemd/system/default.target': '-> graphical.target',
  'usr/lib/systemd/system/a.service': service('WantedBy=multi-user.target', 'Alias=alias.service'),
  'usr/lib/systemd/system/b.service': '-> a.service',
  'usr/lib/systemd/system/c.service': exec,
  'usr/local/lib/systemd/system/local.service': service('WantedBy=multi-user.target'),
  [`${etc}/multi-user.target.wants/c.service`]: '-> /usr/lib/systemd/system/c.service',
  [`${etc}/relative.service`]: '-> ../../../usr/lib/systemd/system/a.service',
  [`${etc}/old.service`]: '-> /lib/systemd/system/c.service',
};

/** What is configured already: links of every kind, in /etc and /run. */
export const configured: Tree = {
  ...targets,
  [`${lib}/a.service`]: service('WantedBy=multi-user.target', 'Alias=alias.service'),
  [`${lib}/b.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/c.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/d.service`]: exec,
  [`${lib}/e.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/f.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/g.service`]: exec,
  [`${lib}/h.service`]: exec,
  [`${lib}/t@.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/graphical.target.wants/t@vendor.service`]: '-> ../t@.service',
  [`${etc}/multi-user.target.wants/a.service`]: `-> /${lib}/a.service`,
  [`${etc}/alias.service`]: `-> /${lib}/a.service`,
  [`${etc}/unofficial.service`]: `-> /${lib}/d.service`,
  [`${run}/multi-user.target.wants/b.service`]: `-> /${lib}/b.service`,
  [`${etc}/c.service`]: service('WantedBy=multi-user.target'),
  [`${etc}/multi-user.target.wants/c.service`]: '-> ../c.service',
  [`${etc}/e.service`]: '-> /dev/null',
  [`${run}/f.service`]: '-> /dev/null',
  [`${etc}/linked.service`]: '-> /opt/linked.service',
  [`${run}/linked-run.service`]: '-> /opt/linked.service',
  'opt/linked.service': service('WantedBy=multi-user.target'),
  [`${etc}/g.service`]: '',
  [`${etc}/h.service.d/x.conf`]: '[Install]\nWantedBy=multi-user.target\n',
  [`${etc}/foreign.service`]: '-> /opt/foreign.service',
  [`${etc}/multi-user.target.wants/t@one.service`]: `-> /${lib}/t@.service`,
  [`${etc}/multi-user.target.wants/t@two.service`]: `-> /${lib}/t@.service`,
  'run/systemd/generator/gen.service': service('WantedBy=multi-user.target'),
  'run/systemd/generator.late/late.service': exec,
  'run/systemd/generator.early/h.service': exec,
  'run/systemd/transient/run-1.service': exec,
  [`${run}/runtime.service`]: service('WantedBy=multi-user.target'),
  [`${etc}/default.target`]: `-> /${lib}/multi-user.target`,
};

/** Presets. */
export const presets: Tree = {
  ...targets,
  [`${lib}/a.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/b.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/c.service`]: exec,
  [`${lib}/ssh.service`]: service('WantedBy=multi-user.target', 'Alias=sshd.service'),
  [`${lib}/ssh-agent.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/t@.service`]: service('WantedBy=multi-user.target'),
  [`${lib}/u@.service`]: service('WantedBy=multi-user.target', 'DefaultInstance=d'),
  [`${lib}/m.service`]: '-> /dev/null',
  [`${lib}/alias.service`]: '-> a.service',
  [`${lib}/no-target@.service`]: service('WantedBy=multi-user.target'),
  'run/systemd/generator/gen.service': service('WantedBy=multi-user.target'),
  [`${etc}/multi-user.target.wants/b.service`]: `-> /${lib}/b.service`,
  [`${etc}/multi-user.target.wants/t@old.service`]: `-> /${lib}/t@.service`,
  'etc/systemd/system-preset/10-own.preset': '# own\n; too\n\nenable ssh.service\ndisable b.*\nnonsense here\n',
  'lib/systemd/system-preset/90-default.preset':
    'enable t@.service one two\nenable u@.service\nenable c.service not-a-template\ndisable ssh-*\n',
  'lib/systemd/system-preset/10-own.preset': 'disable *\n',
  'run/systemd/system-preset/95-all.preset': 'enable a.?ervice\ndisable [!a]*\n',
  'lib/systemd/system-preset/ignored.conf': 'disable a.service\n',
};

/** What revert takes away and what it leaves. */
export const overridden: Tree = {
  ...targets,
  [`${lib}/a.service`]: service('WantedBy=multi-user.target'),
  [`${etc}/a.service`]: service('WantedBy=graphical.target'),
  [`${etc}/a.service.d/one.conf`]: '[Service]\nUser=x\n',
  [`${etc}/a.service.d/two.conf`]: '[Service]\nUser=y\n',
  [`${run}/a.service.d/three.conf`]: '[Service]\n',
  [`${lib}/a.service.d/vendor.conf`]: '[Service]\n',
  'etc/systemd/system.control/a.service.d/50-x.conf': '[Service]\n',
  'run/systemd/transient/a.service.d/50-x.conf': '[Service]\n',
  'run/systemd/generator/a.service.d/50-x.conf': '[Service]\n',
  [`${etc}/multi-user.target.wants/a.service`]: `-> /${etc}/a.service`,
  [`${etc}/own.service`]: exec,
  [`${etc}/own.service.d/x.conf`]: '[Service]\n',
  [`${lib}/masked.service`]: exec,
  [`${etc}/masked.service`]: '-> /dev/null',
  [`${lib}/linked.service`]: exec,
  [`${etc}/linked.service`]: '-> /opt/linked.service',
  [`${run}/linked.service`]: '-> /opt/linked.service',
  [`${etc}/alias-of-linked.service`]: `-> /${etc}/linked.service`,
  'opt/linked.service': exec,
  [`${lib}/empty-dir.service`]: exec,
  [`${etc}/empty-dir.service.d`]: null,
  [`${lib}/nested.service`]: exec,
  [`${etc}/nested.service.d/sub/x.conf`]: 'x\n',
  [`${lib}/t@.service`]: exec,
  [`${etc}/t@.service.d/x.conf`]: '[Service]\n',
  [`${etc}/t@i.service.d/x.conf`]: '[Service]\n',
};

/** Scripts of SysV, with and without a unit. */
export const scripts: Tree = {
  ...targets,
  [`${lib}/a.service`]: service('WantedBy=multi-user.target'),
  'etc/init.d/a': '#!/bin/sh\n',
  'etc/init.d/old': '#!/bin/sh\n',
  'etc/init.d/off': '#!/bin/sh\n',
  'etc/init.d/README': 'x\n',
  'etc/rc5.d/S01old': '-> ../init.d/old',
  'etc/rc5.d/K01off': '-> ../init.d/off',
};

/** What random trees have found. */
export const found: Tree = {
  ...targets,
  'run/systemd/generator/made.service': exec,
  [`${etc}/made.service`]: exec,
  [`${etc}/linked.service`]: '-> ./made.service',
};

export const trees = { found, scripts, plain, templates, broken, merged, configured, presets, overridden };
