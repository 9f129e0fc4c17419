/* eslint max-lines: off -- generated from units/ by scripts/generate-builtin.ts */

/** Stands for the directory of these files, after all real ones. */
export const builtinDirectory = 'builtin:';

/** Name → text. */
export const builtinTexts: Readonly<Record<string, string>> = {
  'basic.target':
    '[Unit]\nDescription=Basic System\nDocumentation=man:systemd.special(7)\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\nAfter=sysinit.target sockets.target paths.target slices.target\n',
  'emergency.target':
    '[Unit]\nDescription=Emergency Mode\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nAllowIsolate=yes\n',
  'exit.target':
    '[Unit]\nDescription=Exit the container\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nAllowIsolate=yes\nJobTimeoutSec=30min\n',
  'getty.target': '[Unit]\nDescription=Login Prompts\nDocumentation=man:systemd.special(7)\n',
  'graphical.target':
    '[Unit]\nDescription=Graphical Interface\nDocumentation=man:systemd.special(7)\nRequires=multi-user.target\nConflicts=rescue.target\nAfter=multi-user.target rescue.target\nAllowIsolate=yes\n',
  'halt.target':
    '[Unit]\nDescription=System Halt\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nAllowIsolate=yes\nJobTimeoutSec=30min\n',
  'local-fs-pre.target':
    '[Unit]\nDescription=Preparation for Local File Systems\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'local-fs.target':
    '[Unit]\nDescription=Local File Systems\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nAfter=local-fs-pre.target\n',
  'multi-user.target':
    '[Unit]\nDescription=Multi-User System\nDocumentation=man:systemd.special(7)\nRequires=basic.target\nConflicts=rescue.target\nAfter=basic.target rescue.target\nAllowIsolate=yes\n',
  'network-online.target':
    '[Unit]\nDescription=Network is Online\nDocumentation=man:systemd.special(7)\nAfter=network.target\n',
  'network-pre.target':
    '[Unit]\nDescription=Preparation for Network\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'network.target':
    '[Unit]\nDescription=Network\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\nAfter=network-pre.target\n',
  'nss-lookup.target':
    '[Unit]\nDescription=Host and Network Name Lookups\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'nss-user-lookup.target':
    '[Unit]\nDescription=User and Group Name Lookups\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'paths.target':
    '[Unit]\nDescription=Path Units\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n',
  'pidone-generator@.service':
    '[Unit]\nDescription=Generator of units %f\nDocumentation=man:systemd.generator(7)\nDefaultDependencies=no\nCollectMode=inactive-or-failed\n\n[Service]\nType=oneshot\nExecStart=%f /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late\nEnvironment=SYSTEMD_SCOPE=system SYSTEMD_IN_INITRD=0 SYSTEMD_FIRST_BOOT=0 SYSTEMD_ARCHITECTURE=%a SYSTEMD_VIRTUALIZATION=container:container-other\nTimeoutStartSec=30\nTimeoutStopSec=5\n',
  'poweroff.target':
    '[Unit]\nDescription=System Power Off\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nAllowIsolate=yes\nJobTimeoutSec=30min\n',
  'reboot.target':
    '[Unit]\nDescription=System Reboot\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nAllowIsolate=yes\nJobTimeoutSec=30min\n',
  'remote-fs-pre.target':
    '[Unit]\nDescription=Preparation for Remote File Systems\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'remote-fs.target':
    '[Unit]\nDescription=Remote File Systems\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nAfter=remote-fs-pre.target\n\n[Install]\nWantedBy=multi-user.target\n',
  'rescue.target':
    '[Unit]\nDescription=Rescue Mode\nDocumentation=man:systemd.special(7)\nRequires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n',
  'rpcbind.target':
    '[Unit]\nDescription=RPC Port Mapper\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'shutdown.target':
    '[Unit]\nDescription=System Shutdown\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRefuseManualStart=yes\n',
  'slices.target':
    '[Unit]\nDescription=Slice Units\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n',
  'sockets.target':
    '[Unit]\nDescription=Socket Units\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n',
  'swap.target': '[Unit]\nDescription=Swaps\nDocumentation=man:systemd.special(7)\n',
  'sysinit.target':
    '[Unit]\nDescription=System Initialization\nDocumentation=man:systemd.special(7)\nWants=local-fs.target swap.target\nAfter=local-fs.target swap.target\n',
  'syslog.socket':
    '[Unit]\nDescription=Syslog Socket\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nBefore=sockets.target shutdown.target\nConflicts=shutdown.target\n\n[Socket]\nListenDatagram=/run/systemd/journal/syslog\nSocketMode=0666\nPassCredentials=yes\n',
  'systemd-tmpfiles-setup.service':
    '[Unit]\nDescription=Create System Files and Directories\nDocumentation=man:tmpfiles.d(5) man:systemd-tmpfiles(8)\nDefaultDependencies=no\nAfter=local-fs.target\nBefore=sysinit.target shutdown.target\nConflicts=shutdown.target\nConditionFileIsExecutable=/usr/bin/systemd-tmpfiles\nConditionUser=root\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=-systemd-tmpfiles --create --exclude-prefix=/dev --exclude-prefix=/proc --exclude-prefix=/sys\n',
  'time-set.target':
    '[Unit]\nDescription=System Time Set\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\n',
  'time-sync.target':
    '[Unit]\nDescription=System Time Synchronized\nDocumentation=man:systemd.special(7)\nRefuseManualStart=yes\nAfter=time-set.target\nWants=time-set.target\n',
  'timers.target':
    '[Unit]\nDescription=Timer Units\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n',
  'umount.target':
    '[Unit]\nDescription=Unmount All Filesystems\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nRefuseManualStart=yes\n',
};

/** Aliases: name → name. */
export const builtinLinks: Readonly<Record<string, string>> = {
  'default.target': 'multi-user.target',
};
