/* A directory and all that is in it, removed where others may rename and plant what they like meanwhile. */
#ifndef PIDONE_REMOVE_TREE_H
#define PIDONE_REMOVE_TREE_H

/* Removes what is at an absolute path; a link is removed, never followed, and no other file system is entered. How the
 * path itself is walked: safe-path.h. A tree of more entries than can be removed at once is renamed, so that its name
 * is free, and removed by a process of its own, which init reaps. 0 (also where there is nothing) or an errno. */
int remove_tree(const char *path);

#endif
