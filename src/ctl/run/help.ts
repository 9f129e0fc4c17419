export const runHelp = `systemd-run [OPTIONS...] COMMAND [ARGUMENTS...]

Run a command in a unit of its own, which is there as long as the command runs.

     --scope                      Run it as the caller's process, in a scope
  -u --unit=UNIT                  Name of the unit
  -p --property=NAME=VALUE        A setting of the unit
     --description=TEXT           Description of the unit
     --slice=SLICE                Slice of the unit
     --slice-inherit              The caller's slice
     --no-block                   Do not wait until the unit is up
  -r --remain-after-exit          Keep the unit until it is stopped
     --wait                       Wait until the service is down again
     --send-sighup                Send SIGHUP too when it is stopped
     --service-type=TYPE          Type of the service
     --uid=USER, --gid=GROUP      Run as this user, this group
     --nice=NICE                  Nice level
     --working-directory=PATH     Run in this directory
  -d --same-dir                   Run in the caller's directory
  -E --setenv=NAME[=VALUE]        Set a variable, without a value to the caller's
     --expand-environment=BOOL    Whether variables in the command are replaced
     --ignore-failure             An exit status other than 0 is no failure
     --job-mode=MODE              How the unit's job goes with others
  -t --pty                        Run on a terminal of its own, joined to the caller's
  -P --pipe                       Give the caller's input and outputs to the service
  -q --quiet                      Say nothing while it runs
  -G --collect                    Forget the unit when it has ended, even if it failed
  -S --shell                      Run the caller's shell, interactively

What starts it:
     --path-property=NAME=VALUE   A path unit with this setting
     --socket-property=NAME=VALUE A socket with this setting
     --on-active=SECONDS          A timer, from now on
     --on-boot=SECONDS            From the start of the machine
     --on-startup=SECONDS         From the start of the manager
     --on-unit-active=SECONDS     From the service's last start
     --on-unit-inactive=SECONDS   From the service's last end
     --on-calendar=SPEC           At times of the calendar
     --on-timezone-change         When the time zone changes
     --on-clock-change            When the clock jumps
     --timer-property=NAME=VALUE  One more setting of the timer

  -h --help                       Show this help
     --version                    Show version
`;
