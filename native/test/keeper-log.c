/* The unit's output: every byte in the journal, whatever the unit writes, the disk holds, or the container's stdout
 * takes. */
#include "driver.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* The messages of a journal file put together as the unit wrote them; to be freed. `lines` counts those that are whole.
 */
struct output {
    char *text;
    size_t length, lines, heads, manager, bad, longest;
};

static void take_records(struct output *output, const char *path) {
    size_t length;
    char *file = read_all(path, &length);
    output->text = realloc(output->text, output->length + length + 1);
    for (char *at = file, *end; at < file + length; at = end + 1) {
        end = memchr(at, '\n', (size_t)(file + length - at));
        if (!end)
            end = file + length;
        if (end - at < 20 || at[16] != ' ' || at[19] != ' ') {
            output->bad += end > at;
            continue;
        }
        if (at[17] == 'i') {
            output->heads++;
            continue;
        }
        if (at[17] == 'm') {
            output->manager++;
            continue;
        }
        /* past keeper and pid */
        char *message = memchr(at + 20, ' ', (size_t)(end - at - 20));
        message = message ? memchr(message + 1, ' ', (size_t)(end - message - 1)) : NULL;
        if (!message) {
            output->bad++;
            continue;
        }
        message++;
        size_t bytes = (size_t)(end - message);
        memcpy(output->text + output->length, message, bytes);
        output->length += bytes;
        if (bytes > output->longest)
            output->longest = bytes;
        if (at[17] == 'u') {
            output->text[output->length++] = '\n';
            output->lines++;
        }
    }
    output->text[output->length] = '\0';
    free(file);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_old(const struct dirent *entry) {
    return strlen(entry->d_name) == 20 && strcmp(entry->d_name + 16, ".log") == 0;
}

static struct output output_of(const char *journal, int *files) {
    struct output output = {.text = NULL};
    struct dirent **names = NULL;
    int count = scandir(journal, &names, is_old, by_name);
    for (int i = 0; i < count; i++) {
        take_records(&output, in(journal, names[i]->d_name));
        free(names[i]);
    }
    free(names);
    take_records(&output, in(journal, "current"));
    if (files)
        *files = count;
    return output;
}

static struct event run_to_end(struct subject *s, const char *script) {
    struct event event;
    run_shell(s, SLOT_MAIN, script);
    await_event(s, WIRE_EXITED, &event);
    return event;
}

static bool journal_is(struct subject *s, const char *script, const char *wanted, size_t length) {
    run_to_end(s, script);
    struct output output = output_of(s->journal, NULL);
    bool good = output.length == length && memcmp(output.text, wanted, length) == 0 && output.bad == 0;
    if (!good)
        printf("# %zu bytes, %zu bad: %.300s\n", output.length, output.bad, output.text);
    free(output.text);
    return good;
}

static void bytes(void) {
    struct subject s = start_keeper((struct keep){.unit = "bytes.service"});
    check(journal_is(&s, "printf 'one\\ntwo \\t\\r\\n\\n  \\n a\\0b\\377\\033[1m\\tc\\n'",
              "one\ntwo\n  \n a\0b\377\033[1m\tc\n", 23),
        "lines come into the journal byte for byte, NULs and all, but for empty ones and blanks at the end");
    end_keeper(&s);
    s = start_keeper((struct keep){.unit = "error.service"});
    check(journal_is(&s, "echo out; echo err >&2; printf 'last words'", "out\nerr\nlast words\n", 19),
        "stdout and stderr in their order, the unfinished last line too, before the end is told");
    struct output output = output_of(s.journal, NULL);
    char *head = read_all(in(s.journal, "current"), NULL);
    check(output.heads == 1 && strstr(head, " 0123456789abcdef0123456789abcdef test\n"),
        "a head line names invocation and identifier");
    struct stat status;
    stat(s.journal, &status);
    struct stat file;
    stat(in(s.journal, "current"), &file);
    check((status.st_mode & 0777) == 0750 && (file.st_mode & 0777) == 0640, "nobody else may read the journal");
    free(head);
    free(output.text);
    end_keeper(&s);

    s = start_keeper((struct keep){.unit = "few.service", .level_prefix = 1, .level_max_plus1 = 5});
    check(journal_is(&s, "printf 'no\\n<4>yes\\n<5>no\\n<0>yes\\n'", "yes\nyes\n", 8),
        "lines that are less important than LogLevelMax= are not written");
    end_keeper(&s);

    s = start_keeper((struct keep){.unit = "long.service"});
    run_to_end(&s, "head -c 10000000 /dev/zero | tr '\\0' 'x'; echo; echo after");
    output = output_of(s.journal, NULL);
    check(output.length == 10000007 && output.lines == 2 && strspn(output.text, "x") == 10000000 &&
              output.longest == 48 * 1024,
        "a line of 10 MB is cut into records that go on with each other");
    free(output.text);
    end_keeper(&s);

    s = start_keeper((struct keep){.unit = "level.service", .level_prefix = 1});
    run_to_end(&s, "printf '<3>bad\\n<7>fine\\n<9>odd\\n<3\\nplain\\n<2>x'");
    char *text = read_all(in(s.journal, "current"), NULL);
    check(strstr(text, " u3 ") && strstr(text, " bad\n") && strstr(text, " u7 ") && strstr(text, " fine\n") &&
              strstr(text, " <9>odd\n") && strstr(text, " <3\n") && strstr(text, " u2 "),
        "a level prefix sets the priority and is taken away; what is none stays");
    free(text);
    end_keeper(&s);
}

static void rotation(void) {
    struct subject s =
        start_keeper((struct keep){.unit = "rotated.service", .journal_bytes = 100000, .journal_files = 4});
    run_to_end(&s, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    int files;
    struct output output = output_of(s.journal, &files);
    long expected = strtol(output.text + 5, NULL, 10);
    bool whole = expected >= 0;
    for (char *at = output.text; whole && *at; at = strchr(at, '\n') + 1)
        whole = strncmp(at, "line ", 5) == 0 && strtol(at + 5, NULL, 10) == expected++;
    check(whole && expected == 20000 && output.bad == 0, "rotation loses no line and cuts none");
    check(files == 4 && output.heads == 5, "as many old files are kept as asked, each with its head line");
    free(output.text);
    output = output_of(s.journal, NULL);
    free(output.text);

    /* Two keepers of one unit: the old one has a session left. */
    struct subject other = start_keeper(
        (struct keep){.unit = "rotated.service", .journal_bytes = 20000, .journal_files = 1000, .journal = s.folder});
    struct subject third = start_keeper(
        (struct keep){.unit = "rotated.service", .journal_bytes = 20000, .journal_files = 1000, .journal = s.folder});
    const size_t before = output.lines;
    run_shell(&other, SLOT_MAIN, "i=0; while [ $i -lt 10000 ]; do echo other $i; i=$((i+1)); done");
    run_shell(&third, SLOT_MAIN, "i=0; while [ $i -lt 10000 ]; do echo third $i; i=$((i+1)); done");
    struct event event;
    await_event(&other, WIRE_EXITED, &event);
    await_event(&third, WIRE_EXITED, &event);
    output = output_of(s.journal, &files);
    /* How often depends on how often both are at it in the same moment: then one writes on. */
    check(output.lines == before + 20000 && output.bad == 0 && files > 5,
        "two keepers of one unit append to and rotate the same files");
    free(output.text);
    end_keeper(&other);
    end_keeper(&third);
    end_keeper(&s);
}

static void removal(void) {
    struct subject s = start_keeper((struct keep){.unit = "removed.service"});
    run_to_end(&s, "echo one");
    unlink(in(s.journal, "current"));
    run_to_end(&s, "echo two");
    struct output output = output_of(s.journal, NULL);
    check(output.heads == 1 && strcmp(output.text, "two\n") == 0, "a journal that was removed begins anew");
    free(output.text);
    end_keeper(&s);

    char file[] = "/tmp/pidone-no-directory-XXXXXX";
    close(mkstemp(file));
    s = start_keeper((struct keep){.unit = "none.service", .journal = file});
    struct event event = run_to_end(&s, "echo lost; exit 4");
    check(event.status == 4, "without a place for a journal the unit runs on");
    end_keeper(&s);
    unlink(file);
}

static void full_disk(void) {
    static const char title[] = "a full disk stops no unit";
    char folder[] = "/tmp/pidone-full-XXXXXX";
    if (getuid() != 0 || !mkdtemp(folder)) {
        skip(title, "needs root");
        return;
    }
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", folder, "tmpfs", 0, "size=1m") < 0) {
        skip(title, "cannot mount here");
        rmdir(folder);
        return;
    }
    struct subject s = start_keeper((struct keep){.unit = "full.service", .journal = folder});
    struct event event;
    run_shell(&s, SLOT_MAIN, "i=0; while [ $i -lt 50000 ]; do echo line number $i; i=$((i+1)); done; echo end");
    bool noticed =
        await_event(&s, WIRE_NOTICE, &event) && strcmp(event.text, "JOURNAL_FULL") == 0 && event.error == ENOSPC;
    await_event(&s, WIRE_EXITED, &event);
    check(event.status == 0, "%s", title);
    check(noticed, "the manager is told");
    /* Somebody makes room. */
    mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=16m");
    run_to_end(&s, "echo again");
    struct output output = output_of(s.journal, NULL);
    char *text = read_all(in(s.journal, "current"), NULL);
    char *note = strstr(text, " m4 ");
    unsigned long lost = 0;
    if (note)
        sscanf(note, " m4 %*u %*u %lu lines", &lost);
    size_t whole = 0;
    for (char *at = output.text, *end; (end = strchr(at, '\n')); at = end + 1) {
        long number;
        int used = 0;
        whole += (sscanf(at, "line number %ld%n", &number, &used) == 1 && at + used == end && number == (long)whole) ||
                 strncmp(at, "end\n", 4) == 0;
    }
    if (whole + lost != 50001)
        printf("# %zu whole, %lu lost, %zu bad\n", whole, lost, output.bad);
    check(lost > 0 && whole + lost >= 50001 && whole + lost <= 50002,
        "every line is there, or counted as lost once there is room again");
    check(output.length > 6 && strcmp(output.text + output.length - 6, "again\n") == 0, "and the journal goes on");
    free(text);
    free(output.text);
    end_keeper(&s);
    umount(folder);
    rmdir(folder);
}

static void console(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        give_up("pipe");
    enum { LINES = 2500000 };
    struct subject s =
        start_keeper((struct keep){.unit = "loud.service", .console = CONSOLE_PREFIXED, .stdout_descriptor = ends[1]});
    close(ends[1]);
    char script[128];
    snprintf(script, sizeof script, "yes 'nobody reads the stdout of this container' | head -n %d", LINES);
    struct event event = run_to_end(&s, script);
    struct output output = output_of(s.journal, NULL);
    check(event.status == 0 && output.lines == LINES && output.length == LINES * 42ul,
        "nobody reads the container's stdout: 100 MB of lines are in the journal");
    free(output.text);

    /* Now somebody does. */
    size_t shown = 0;
    unsigned long missed = 0;
    FILE *reader = fdopen(ends[0], "r");
    char line[256], wanted[128];
    snprintf(wanted, sizeof wanted, "loud.service[%u]: nobody reads the stdout of this container\n", event.pid);
    bool whole = true;
    while (!missed && fgets(line, sizeof line, reader)) {
        if (strcmp(line, wanted) == 0)
            shown++;
        else if (sscanf(line, "pidone: loud.service: %lu lines were not shown", &missed) != 1)
            whole = false;
    }
    check(whole && shown > 200 && shown + missed == LINES,
        "what stdout has is whole lines with the unit's name, and the rest is counted there");
    run_to_end(&s, "echo hello again");
    check(fgets(line, sizeof line, reader) && strstr(line, ": hello again\n"), "then it goes on");
    fclose(reader);
    event = run_to_end(&s, "echo one; echo two");
    output = output_of(s.journal, NULL);
    check(event.status == 0 && output.lines == LINES + 3, "and a reader that goes away harms nothing");
    free(output.text);
    end_keeper(&s);

    if (pipe2(ends, O_CLOEXEC) < 0)
        give_up("pipe");
    s = start_keeper((struct keep){.unit = "json.service",
        .console = CONSOLE_JSON,
        .stdout_descriptor = ends[1],
        .no_journal = true,
        .level_prefix = 1});
    close(ends[1]);
    run_to_end(&s, "printf '<4>q\" \\\\ \\t \\033 \\177 \\302\\233 \\303\\251 \\377\\n'");
    reader = fdopen(ends[0], "r");
    check(
        fgets(line, sizeof line, reader) && strstr(line, "Z\",\"unit\":\"json.service\",\"pid\":") &&
            strstr(line,
                ",\"priority\":4,\"message\":\"q\\\" \\\\ \\u0009 \\u001b \\u007f \\u009b \303\251 \357\277\275\"}\n"),
        "a line as JSON is JSON, whatever its bytes, and nothing in it moves a cursor");
    fclose(reader);
    end_keeper(&s);
}

static void terminal(void) {
    static const char title[] = "on a terminal, what could move its cursor is shown and not done";
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) {
        skip(title, "no terminals here");
        return;
    }
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct subject s = start_keeper(
        (struct keep){.unit = "odd.service", .console = CONSOLE_PLAIN, .stdout_descriptor = slave, .no_journal = true});
    run_to_end(&s, "printf 'a\\033[2Jb\\tc\\302\\233d\\303\\251\\377\\r\\n'");
    char text[256] = "";
    ssize_t got = read(master, text, sizeof text - 1);
    check(got > 0 && strcmp(text, "a\\x1b[2Jb\tc\\u009bd\303\251\\xff\\x0d\r\n") == 0, "%s", title);
    end_keeper(&s);
    close(slave);
    close(master);
}

static void send_logged(struct subject *s, const char *said, uint32_t lost) {
    struct wire_writer w = command(s, WIRE_LOGGED);
    wire_put_u32(&w, WIRE_LOGGED_PID, 77);
    wire_put_u32(&w, WIRE_LOGGED_LOST, lost);
    wire_put_bytes(&w, WIRE_LOGGED_DATA, said, strlen(said));
    send_command(s, &w);
}

static void entries(void) {
    struct subject s = start_keeper((struct keep){.unit = "said.service", .level_max_plus1 = 7, .fields = "A=b"});
    run_to_end(&s, "echo line");
    send_logged(&s, "<14>Nov 25 20:31:00 prog[7]: hello\n", 0);
    send_logged(&s, "<15>debug\n", 0);
    send_logged(&s, "<14>more\n", 3);
    run_to_end(&s, "true");
    char *text = read_all(in(s.journal, "current"), NULL);
    end_keeper(&s);
    check(strstr(text, " e6 ") && strstr(text, " 77 hello\x1e_TRANSPORT=syslog") &&
              strstr(text, "SYSLOG_IDENTIFIER=prog"),
        "what init passes on from /dev/log is in the journal");
    check(!strstr(text, "debug"), "as far as LogLevelMax= lets it");
    check(strstr(text, " 3 messages of this unit were lost"), "and what was lost on the way is told");
    check(strstr(text, " x- ") && strstr(text, " A=b\n"), "fields that all lines have are told once");
    free(text);

    s = start_keeper((struct keep){.unit = "much.service", .burst = 3, .level_prefix = 1});
    check(journal_is(&s, "for i in 1 2 3 4 5; do echo $i; done; echo '<3>six'; echo '<5>seven'", "1\n2\n3\nsix\n", 10),
        "LogRateLimitBurst= lines of about one importance are written, and no more");
    end_keeper(&s);
}

int main(void) {
    begin_tests();
    entries();
    bytes();
    rotation();
    removal();
    full_disk();
    console();
    terminal();
    return tap_end();
}
