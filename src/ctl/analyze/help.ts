export const analyzeHelp = `systemd-analyze [OPTIONS...] COMMAND ...

Look into units, their start, and what their settings mean.

Commands:
  timespan SPAN...           What a span of time comes to
  exit-status [STATUS...]    Names and classes of exit statuses
  unit-paths                 The directories where unit files are looked for

Options:
     --no-pager              Accepted: there is never a pager
  -h --help                  Show this help
     --version               Show version
`;
