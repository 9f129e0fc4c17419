/**
 * What can go wrong when unit files are installed. systemd uses the kernel's numbers for its own meanings, and its texts and
 * return codes follow from them: so do ours. Source: src/shared/install.h.
 */
export const errno = {
  /** No file of that name. */
  ENOENT: 2,
  EACCES: 13,
  /** Something is in the way. */
  EEXIST: 17,
  /** A name that cannot be an alias of the unit. */
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  /** A file below a directory of units already. */
  ETXTBSY: 26,
  /** A name that stands for another, where only a unit's own will do. */
  ELOOP: 40,
  /** A template is wanted by what is none. */
  EIDRM: 43,
  /** A specifier that has no value here. */
  EUNATCH: 49,
  /** A specifier that there is not. */
  EBADSLT: 57,
  /** A link that leads to no unit. */
  ENOLINK: 67,
  /** A file that cannot be read to its end. */
  EBADMSG: 74,
  EBADFD: 77,
  /** Made by a generator or at run time. */
  EADDRNOTAVAIL: 99,
  /** No name of a unit. */
  EUCLEAN: 117,
  /** Masked. */
  ERFKILL: 132,
} as const;
