/* What happens between fork and execve: the environment, and the exit status of each step that fails. */
#include <sys/mount.h>
#include <sys/un.h>

#include "driver.h"

static bool ends_with(struct wire_writer *w, struct subject *subject, uint32_t step, const char *name) {
    struct event started, exited;
    send_command(subject, w);
    if (!await_event(subject, WIRE_STARTED, &started) || !await_event(subject, WIRE_EXITED, &exited))
        return false;
    bool good = started.error != 0 && strcmp(started.text, name) == 0 && exited.code == END_EXITED &&
                exited.status == (int32_t)step;
    if (!good)
        printf("# started errno %u step %s, exited code %u status %d\n", started.error, started.text, exited.code,
            exited.status);
    return good;
}

static const char *const true_path[] = {"/bin/true", NULL};
static const char *const missing[] = {"/nonexistent", NULL};
static const char *const true_argv[] = {"true", NULL};

static void steps(struct subject *s) {
    struct wire_writer w = run_command(s, SLOT_MAIN, missing, true_argv);
    check(ends_with(&w, s, 203, "EXEC"), "a missing executable ends with 203/EXEC");

    w = run_command(s, SLOT_MAIN, (const char *const[]){"/etc/passwd", NULL}, true_argv);
    check(ends_with(&w, s, 203, "EXEC"), "a file that is not executable ends with 203/EXEC");

    w = run_command(s, SLOT_CONTROL, true_path, true_argv);
    wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, "/nowhere");
    check(ends_with(&w, s, 200, "CHDIR"), "a missing working directory ends with 200/CHDIR");

    w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, "/nowhere");
    check(ends_with(&w, s, 203, "EXEC"), "a missing executable is told before a missing working directory");

    w = command(s, WIRE_RUN);
    wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
    wire_put_texts(&w, WIRE_RUN_PATHS, missing);
    wire_put_texts(&w, WIRE_RUN_ARGV, true_argv);
    wire_put_u32(&w, WIRE_RUN_STDIN, STREAM_FILE);
    wire_put_text(&w, WIRE_RUN_STDIN_PATH, "/nope/in");
    wire_put_u32(&w, WIRE_RUN_STDOUT, STREAM_FILE);
    wire_put_text(&w, WIRE_RUN_STDOUT_PATH, "/nope/out");
    check(
        ends_with(&w, s, 208, "STDIN"), "standard input that cannot be opened ends with 208/STDIN, before the others");

    w = command(s, WIRE_RUN);
    wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
    wire_put_texts(&w, WIRE_RUN_PATHS, missing);
    wire_put_texts(&w, WIRE_RUN_ARGV, true_argv);
    wire_put_u32(&w, WIRE_RUN_STDOUT, STREAM_FILE);
    wire_put_text(&w, WIRE_RUN_STDOUT_PATH, "/nope/out");
    wire_put_u32(&w, WIRE_RUN_STDERR, STREAM_FILE);
    wire_put_text(&w, WIRE_RUN_STDERR_PATH, "/nope/err");
    check(ends_with(&w, s, 209, "STDOUT"),
        "standard output that cannot be opened ends with 209/STDOUT, before standard error");

    w = command(s, WIRE_RUN);
    wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
    wire_put_texts(&w, WIRE_RUN_PATHS, missing);
    wire_put_texts(&w, WIRE_RUN_ARGV, true_argv);
    wire_put_u32(&w, WIRE_RUN_STDERR, STREAM_APPEND);
    wire_put_text(&w, WIRE_RUN_STDERR_PATH, "/nope/err");
    check(ends_with(&w, s, 222, "STDERR"),
        "standard error that cannot be opened ends with 222/STDERR, before the executable");

    char record[160];
    static const struct {
        uint32_t step;
        const char *name;
    } directories[] = {{233, "RUNTIME_DIRECTORY"}, {238, "STATE_DIRECTORY"}, {239, "CACHE_DIRECTORY"},
        {240, "LOGS_DIRECTORY"}, {241, "CONFIGURATION_DIRECTORY"}};
    close(open(in(s->folder, "blocked"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        /* Of ConfigurationDirectory= what is there stays, whatever it is. */
        const bool keeps = directories[i].step == 241;
        const char *path = keeps ? "blocked/below" : "blocked";
        snprintf(record, sizeof record, "%u %c 755 %u %u", directories[i].step, keeps ? 'k' : 'd', getuid(), getgid());
        w = run_command(s, SLOT_MAIN, missing, true_argv);
        wire_put_texts(&w, WIRE_RUN_DIRECTORIES, (const char *const[]){record, s->folder, path, "", NULL});
        check(ends_with(&w, s, directories[i].step, directories[i].name),
            "a file in the place of a directory ends with %u/%s, before the executable", directories[i].step,
            directories[i].name);
    }
    if (getuid() == 0) {
        w = run_command(s, SLOT_MAIN, true_path, true_argv);
        wire_put_text(&w, WIRE_RUN_ROOT_DIRECTORY, "/nowhere");
        wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, "/nowhere");
        check(ends_with(&w, s, 210, "CHROOT"), "a missing root directory ends with 210/CHROOT");

        w = run_command(s, SLOT_MAIN, true_path, true_argv);
        wire_put_u32(&w, WIRE_RUN_UID_PLUS1, 65535);
        wire_put_u32(&w, WIRE_RUN_GID_PLUS1, 65535);
        wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, "/root");
        check(ends_with(&w, s, 200, "CHDIR"), "the working directory is entered as the unit's user");
    } else {
        w = run_command(s, SLOT_MAIN, true_path, true_argv);
        wire_put_u32(&w, WIRE_RUN_UID_PLUS1, 1);
        check(ends_with(&w, s, 217, "USER"), "without privileges another user is refused with 217/USER");
    }
}

/* What the kernel does not take ends the command at its step; a step that the container forbids does not. */
static void tuning(struct subject *s) {
    static const uint8_t nothing[1], low[1] = {1};
    struct wire_writer w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_u32(&w, WIRE_RUN_CPU_PRIORITY, 5);
    wire_put_u32(&w, WIRE_RUN_CPU_POLICY_PLUS1, 1);
    wire_put_bytes(&w, WIRE_RUN_CPU_AFFINITY, nothing, sizeof nothing);
    check(ends_with(&w, s, 214, "SETSCHEDULER"), "a priority that its policy has not ends with 214/SETSCHEDULER");

    w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_bytes(&w, WIRE_RUN_CPU_AFFINITY, nothing, sizeof nothing);
    wire_put_u32(&w, WIRE_RUN_NUMA_POLICY_PLUS1, 0x8000);
    check(ends_with(&w, s, 215, "CPUAFFINITY"), "no processor ends with 215/CPUAFFINITY, before the memory policy");

    w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_u32(&w, WIRE_RUN_NUMA_POLICY_PLUS1, 0x8000);
    wire_put_bytes(&w, WIRE_RUN_NUMA_NODES, low, sizeof low);
    wire_put_u32(&w, WIRE_RUN_IO_PRIORITY_PLUS1, 7 << 13 | 1);
    check(ends_with(&w, s, 242, "NUMA_POLICY"),
        "an unknown memory policy ends with 242/NUMA_POLICY, before the priority of the disk");

    w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_u32(&w, WIRE_RUN_IO_PRIORITY_PLUS1, 7 << 13 | 1);
    check(ends_with(&w, s, 211, "IOPRIO"), "an unknown class ends with 211/IOPRIO, before the executable");

    w = run_command(s, SLOT_MAIN, missing, true_argv);
    wire_put_text(&w, WIRE_RUN_COREDUMP_FILTER, "no number");
    check(ends_with(&w, s, 205, "LIMITS"), "a core dump filter that is none ends with 205/LIMITS");
}

static bool says(struct subject *s, struct wire_writer *w, const char *wanted) {
    struct event event;
    send_command(s, w);
    if (!await_event(s, WIRE_EXITED, &event))
        return false;
    char *text = read_all(in(s->journal, "current"), NULL);
    bool good = strstr(text, wanted) != NULL;
    if (!good)
        printf("# wanted %s, exited %d, journal:\n%s\n", wanted, event.status, text);
    free(text);
    return good;
}

static void environment(struct subject *s) {
    struct wire_writer w = shell_command(s, SLOT_MAIN,
        "echo a=$FROM_CONTAINER,$DROP_ME,$SET,$PATH; test $MYPID = $$ && echo pid good; echo stream $JOURNAL_STREAM "
        "$(stat -Lc %d:%i /proc/self/fd/2)");
    wire_put_texts(&w, WIRE_RUN_UNSET, (const char *const[]){"DROP_ME", NULL});
    wire_put_texts(&w, WIRE_RUN_SET, (const char *const[]){"SET=one", "PATH=/bin:/usr/bin", "SET=two", NULL});
    wire_put_texts(&w, WIRE_RUN_PID_VARIABLES, (const char *const[]){"MYPID", NULL});
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_JOURNAL_STREAM);
    check(says(s, &w, "a=yes,,two,/bin:/usr/bin\n"),
        "the container's environment, less what is unset, with what is set last");
    char *text = read_all(in(s->journal, "current"), NULL);
    check(strstr(text, "pid good\n") != NULL, "a pid variable has the command's own pid");
    char *stream = strstr(text, "stream ");
    char first[64] = "", second[64] = "-";
    if (stream)
        sscanf(stream, "stream %63s %63s", first, second);
    check(strcmp(first, second) == 0, "JOURNAL_STREAM has device and inode of the log pipe");
    free(text);

    w = run_command(s, SLOT_MAIN, (const char *const[]){"/nonexistent/env", "/usr/bin/env", NULL},
        (const char *const[]){"env", NULL});
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_EMPTY_ENVIRONMENT);
    wire_put_texts(&w, WIRE_RUN_SET, (const char *const[]){"ONLY=this", NULL});
    check(says(s, &w, "ONLY=this\n"), "the second path is taken where the first one is missing");
    text = read_all(in(s->journal, "current"), NULL);
    check(strstr(text, "FROM_CONTAINER=") == NULL, "an empty environment has nothing of the container's");
    free(text);

    w = shell_command(
        s, SLOT_MAIN, "echo umask $(umask) dir $(pwd) nofile $(ulimit -n) session $(cut -d' ' -f6 /proc/self/stat) $$");
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_SET_UMASK);
    wire_put_u32(&w, WIRE_RUN_UMASK, 027);
    wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, "/usr");
    wire_put_u64s(&w, WIRE_RUN_LIMITS, (const uint64_t[]){RLIMIT_NOFILE, 100, 200}, 3);
    check(says(s, &w, "umask 0027 dir /usr nofile 100"), "umask, working directory and limits are as asked");

    w = shell_command(s, SLOT_MAIN,
        "grep -E '^Sig(Blk|Ign)' /proc/self/status; ls -l /proc/self/fd | grep -c socket; echo fds $(ls /proc/self/fd "
        "| wc -l)");
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_IGNORE_SIGPIPE);
    check(says(s, &w, "SigIgn:\t0000000000001000\n"), "SIGPIPE is ignored where asked, and nothing else");
    text = read_all(in(s->journal, "current"), NULL);
    check(strstr(text, "SigBlk:\t0000000000000000\n") != NULL, "no signal is blocked");
    check(strstr(text, " fds 4\n") != NULL, "nothing but the three streams is open in a command");
    free(text);

    w = shell_command(s, SLOT_MAIN, "grep locks /proc/self/limits");
    check(says(s, &w, "80985980299189944"), "a command carries its keeper's mark");
}

static void streams(struct subject *s) {
    struct wire_writer w = shell_command(s, SLOT_MAIN, "cat; echo more >&0; stat -Lc 'size %s' /proc/self/fd/0");
    wire_put_u32(&w, WIRE_RUN_STDIN, STREAM_DATA);
    wire_put_bytes(&w, WIRE_RUN_STDIN_DATA, "some data\n", 10);
    check(says(s, &w, " some data\n"), "data is read from standard input");
    char *text = read_all(in(s->journal, "current"), NULL);
    check(strstr(text, " size 10\n") != NULL, "and cannot be written to");
    free(text);

    char first[160], missing_file[160], graceful[160];
    close(open(in(s->folder, "opened"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    snprintf(first, sizeof first, "a:one%s/opened", s->folder);
    snprintf(missing_file, sizeof missing_file, "r:two%s/nothing", s->folder);
    snprintf(graceful, sizeof graceful, "rg:two%s/nothing", s->folder);
    w = shell_command(s, SLOT_MAIN, "echo $LISTEN_FDS,$LISTEN_FDNAMES; echo written >&3; cat <&4");
    wire_put_texts(&w, WIRE_RUN_OPEN_FILES, (const char *const[]){first, graceful, "r:three/etc/group", NULL});
    check(says(s, &w, " 2,one:three\n"), "files are opened for the command, but for one that may be missing");
    text = read_all(in(s->folder, "opened"), NULL);
    check(strcmp(text, "written\n") == 0, "and can be written to, unless they are read-only");
    free(text);
    w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_texts(&w, WIRE_RUN_OPEN_FILES, (const char *const[]){missing_file, NULL});
    check(ends_with(&w, s, 202, "FDS"), "one that must not be missing ends it with 202/FDS");

    w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_u32(&w, WIRE_RUN_STDIN, STREAM_FD);
    wire_put_text(&w, WIRE_RUN_STDIN_PATH, "nobody");
    struct event started;
    send_command(s, &w);
    check(await_event(s, WIRE_STARTED, &started) && started.pid == 0 && started.error == ENOENT &&
              strcmp(started.text, "NAMED_FD") == 0 && await_event(s, WIRE_EXITED, &started),
        "without a descriptor of that name nothing is forked");
}

/* "UID:GID MODE" of what is there, its links not followed. */
static const char *look(struct subject *s, const char *path) {
    static char text[64];
    struct stat status;
    if (lstat(in(s->folder, path), &status) < 0)
        return "nothing";
    snprintf(text, sizeof text, "%u:%u %o", status.st_uid, status.st_gid, status.st_mode & 07777);
    return text;
}

static bool is_link(struct subject *s, const char *path, const char *wanted) {
    char target[160];
    ssize_t length = readlink(in(s->folder, path), target, sizeof target - 1);
    return length > 0 && (size_t)length == strlen(wanted) && memcmp(target, wanted, (size_t)length) == 0;
}

static int makes(struct subject *s, const char *const records[]) {
    struct wire_writer w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_texts(&w, WIRE_RUN_DIRECTORIES, records);
    struct event event;
    send_command(s, &w);
    return await_event(s, WIRE_EXITED, &event) ? event.status : -1;
}

static void touch(struct subject *s, const char *path, mode_t mode) {
    int file = open(in(s->folder, path), O_CREAT | O_WRONLY | O_CLOEXEC, mode);
    fchmod(file, mode);
    close(file);
}

/* What is in a directory changes hands with it, and what a dynamic user has left is nobody else's. */
static void owners(struct subject *s) {
    if (getuid() != 0)
        return;
    mkdir(in(s->folder, "lib"), 0755);
    mkdir(in(s->folder, "lib/own"), 0700);
    mkdir(in(s->folder, "lib/own/deep"), 0710);
    touch(s, "lib/own/deep/file", 04755);
    touch(s, "lib/foreign", 0600);
    chown(in(s->folder, "lib/foreign"), 7, 7);
    char foreign[160];
    snprintf(foreign, sizeof foreign, "%s/lib/foreign", s->folder);
    link(foreign, in(s->folder, "lib/own/deep/hard"));
    symlink(foreign, in(s->folder, "lib/own/link"));
    const char *root = in(s->folder, "lib");
    char lib[160];
    snprintf(lib, sizeof lib, "%s", root);

    check(makes(s, (const char *const[]){"238 d 755 50 51", lib, "own", "", NULL}) == 0 &&
              strcmp(look(s, "lib/own"), "50:51 755") == 0 && strcmp(look(s, "lib/own/deep"), "50:51 710") == 0,
        "where the owner of a directory changes, all that is in it changes hands");
    check(strcmp(look(s, "lib/own/deep/file"), "50:51 4755") == 0, "a file keeps its mode");
    check(strcmp(look(s, "lib/foreign"), "7:7 600") == 0,
        "what another user's file was linked to, or a link leads to, is left alone");
    touch(s, "lib/own/late", 0644);
    makes(s, (const char *const[]){"238 d 755 50 51", lib, "own", "", NULL});
    check(
        strcmp(look(s, "lib/own/late"), "0:0 644") == 0, "of a directory that has its owner nothing in it is touched");

    check(makes(s, (const char *const[]){"238 p 755 62000 62000", lib, "own", "", "238 q 755 62000 62000", lib,
                       "own/deep", "", NULL}) == 0 &&
              is_link(s, "lib/own", "private/own") && strcmp(look(s, "lib/private"), "0:0 711") == 0 &&
              strcmp(look(s, "lib/private/own"), "62000:62000 700") == 0 &&
              strcmp(look(s, "lib/private/own/deep/file"), "62000:62000 755") == 0,
        "that of a dynamic user moves to a place where nobody else comes to, without set-user-id");
    check(makes(s, (const char *const[]){"238 d 755 0 0", lib, "own", "", NULL}) == 0 &&
              strcmp(look(s, "lib/own"), "0:0 755") == 0 && strcmp(look(s, "lib/private/own"), "nothing") == 0,
        "and comes back when the user is dynamic no more");

    chmod(in(s->folder, "lib/private"), 0700);
    mkdir(in(s->folder, "lib/private/old"), 0755);
    check(makes(s, (const char *const[]){"238 p 755 62000 62000", lib, "new/er", "", NULL}) == 0 &&
              strcmp(look(s, "lib/private/old"), "0:0 700") == 0 && is_link(s, "lib/new/er", "../private/new/er"),
        "what was hidden by a closed place stays so when that is opened");

    check(makes(s, (const char *const[]){"238 l 755 0 0", lib, "to/own", "../own", NULL}) == 0 &&
              is_link(s, "lib/to/own", "../own") &&
              makes(s, (const char *const[]){"238 l 755 0 0", lib, "to/own", "../own", NULL}) == 0,
        "a link is made once, and may be there");
    check(makes(s, (const char *const[]){"239 l 755 0 0", lib, "to/own", "../new", NULL}) == 239,
        "one that leads elsewhere ends the command with the status of its kind");
    check(makes(s, (const char *const[]){"238 d 755 0 0", lib, NULL}) == 238, "a record that is torn is refused");
}

/* Sends a command whose secrets these are, and gives its exit status. */
static int gathers(struct subject *s, const char *const records[], const char *data, uid_t owner) {
    char directory[160];
    snprintf(directory, sizeof directory, "%s/secrets/test.service", s->folder);
    struct wire_writer w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_text(&w, WIRE_RUN_SECRETS_DIRECTORY, directory);
    wire_put_u32(&w, WIRE_RUN_SECRETS_OWNER, owner);
    wire_put_texts(&w, WIRE_RUN_SECRETS, records);
    wire_put_bytes(&w, WIRE_RUN_SECRETS_DATA, data, strlen(data));
    struct event event;
    send_command(s, &w);
    return await_event(s, WIRE_EXITED, &event) ? event.status : -1;
}

static bool secret_is(struct subject *s, const char *id, const char *wanted) {
    char path[96];
    snprintf(path, sizeof path, "secrets/test.service/%s", id);
    char *text = access(in(s->folder, path), F_OK) == 0 ? read_all(in(s->folder, path), NULL) : NULL;
    bool good = text && strcmp(text, wanted) == 0;
    if (!good)
        printf("# %s is %s\n", id, text ? text : "not there");
    free(text);
    return good;
}

static void forget(struct subject *s) {
    umount2(in(s->folder, "secrets/test.service"), MNT_DETACH | UMOUNT_NOFOLLOW);
    remove_tree(in(s->folder, "secrets/test.service"));
}

static void write_text(struct subject *s, const char *path, const char *text) {
    int file = open(in(s->folder, path), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    ssize_t wrote = write(file, text, strlen(text));
    check(wrote == (ssize_t)strlen(text), "%s is written", path);
    close(file);
}

static void secrets(struct subject *s) {
    uid_t uid = getuid() == 0 ? 12345 : getuid();
    char file[160], nowhere[160], folder[160], channel[100], huge[160];
    snprintf(file, sizeof file, "%s/one", s->folder);
    snprintf(nowhere, sizeof nowhere, "%s/nowhere", s->folder);
    snprintf(folder, sizeof folder, "%s/many", s->folder);
    snprintf(channel, sizeof channel, "%s/channel", s->folder);
    snprintf(huge, sizeof huge, "%s/huge", s->folder);
    write_text(s, "one", "first");
    mkdir(in(s->folder, "many"), 0700);
    mkdir(in(s->folder, "many/sub"), 0700);
    write_text(s, "many/x", "in");
    write_text(s, "many/sub/y", "deeper");
    write_text(s, "many/.hidden", "no");
    symlink(file, in(s->folder, "many/link"));

    check(gathers(s,
              (const char *const[]){"l", "a", file, "f", "a", nowhere, "s2 3", "b", "", "s0 2", "a", "", "l", "d",
                  folder, "o", "none", nowhere, NULL},
              "xyabc", uid) == 0,
        "secrets are gathered before the exec");
    check(secret_is(s, "a", "first") && secret_is(s, "b", "abc"),
        "a file's, and the unit's own; the first of a name counts");
    check(secret_is(s, "d_x", "in") && secret_is(s, "d_sub_y", "deeper") &&
              strcmp(look(s, "secrets/test.service/d_link"), "nothing") == 0 &&
              strcmp(look(s, "secrets/test.service/d_.hidden"), "nothing") == 0,
        "of a directory all files, named after their way, without links and what is hidden");
    char owned[64];
    snprintf(owned, sizeof owned, "%u:%u 500", uid, getgid());
    check(strcmp(look(s, "secrets/test.service"), owned) == 0, "the directory is for the unit's user alone");
    snprintf(owned, sizeof owned, "%u:%u 400", uid, getgid());
    check(strcmp(look(s, "secrets/test.service/a"), owned) == 0, "and so is each file");
    write_text(s, "one", "second");
    check(gathers(s, (const char *const[]){"l", "a", file, NULL}, "", uid) == 0 && secret_is(s, "a", "first"),
        "the next command of the invocation finds what the first has gathered");
    forget(s);

    check(gathers(s, (const char *const[]){"l", "a", nowhere, NULL}, "", uid) == 243,
        "a file that is not there is status 243");
    check(gathers(s, (const char *const[]){"s0 1", "b", "", "l", "a", nowhere, NULL}, "x", uid) == 243 &&
              strcmp(look(s, "secrets/test.service/b"), "nothing") == 0,
        "and nothing is left of the others");
    check(gathers(s, (const char *const[]){"l", "a/b", file, NULL}, "", uid) == 243,
        "a name that leaves the directory too");
    check(gathers(s, (const char *const[]){"s0 9", "a", "", NULL}, "x", uid) == 243,
        "as are words that are not all there");
    int big = open(huge, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    int truncated = ftruncate(big, 1024 * 1024 + 1);
    close(big);
    check(truncated == 0 && gathers(s, (const char *const[]){"l", "a", huge, NULL}, "", uid) == 243,
        "and more than there is room for");

    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", channel);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0)
        give_up("listen");
    fflush(stdout);
    pid_t server = fork();
    if (server == 0) {
        struct sockaddr_un peer = {.sun_family = AF_UNIX};
        socklen_t size = sizeof peer;
        int client = accept(listener, (struct sockaddr *)&peer, &size);
        /* Who asks, and for what: behind a number of its own. */
        const char *slash = strchr(peer.sun_path + 1, '/');
        dprintf(client, "%.*s", slash ? (int)(size - (socklen_t)(slash - (char *)&peer)) : 0, slash ? slash : "");
        _exit(0);
    }
    close(listener);
    check(gathers(s, (const char *const[]){"l", "a", channel, NULL}, "", uid) == 0 &&
              secret_is(s, "a", "/unit/test.service/a"),
        "a socket is asked, and learns for which unit and name");
    waitpid(server, NULL, 0);
    forget(s);
}

static void directories(struct subject *s) {
    char made[160], target[160], deep[200], swapped[200];
    uid_t uid = getuid() == 0 ? 12345 : getuid();
    gid_t gid = getuid() == 0 ? 12346 : getgid();
    snprintf(made, sizeof made, "233 d 2750 %u %u", uid, gid);
    struct wire_writer w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_texts(&w, WIRE_RUN_DIRECTORIES, (const char *const[]){made, s->folder, "run/a/b", "", NULL});
    struct event event;
    send_command(s, &w);
    await_event(s, WIRE_EXITED, &event);
    struct stat status = {.st_uid = 0}, above = {.st_uid = 0};
    stat(in(s->folder, "run/a/b"), &status);
    stat(in(s->folder, "run/a"), &above);
    check(event.status == 0 && (status.st_mode & 07777) == 02750 && status.st_uid == uid && status.st_gid == gid,
        "a directory is made with its mode and owner");
    check((above.st_mode & 07777) == 0755 && above.st_uid == getuid(), "what is above it is pidone's, 0755");

    snprintf(made, sizeof made, "241 k 700 %u %u", uid, gid);
    w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_texts(&w, WIRE_RUN_DIRECTORIES, (const char *const[]){made, s->folder, "run/a", "", NULL});
    send_command(s, &w);
    await_event(s, WIRE_EXITED, &event);
    stat(in(s->folder, "run/a"), &above);
    check(event.status == 0 && (above.st_mode & 07777) == 0755 && above.st_uid == getuid(),
        "a directory of configuration that is there keeps mode and owner");

    /* The unit's user, who owns run/a/b, plants a link there. */
    mkdir(in(s->folder, "target"), 0700);
    snprintf(target, sizeof target, "%s/target", s->folder);
    symlink(target, in(s->folder, "run/a/b/c"));
    snprintf(swapped, sizeof swapped, "233 d 755 %u %u", uid, gid);
    w = run_command(s, SLOT_MAIN, true_path, true_argv);
    wire_put_texts(&w, WIRE_RUN_DIRECTORIES, (const char *const[]){swapped, s->folder, "run/a/b/c", "", NULL});
    bool refused = ends_with(&w, s, 233, "RUNTIME_DIRECTORY");
    stat(in(s->folder, "target"), &status);
    check(refused && status.st_uid == getuid() && (status.st_mode & 07777) == 0700,
        "a link in the place of the directory is refused, its target untouched");
    if (getuid() == 0) {
        snprintf(deep, sizeof deep, "238 d 755 %u %u", uid, gid);
        w = run_command(s, SLOT_MAIN, true_path, true_argv);
        wire_put_texts(&w, WIRE_RUN_DIRECTORIES, (const char *const[]){deep, s->folder, "run/a/b/c/d", "", NULL});
        refused = ends_with(&w, s, 238, "STATE_DIRECTORY");
        check(refused && access(in(s->folder, "target/d"), F_OK) < 0, "a link planted on the way is refused");

        /* The same for files that pidone opens for the unit. */
        close(open(in(s->folder, "secret"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        char secret[160], out[160];
        snprintf(secret, sizeof secret, "%s/secret", s->folder);
        snprintf(out, sizeof out, "%s/run/a/b/out.log", s->folder);
        symlink(secret, out);
        for (int turn = 0; turn < 3; turn++) {
            static const char *const titles[] = {
                "a link planted for root's open of StandardOutput= is refused with 209/STDOUT",
                "so is a hard link to another's file", "a file of the unit's user is appended to"};
            unlink(out);
            if (turn == 0)
                symlink(secret, out);
            else if (turn == 1 && link(secret, out) < 0)
                give_up("link");
            w = command(s, WIRE_RUN);
            wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
            wire_put_texts(&w, WIRE_RUN_PATHS, (const char *const[]){"/bin/echo", NULL});
            wire_put_texts(&w, WIRE_RUN_ARGV, (const char *const[]){"echo", "x", NULL});
            wire_put_u32(&w, WIRE_RUN_UID_PLUS1, uid + 1);
            wire_put_u32(&w, WIRE_RUN_GID_PLUS1, gid + 1);
            wire_put_u32(&w, WIRE_RUN_STDOUT, STREAM_APPEND);
            wire_put_text(&w, WIRE_RUN_STDOUT_PATH, out);
            if (turn < 2) {
                bool good = ends_with(&w, s, 209, "STDOUT");
                check(good && stat(secret, &status) == 0 && status.st_size == 0, "%s", titles[turn]);
            } else {
                send_command(s, &w);
                await_event(s, WIRE_EXITED, &event);
                check(event.status == 0 && stat(out, &status) == 0 && status.st_size == 2, "%s", titles[turn]);
            }
        }
    }
}

static void privileges(struct subject *s) {
    if (getuid() != 0) {
        skip("users and capabilities", "needs root");
        return;
    }
    struct wire_writer w =
        shell_command(s, SLOT_MAIN, "grep -E '^(Uid|Gid|Groups|CapAmb|CapEff|NoNewPrivs)' /proc/self/status");
    wire_put_u32(&w, WIRE_RUN_UID_PLUS1, 12346);
    wire_put_u32(&w, WIRE_RUN_GID_PLUS1, 12347);
    wire_put_u32s(&w, WIRE_RUN_GROUPS, (const uint32_t[]){12346, 7}, 2);
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_SET_AMBIENT | RUN_NO_NEW_PRIVILEGES);
    wire_put_u64(&w, WIRE_RUN_AMBIENT, 1 << 10);
    check(says(s, &w, "Uid:\t12345\t12345\t12345\t12345\n"), "the command runs as its user");
    char *text = read_all(in(s->journal, "current"), NULL);
    check(strstr(text, "Gid:\t12346\t12346\t12346\t12346\n") && strstr(text, "Groups:\t7 12346\n"),
        "with its groups and no others");
    check(strstr(text, "CapAmb:\t0000000000000400\n") && strstr(text, "CapEff:\t0000000000000400\n"),
        "with the ambient capability that it was given, and no other");
    check(strstr(text, "NoNewPrivs:\t1\n") != NULL, "without new privileges");
    free(text);

    w = shell_command(s, SLOT_MAIN, "grep CapBnd /proc/self/status");
    wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_SET_BOUNDING);
    wire_put_u64(&w, WIRE_RUN_BOUNDING, 1 << 13);
    check(says(s, &w, "CapBnd:\t0000000000002000\n"), "the bounding set is what was asked");
}

/* A keeper that may do nothing: steps that only tune are skipped, told once, and the command runs. */
static void unprivileged(void) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (getuid() == 0 && (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
            _exit(2);
        struct subject s = start_keeper((struct keep){.unit = "unprivileged.service"});
        struct event event;
        uint32_t notices = 0;
        int32_t last = -1;
        for (int turn = 0; turn < 2; turn++) {
            struct wire_writer w = run_command(&s, SLOT_MAIN, true_path, true_argv);
            wire_put_u32(
                &w, WIRE_RUN_FLAGS, RUN_SET_NICE | RUN_SET_OOM_SCORE_ADJUST | RUN_SET_BOUNDING | RUN_SET_AMBIENT);
            wire_put_i32(&w, WIRE_RUN_NICE, -5);
            wire_put_i32(&w, WIRE_RUN_OOM_SCORE_ADJUST, -900);
            wire_put_u64(&w, WIRE_RUN_AMBIENT, 1 << 10);
            wire_put_u32(&w, WIRE_RUN_SECURE_BITS, 1);
            send_command(&s, &w);
            while (next_event(&s, &event) && event.type != WIRE_EXITED)
                notices += event.type == WIRE_NOTICE;
            last = event.status;
        }
        struct wire_writer w = run_command(&s, SLOT_MAIN, true_path, true_argv);
        wire_put_u32(&w, WIRE_RUN_FLAGS, RUN_SET_OOM_SCORE_ADJUST | RUN_STRICT);
        wire_put_i32(&w, WIRE_RUN_OOM_SCORE_ADJUST, -900);
        bool strict = ends_with(&w, &s, 206, "OOM_ADJUST");
        bool left = end_keeper(&s);
        if (notices != 4 || last != 0)
            printf("# %u notices, exited %d\n", notices, last);
        _exit((notices == 4 && last == 0 ? 0 : 4) | (strict ? 0 : 8) | (left ? 0 : 16));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    check(WIFEXITED(status) && (WEXITSTATUS(status) & 23) == 0,
        "without privileges, what only tunes or hardens is skipped, told once for each step, and the command runs");
    check(WIFEXITED(status) && (WEXITSTATUS(status) & 8) == 0, "with the strict flag such a step is fatal");
}

int main(void) {
    begin_tests();
    struct subject s = start_keeper((struct keep){.unit = "exec.service"});
    steps(&s);
    tuning(&s);
    environment(&s);
    streams(&s);
    directories(&s);
    owners(&s);
    secrets(&s);
    privileges(&s);
    check(end_keeper(&s), "a released keeper with nothing below it leaves with status 0");
    unprivileged();
    return tap_end();
}
