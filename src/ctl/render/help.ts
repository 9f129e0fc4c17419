/** --help of each program. */
export const systemctlHelp = `systemctl [OPTIONS...] COMMAND ...

Query the units that pidone manages, or tell it what to do with them.

Unit Commands:
  list-units [PATTERN...]             List units that are loaded
  list-timers [PATTERN...]            List timers, by when they elapse next
  list-paths [PATTERN...]             List paths that are watched
  is-active PATTERN...                Check whether units are active
  is-failed PATTERN...                Check whether units are failed
  status [PATTERN...|PID...]          Show status, processes and last log lines of units
  show [PATTERN...]                   Show properties of units, or of the manager
  cat PATTERN...                      Show files of units
  list-dependencies [UNIT...]         Show a tree of what a unit requires or wants
  start UNIT...                       Start units
  stop UNIT...                        Stop units
  reload UNIT...                      Reload units
  restart UNIT...                     Start or restart units
  try-restart UNIT...                 Restart units if active
  reload-or-restart UNIT...           Reload units if possible, otherwise start or restart
  try-reload-or-restart UNIT...       The same, if active
  isolate UNIT                        Start one unit and stop all others
  kill UNIT...                        Send a signal to processes of units
  freeze, thaw PATTERN...             Stop all processes of units, and let them go on
  clean UNIT...                       Remove directories and stored descriptors of stopped services
  reset-failed [PATTERN...]           Reset the failed state of units

Unit File Commands:
  list-unit-files [PATTERN...]        List installed unit files
  enable UNIT...                      Enable units
  disable UNIT...                     Disable units
  reenable UNIT...                    Disable and enable units
  preset UNIT...                      Enable or disable units as preset files say
  preset-all                          The same for all units
  mask UNIT...                        Make units impossible to start
  unmask UNIT...                      Take masks away
  link PATH...                        Make units of files elsewhere
  revert UNIT...                      Take drop-ins away, and what lies over files of packages
  add-wants TARGET UNIT...            Make a target want units
  add-requires TARGET UNIT...         Make a target require units
  edit UNIT...                        Edit a drop-in of units, or with --full their files
  is-enabled UNIT...                  Check whether unit files are enabled
  get-default                         Get the name of the default target
  set-default TARGET                  Set the default target

Job Commands:
  list-jobs [PATTERN...]              List jobs
  cancel [JOB...]                     Cancel all, one, or more jobs

Environment Commands:
  show-environment                    Dump the environment of services
  set-environment VARIABLE=VALUE...   Set variables
  unset-environment VARIABLE...       Unset variables

Manager State Commands:
  daemon-reload                       Read all unit files again
  daemon-reexec                       Start the manager anew; services notice nothing
  service-watchdogs [BOOL]            Whether WatchdogSec= of services is looked at
  is-system-running                   Check whether the system is fully running
  poweroff, reboot, halt              Stop everything and end the container
  exit [STATUS]                       The same, with this exit status

Options:
  -h --help              Show this help
     --version           Show version
  -t --type=TYPE         List units of a type
     --state=STATE       List units in a state
     --failed            The same as --state=failed
  -p --property=NAME     Show only these properties
  -P NAME                The same as --value --property=NAME
     --value             Show values without their names
  -a --all               Show inactive units and empty properties, too
  -l --full              Do not shorten lines
     --reverse --after --before
                         What list-dependencies follows
     --job-mode=MODE     How to deal with queued jobs
     --wait              Wait until what was started has ended
     --no-block          Do not wait until the operation is done
     --now               Start or stop units in addition to enabling or disabling them
     --runtime           Enable until the container ends
  -f --force             Replace links that are in the way
     --preset-mode=MODE  What presets may do: full, enable-only, disable-only
     --no-reload         Do not read unit files again after a change
     --root=PATH         Work on unit files below another root
     --stdin --drop-in=NAME
                         What edit reads from, and the name of its drop-in
  -T --show-transaction  Show the jobs that come with what is asked for
  -s --signal=SIGNAL     Which signal to send
     --kill-whom=WHOM    Whom to send it to: main, control, all
     --kill-value=INT    A value for it to bring along (real-time signals)
     --what=RESOURCES    What clean removes
  -n --lines=INTEGER     Number of log lines in status
  -o --output=STRING     How log lines look (short, cat, json …)
     --no-legend         Leave headers and hints out
     --plain             List dependencies as a list, units without dots
  -q --quiet             Say less
`;

export const journalctlHelp = `journalctl [OPTIONS...] [MATCHES...]

Read the journal: what the services wrote, and what pidone says about them.

  -u --unit=UNIT             Show the log of a unit (may be given more than once)
  -f --follow                Go on with what comes
  -n --lines[=INTEGER]       Number of lines to show
     --no-tail               Show all lines, even with --follow
  -r --reverse               Newest first
  -b --boot                  What was said since the container runs
  -c --cursor=CURSOR         From the entry at this cursor on
     --after-cursor=CURSOR   After it
     --show-cursor           The cursor of the last entry, behind all
     --cursor-file=FILE      After the cursor in the file, which then gets the last one
  -S --since=DATE            Not older than this date
  -U --until=DATE            Not newer than this date
  -p --priority=RANGE        With this priority, or a range of them
  -t --identifier=STRING     With this syslog identifier
  -g --grep=PATTERN          With a message that matches
  -o --output=STRING         short, short-iso, short-precise, short-unix, cat, json …
     --output-fields=LIST    Only these fields, in the outputs that have fields
     --no-hostname           Leave the host name out
     --utc                   Times in UTC
  -q --quiet                 No notes
  -F --field=FIELD           All values of a field
  -N --fields                All names of fields
     --list-boots            The container runs since
     --disk-usage            Size of all journal files
  -h --help                  Show this help
     --version               Show version
`;

export const pidoneHelp = `pidone [OPTIONS...]                as PID 1 of a container: start default.target, or multi-user.target
pidone -- COMMAND [ARGUMENT...]   as PID 1 for one program: its terminal, signals and exit status; no unit is started
pidone plan [--dot] UNIT          what a start of UNIT starts, in which order, and why
pidone check [UNIT|FILE...]       what is wrong with unit files, and what is not honoured here
pidone --version

Every verb of systemctl can be called as a verb of pidone, too: pidone status app
`;
