/** Unit names: man systemd.unit, systemd's src/basic/unit-name.c. */
export type UnitName = string & { readonly brand: 'UnitName' };
/** A span of time in usec; Infinity is "infinity". */
export type Microseconds = number & { readonly brand: 'Microseconds' };
