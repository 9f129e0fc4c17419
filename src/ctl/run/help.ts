export const runHelp = `systemd-run [OPTIONS...] COMMAND [ARGUMENTS...]

Run a command in a unit of its own, which is there as long as the command runs.

The unit:
  -u --unit=UNIT --description=TEXT --slice=SLICE -p --property=NAME=VALUE
  -G --collect (forget it even if it failed), -r --remain-after-exit
  --scope (the caller becomes the command) --service-type=TYPE --send-sighup
The command:
  --uid=USER --gid=GROUP --nice=NICE --working-directory=PATH -d --same-dir
  -E --setenv=NAME[=VALUE] --expand-environment=BOOL --ignore-failure
The caller:
  --wait (for its end) --no-block -q --quiet --job-mode=MODE
  -t --pty, -P --pipe (be its input and outputs), -S --shell
What starts it:
  --on-active=SECONDS --on-boot=, --on-startup=, --on-unit-active=,
  --on-unit-inactive= --on-calendar=SPEC --on-timezone-change
  --on-clock-change, --timer-property=, --path-property=,
  --socket-property=NAME=VALUE
`;
