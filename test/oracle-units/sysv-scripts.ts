/** Init scripts for the comparison with systemd-sysv-generator. */
import fc from 'fast-check';

export interface Machine {
  /** Name in /etc/init.d → text. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Scripts that are not executable. */
  readonly inert: readonly string[];
  /** rc2.d/S01x … */
  readonly links: readonly string[];
  /** Units with a file of their own. */
  readonly natives: readonly string[];
}

const header = (lines: readonly string[], rest = ''): string =>
  ['#!/bin/sh', '### BEGIN INIT INFO', ...lines.map((line) => `# ${line}`), '### END INIT INFO', rest, ''].join('\n');

/** The habits of Debian's scripts: exim4, x11-common, hwclock, procps, postgresql, a backup, a mask, a script without header. */
export const realScripts: Machine = {
  scripts: {
    exim4: header(
      [
        'Provides:          exim4 $mail-transport-agent',
        'Required-Start:    $remote_fs $syslog $named $network $time',
        'Required-Stop:     $remote_fs $syslog $named $network',
        'Should-Start:      postgresql mysql clamav-daemon greylist spamassassin',
        'Default-Start:     2 3 4 5',
        'Default-Stop:      0 1 6',
        'Short-Description: exim Mail Transport Agent',
        'Description:       exim is a Mail Transport agent',
      ],
      'echo "Usage: $0 {start|stop|restart|reload|status|what|force-stop}"',
    ),
    'x11-common': header([
      'Provides:          x11-common',
      'Required-Start:    $remote_fs',
      'Default-Start:     S',
      'Short-Description: set up the X server and ICE socket directories',
    ]),
    'hwclock.sh': header([
      'Provides:          hwclock',
      'Required-Start:    mountdevsubfs',
      'Short-Description: Save system clock to hardware on shutdown.',
    ]),
    postgresql: header(
      [
        'Provides: postgresql',
        'Required-Start: $local_fs $remote_fs $network $time',
        'Short-Description: PostgreSQL RDBMS server',
      ],
      'printf "Usage: $0 {start|stop|restart|\\\n reload|force-reload}"',
    ),
    daemon: '#!/bin/sh\n# chkconfig: 2345 90 10\n# description: An old \\\n#  daemon\n# pidfile: /run/daemon%d.pid\n',
    older: '#!/bin/sh\necho started\n',
    display: header([
      'Provides: display $x-display-manager',
      'X-Start-Before: exim4.service hwclock.sh',
      'X-Start-After: x11-common',
    ]),
    'gone.dpkg-old': '#!/bin/sh\n',
    'off.service': '#!/bin/sh\n',
    'has blanks': '#!/bin/sh\n',
    README: 'not executable\n',
    native: header(['Provides: native']),
  },
  inert: ['README'],
  links: [
    ...['2', '3', '4', '5'].flatMap((level) => [
      `rc${level}.d/S01exim4`,
      `rc${level}.d/S90daemon`,
      `rc${level}.d/S20older`,
    ]),
    'rcS.d/S01x11-common',
    'rcS.d/S01hwclock.sh',
    'rc0.d/K01exim4',
    'rc1.d/S03display',
    'rc3.d/S1',
    'rc3.d/Sxxolder',
    'rc3.d/S04gone',
    'rc2.d/S05native',
  ],
  natives: ['native.service'],
};

const names = ['alpha', 'beta.sh', 'gamma-d', 'delta', 'epsilon.sh'];
const word = fc.oneof(
  fc.constantFrom(
    '$network',
    '$remote_fs',
    '$local_fs',
    '$syslog',
    '$named',
    '$time',
    '$portmap',
    '$all',
    '$mail-transport-agent',
  ),
  fc.constantFrom(
    'network',
    'syslog',
    'named',
    'alpha',
    'beta',
    'gamma-d',
    'beta.sh',
    'epsilon',
    'x.service',
    'y.target',
    'z.socket',
  ),
  fc.constantFrom('"two words"', "'one'", 'a\\ b', 'p%q', 'a/b', 'ü', '+', '$', '"open word', '\\'),
);
const words = fc.array(word, { maxLength: 5 }).map((all) => all.join(' '));
const prose = fc.constantFrom('', 'Some text', 'with 50 % and "quotes"', 'a \\ b', 'ends with \\', '  blanks  ', 'ü');
const key = fc.constantFrom(
  'Required-Start',
  'Should-Start',
  'X-Start-Before',
  'X-Start-After',
  'required-start',
  'Required-Stop',
);
const headerLine = fc.oneof(
  fc.tuple(key, words).map(([each, value]) => `# ${each}: ${value}`),
  // Each name is provided by one script only: which of several gets it is chance, in systemd.
  prose.map((text) => `# Short-Description: ${text}`),
  prose.map((text) => `# Description: ${text}`),
  prose.map((text) => `#  ${text}`),
  prose.map((text) => `#\t${text}`),
  fc.constantFrom(
    '#',
    '# Default-Start: 2 3',
    '#X-Start-Before:alpha',
    'code',
    '',
    '### END INIT INFO',
    '### BEGIN INIT INFO',
  ),
);
const plainLine = fc.oneof(
  prose.map((text) => `# description: ${text}`),
  prose.map((text) => `# ${text}`),
  fc.constantFrom('# pidfile: /run/a.pid', '# PIDFILE:/run/b', '# pidfile: relative', '# pidfile: /run/with blank'),
  fc.constantFrom(
    'echo "Usage: {start|reload}"',
    'Usage \\',
    'x|reload|y',
    'usage {reload"',
    'echo reload',
    '# Usage: {reload}',
    'USAGE [reload]',
  ),
);
const script = (name: string) =>
  fc
    .tuple(
      fc.array(plainLine, { maxLength: 3 }),
      fc.option(fc.array(headerLine, { maxLength: 7 })),
      fc.constantFrom('', `${name}-too`, `$${name}-target`, `${name}-too.target`, `${name}.socket`),
      fc.array(plainLine, { maxLength: 3 }),
    )
    .map(([before, lines, provides, behind]) =>
      [
        '#!/bin/sh',
        ...before,
        ...(lines === null
          ? []
          : [
              '### BEGIN INIT INFO',
              `# Provides: ${name.replace('.sh', '')} ${provides}`,
              ...lines,
              '### END INIT INFO',
            ]),
        ...behind,
        '',
      ].join('\n'),
    );

/** A few scripts with any headers, linked into any runlevels. */
export const anyScripts: fc.Arbitrary<Machine> = fc
  .tuple(
    fc.tuple(...names.map(script)),
    fc.subarray(names),
    fc.uniqueArray(
      fc
        .tuple(
          fc.constantFrom('0', '1', '2', '3', '5', '6', 'S'),
          fc.constantFrom('S', 'K'),
          fc.integer({ min: 0, max: 12 }),
          fc.constantFrom(...names),
        )
        .map(([level, letter, number, name]) => `rc${level}.d/${letter}${String(number).padStart(2, '0')}${name}`),
      { maxLength: 8 },
    ),
    fc.subarray(['alpha.service', 'beta.service'], { maxLength: 1 }),
    fc.subarray(names, { maxLength: 1 }),
  )
  .map(([texts, kept, links, natives, inert]) => ({
    scripts: Object.fromEntries(
      names.map((name, at) => [name, texts[at] ?? ''] as const).filter(([name]) => kept.includes(name)),
    ),
    inert: inert.filter((name) => kept.includes(name)),
    links,
    natives,
  }));
