/**
 * Command lines of systemd-run, one a line, words with blanks in single quotes. fragments.json has the files that the real one made of them: what
 * systemd-run and pidone make of a command line must be the same unit.
 */
export const commandLines: readonly string[] = `
sleep 100
sh -c 'sleep 100; echo done'
--description='what %n "it" is \\x' sleep 100
sleep 100 'a b' '' 'x"y' 'a;b' ';' '$HOME' '100%' 'a\\b' 'ü'
-d sleep 100
--same-dir --working-directory=/tmp sleep 100
--working-directory=/var -d sleep 100
--working-directory=lib sleep 100
--working-directory=/ sleep 100
--uid=nobody --gid=nogroup sleep 100
--uid=65534 sleep 100
--nice=5 sleep 100
--nice=-3 sleep 100
-r sleep 100
--remain-after-exit --service-type=oneshot true
--service-type=exec sleep 100
--service-type=forking -p GuessMainPID=no --no-block sleep 100
--slice=foo sleep 100
--slice=foo-bar.slice sleep 100
--slice='x y' sleep 100
--send-sighup sleep 100
-G sleep 100
--collect --description=d sleep 100
-E A=b sleep 100
-E A=b --setenv=C='d e%h"f' --setenv=PATH --setenv=NOWHERE sleep 100
-p Environment='A=b "C=d e" F=%n' sleep 100
-p Environment=A=1 -p Environment=B=2 -E C=3 sleep 100
-p Restart=on-failure -p RestartSec=5 -p TimeoutStartSec=1min sleep 100
-p TimeoutStopSec=90 -p TimeoutAbortSec=5 -p RuntimeMaxSec=1h -p WatchdogSec=30s sleep 100
-p TimeoutStartSec=infinity -p TimeoutStopSec=infinity sleep 100
-p 'ExecStartPre=/bin/echo "a b" c' -p 'ExecStopPost=-/bin/false x' sleep 100
-p ExecStartPre=/bin/true -p ExecStartPre=/bin/echo sleep 100
-p 'ExecStop=/bin/kill $MAINPID' -p 'ExecReload=+/bin/true' sleep 100
-p 'After=sl.service other.service' -p Wants=c.service -p PartOf=sl.service sleep 100
-p Requires=sl.service -p Before=z.service -p Conflicts=y.service sleep 100
-p ConditionPathExists=/tmp -p 'ConditionPathExists=|!/x' sleep 100
-p ConditionUser=root -p AssertPathExists=/ sleep 100
-p MemoryMax=10M -p CPUQuota=20% -p TasksMax=10 -p CPUWeight=50 sleep 100
-p MemoryHigh=50% -p MemoryLow=infinity -p IOWeight=20 sleep 100
-p LimitNOFILE=100:200 -p LimitCORE=infinity -p LimitNPROC=50 sleep 100
-p StandardOutput=file:/tmp/x -p StandardInput=null -p StandardError=append:/tmp/y sleep 100
-p StandardOutput=null -p StandardError=null -p SyslogIdentifier=foo -p SyslogLevel=debug sleep 100
-p 'ReadWritePaths=/tmp "/var/x y"' -p ProtectSystem=full -p PrivateTmp=yes sleep 100
-p ProtectHome=read-only -p ReadOnlyPaths=-/opt -p InaccessiblePaths=/srv sleep 100
-p NoNewPrivileges=1 -p AmbientCapabilities=CAP_CHOWN -p CapabilityBoundingSet='CAP_CHOWN CAP_KILL' sleep 100
-p 'CapabilityBoundingSet=~CAP_SYS_ADMIN' sleep 100
-p KillMode=process -p KillSignal=SIGINT -p SendSIGHUP=yes -p SendSIGKILL=no sleep 100
-p FinalKillSignal=ABRT -p RestartKillSignal=15 -p WatchdogSignal=SIGQUIT sleep 100
-p User=nobody -p Group=nogroup -p SupplementaryGroups=daemon -p UMask=077 sleep 100
-p 'SystemCallFilter=~@mount' -p SystemCallArchitectures=native sleep 100
-p RestrictAddressFamilies=AF_UNIX -p LockPersonality=yes sleep 100
-p Type=notify -p NotifyAccess=all -p FileDescriptorStoreMax=3 --no-block sleep 100
-p RuntimeDirectory='a b' -p RuntimeDirectoryMode=750 -p StateDirectory=x/y -p LogsDirectory=z sleep 100
-p RuntimeDirectoryPreserve=restart -p CacheDirectory=c -p ConfigurationDirectory=d sleep 100
-p 'SuccessExitStatus=3 SIGUSR1' -p RestartPreventExitStatus=5 -p RestartForceExitStatus=6 sleep 100
-p StartLimitBurst=3 -p StartLimitIntervalSec=10 -p OnFailure=x.service -p CollectMode=inactive-or-failed sleep 100
-p RemainAfterExit=yes -p PIDFile=/run/x.pid sleep 100
-p 'Documentation=man:foo(1) http://x' sleep 100
-p LoadCredential=a:/b -p SetCredential=c:d sleep 100
-p EnvironmentFile=-/etc/x -p 'PassEnvironment=A B' -p UnsetEnvironment=C sleep 100
-p LogExtraFields=A=b -p LogLevelMax=warning -p LogRateLimitBurst=5 -p LogRateLimitIntervalSec=2s sleep 100
-p CPUAffinity=0-1 -p IOSchedulingClass=idle -p CPUSchedulingPolicy=batch -p OOMScoreAdjust=10 sleep 100
-p IOSchedulingPriority=3 -p CPUSchedulingPriority=0 -p CPUSchedulingResetOnFork=yes sleep 100
-p SecureBits=keep-caps -p TimerSlackNSec=1us sleep 100
-p WorkingDirectory=-/nowhere sleep 100
-p WorkingDirectory=~ -p User=root sleep 100
-p Nice=3 -p IgnoreSIGPIPE=no -p OOMPolicy=continue sleep 100
-p DefaultDependencies=no -p RefuseManualStart=no -p StopWhenUnneeded=no sleep 100
-p SuccessAction=none -p FailureAction=none -p StartLimitAction=none sleep 100
-p Delegate=yes -p PrivateDevices=no -p ProtectControlGroups=yes sleep 100
-p Slice=bar.slice --slice=foo.slice sleep 100
-p RootDirectory=/ -p PrivateNetwork=no -p MountFlags=slave sleep 100
-p TTYPath=/dev/tty9 -p TTYReset=yes -p UtmpIdentifier=abcd sleep 100
-p DynamicUser=no -p RemoveIPC=no -p KeyringMode=private sleep 100
-- sleep 100 --wait -p x
--on-active=100 true
--on-boot=1h --on-startup=2h --on-unit-active=3h --on-unit-inactive=4h true
--on-calendar=2031-01-01 --on-calendar=monthly true
--on-clock-change --on-timezone-change --timer-property=AccuracySec=1s true
--on-active=1h --timer-property=RandomizedDelaySec=5min --timer-property=WakeSystem=no -p Nice=4 true
--on-active='1h 30min' --description=x true
--path-property=PathExists=/nowhere true
--path-property=PathChanged=/tmp --path-property=MakeDirectory=yes --path-property=DirectoryMode=700 true
--socket-property=ListenStream=/run/x.sock --socket-property=Accept=no true
--socket-property=ListenDatagram=/run/y.sock --socket-property=SocketMode=600 true
`
  .trim()
  .split('\n');

/** The words of a line. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [text] of line.matchAll(/(?:'[^']*'|[^' ])+/g)) words.push(text.replaceAll("'", ''));
  return words;
}
