/** How diagnostics of src/units are worded: HACKING.md, "Tell what is wrong in a unit file". */
const ending =
  /; (?:ignored|(?:line|section|command|file) ignored|the rest of the (?:line|file) is ignored|kept as written|replaced|not told|the unit is not loaded \(bad-setting\)|the rest of the file is ignored, the unit is not loaded \(error\))$/;

/** Why a message is not in the voice; undefined when it is. */
export function voiceProblem(message: string): string | undefined {
  if (!ending.test(message)) return 'it does not end with what became of it, in one of the ways that HACKING.md lists';
  return explainBadBeginning(message);
}

/** The same of what is wrong alone, without what became of it. */
export function explainBadBeginning(what: string): string | undefined {
  if (!/^[A-Z$]/.test(what)) return 'it does not begin with a capital letter';
  return /[.!]$|\n/.test(what) ? 'it is no sentence with a full stop' : undefined;
}
