export const analyzeHelp = `systemd-analyze [OPTIONS...] COMMAND ...

Look into units and their start, and into what settings mean.

Commands that ask pidone:
  [time]                     How long the start of the container took
  blame                      Units by the time that their start took
  critical-chain [UNIT...]   What the start of a unit waited for
  dot [PATTERN...]           Dependencies of the loaded units, for Graphviz
  dump [PATTERN...]          All that is known of units and jobs
  service-watchdogs [BOOL]   Whether WatchdogSec= is looked at
  log-level                  Of pidone's own log

Commands on files and words:
  verify FILE...             What is wrong with unit files
  cat-config NAME|PATH...    Files of configuration with their drop-ins
  unit-paths                 The directories where unit files are looked for
  condition CONDITION...     Whether conditions and asserts are met
  capability [CAP...]        Names and numbers of capabilities
  syscall-filter [SET...]    Groups of system calls for SystemCallFilter=
  exit-status [STATUS...]    Names and classes of exit statuses
  calendar SPEC...           When a calendar expression comes
  timestamp TIMESTAMP...     Which moment that is
  timespan SPAN...           How long that is

Options:
     --iterations=N          calendar: show so many times
     --base-time=TIMESTAMP   calendar: count from this moment
     --unit=UNIT             condition: those of this unit
     --root=PATH             cat-config, verify, condition --unit=: read below this directory
     --man[=BOOL]            verify: look for manual pages (as told, else where man(1) is)
     --recursive-errors=MODE verify: what else it fails for (yes, no, one)
     --order, --require      dot: ordering alone, or requirements alone
     --from-pattern=GLOB     dot: only from these units
     --to-pattern=GLOB       dot: only to these units
     --fuzz=SECONDS          critical-chain: also what ended so long before the last
  -q --quiet                 No hints
     --no-pager              Accepted: there is never a pager
  -h --help                  Show this help
     --version               Show version
`;
