/* A manager with a program of a few lines: events, effects, clients that misbehave, and the end of managers. */
#include <sys/inotify.h>
#include <time.h>

#include "manager.h"

/* Frames from JavaScript; text() has one field of bytes, status() a number. */
#define FRAMES                                                                                                         \
    "export function frame(type, kind, bytes) {"                                                                       \
    "  const all = new Uint8Array(24 + bytes.length), view = new DataView(all.buffer);"                                \
    "  view.setUint16(0, 1, true); view.setUint16(2, type, true); view.setUint32(4, all.length, true);"                \
    "  view.setUint16(16, 1, true); view.setUint16(18, kind, true); view.setUint32(20, bytes.length, true);"           \
    "  all.set(bytes, 24); return all; }"                                                                              \
    "export const status = (n) => frame(85, 2, Uint8Array.of(n, 0, 0, 0));"                                            \
    "export const number = (type, n) => frame(type, 1, Uint8Array.of(n, 0, 0, 0));"

/* What the clients of these tests may ask. */
static const char main_module[] =
    "import { frame, status, number } from './lib/frames.js';\n"
    "export function program(host) {\n"
    "  const effects = []; let events = 0, wanted = 0, sent = 0, drain = 0, watching = -1, watcher = 0;\n"
    "  const text = (type, s) => frame(type, 8, host.encode(s));\n"
    "  const init = (s) => effects.push({ kind: 'to-init', bytes: text(82, s) });\n"
    "  const say = (client, s) => effects.push({ kind: 'to-client', client, bytes: text(82, s) });\n"
    "  const end = (client, n) => effects.push({ kind: 'to-client', client, bytes: status(n) }, { kind: 'end-client', "
    "client });\n"
    "  const fill = () => { while (wanted > 0 && sent <= 65536) { const b = text(82, 'x'.repeat(9000)); wanted--; sent "
    "+= b.length;\n"
    "      effects.push({ kind: 'to-client', client: drain, bytes: b }); } if (wanted === 0) end(drain, 5); };\n"
    "  const verbs = {\n"
    "    hello(client) { say(client, 'hi'); end(client, 3); },\n"
    "    batch(client) { say(client, String(events)); end(client, 0); },\n"
    "    hang() {},\n"
    "    much(client) { drain = client; wanted = 200; sent = 0; fill(); },\n"
    "    flood(client) { for (let i = 0; i < 400; i++) say(client, 'x'.repeat(60000)); },\n"
    "    load(client) { say(client, host.load('part.ts').name + (host.load('part.ts') === host.load('part.ts'))); "
    "end(client, 0); },\n"
    "    later(client) { Promise.resolve().then(() => Promise.resolve()).then(() => { say(client, 'later'); "
    "end(client, 0); }); },\n"
    "    keeper(client) { effects.push({ kind: 'make-keeper', keeper: 7, bytes: number(1, 7) },\n"
    "      { kind: 'to-keeper', keeper: 7, bytes: text(82, 'for the keeper') }); end(client, 0); },\n"
    "    timer(client) { drain = client; effects.push({ kind: 'timer', at: host.clock().monotonic + 20000 }); },\n"
    "    past(client) { drain = client; effects.push({ kind: 'timer', at: -5 }); },\n"
    "    watch(client) { watcher = client; watching = host.watch(host.dir + '/watched'); say(client, 'watching ' + "
    "(watching >= 0)); },\n"
    "    mask(client) { watcher = client; const path = host.dir + '/watched';\n"
    "      const handles = [host.watch(path, 0x400), (watching = host.watch(path, 8)), host.watch(path, 0x200), "
    "host.watchClock()];\n"
    "      say(client, 'watching ' + handles.every((each) => each >= 0)); },\n"
    "    boom() { undefinedFunction(); },\n"
    "    reject() { Promise.reject(new Error('nobody listens')); },\n"
    "    endless() { for (;;); },\n"
    "    memory() { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); },\n"
    "    recursion() { const f = () => f() + 1; f(); },\n"
    "    junk() { effects.push({ kind: 'no-such-effect' }); },\n"
    "    flush() { effects.push(null); },\n"
    "    leave() { effects.push({ kind: 'leave', status: 42 }); },\n"
    "  };\n"
    "  return {\n"
    "    handle(event) {\n"
    "      events++;\n"
    "      switch (event.kind) {\n"
    "        case 'start':\n"
    "          host.dir = event.facts.runtimeDirectory;\n"
    "          if (host.readFile(host.dir + '/bad-start', 9) === 'throw') throw new Error('bad start');\n"
    "          init(['start', event.facts.generation, event.facts.lastEnd, event.facts.startCrashes, "
    "event.facts.arguments.join(),\n"
    "            event.facts.environment.length, event.facts.environment[1].charCodeAt(4).toString(16),\n"
    "            event.facts.keepers.map((k) => k.keeper + (k.lost ? 'lost' : '')).join()].join('|'));\n"
    "          break;\n"
    "        case 'frame': {\n"
    "          const type = new DataView(event.bytes.buffer).getUint16(2, true);\n"
    "          if (type === 63) undefinedFunction();\n"
    "          init('frame ' + type + ' of ' + event.keeper); break; }\n"
    "        case 'channel-closed': init('closed ' + event.keeper); break;\n"
    "        case 'client-frame': {\n"
    "          const words = host.decode(event.bytes, 0, event.bytes.length);\n"
    "          const verb = Object.keys(verbs).find((v) => words.includes(v + '\\0'));\n"
    "          if (verb === undefined) end(event.client, 9); else verbs[verb](event.client);\n"
    "          break; }\n"
    "        case 'client-drained': sent = 0; if (event.client === drain) fill(); break;\n"
    "        case 'client-closed': init('gone'); break;\n"
    "        case 'timer': say(drain, 'timer'); end(drain, 0); break;\n"
    "        case 'changed': if (event.watch === watching) { host.unwatch(watching); say(watcher, 'changed'); "
    "end(watcher, 0); } else say(watcher, 'another'); break;\n"
    "        case 'refused': init('refused ' + JSON.stringify(event.refused) + ' ' + event.description); break;\n"
    "      }\n"
    "    },\n"
    "    flush() { events = 0; return effects.splice(0); },\n"
    "  };\n"
    "}\n";

static const struct source_module modules[] = {
    {"main.js", main_module},
    {"lib/frames.js", FRAMES},
    {"part.js", "export const name = 'the part ';"},
    {NULL, NULL},
};

static int control;
static char id[33];

static const char *fresh_id(void) {
    static unsigned count;
    snprintf(id, sizeof id, "%032x", ++count);
    return id;
}

/* Asks one word and gives all frames of the answer, one after the other. */
static const char *answer_of(int client) {
    static char all[1024];
    all[0] = '\0';
    for (const char *frame = ""; strcmp(frame, "end") != 0 && strcmp(frame, "silence") != 0;) {
        frame = next_frame(client);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", all[0] == '\0' ? "" : ", ", frame);
    }
    close(client);
    return all;
}

static const char *answer(const char *word) {
    int client = connect_client();
    ask(client, fresh_id(), word, false);
    return answer_of(client);
}

/* A manager that has told its start. */
static struct managed started(const char *last_end, const char *wanted) {
    struct managed managed = start_manager(control, last_end, NULL, 0);
    same(next_frame(managed.channel), wanted, "a manager starts");
    return managed;
}

static void forget_crashes(void) {
    unlink(below("crash"));
}

static void stop(struct managed *managed) {
    shutdown(managed->channel, SHUT_RDWR);
    int status = await_end(managed);
    result(status == 70, "a manager whose init is gone leaves");
    if (status != 70)
        printf("# status %d: %s\n", status, said);
    forget_crashes();
}

static void speaks(void) {
    struct keeper_entry keepers[2] = {{.keeper = 0}, {.keeper = 3, .pid = 77, .lost = true}};
    int channel[2];
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel);
    keepers[1].channel = channel[1];
    struct managed managed = start_manager(control, "", keepers, 2);
    close(channel[1]);
    same(next_frame(managed.channel), "82 start|0||0|--option|2|dcff|3lost",
        "the start event tells all that init knows");
    same(answer("hello"), "82 hi, 85 3, end", "a client is answered and its connection closed");
    same(answer("load"), "82 the part true, 85 0, end", "load evaluates a part once");
    same(answer("later"), "82 later, 85 0, end", "promises run before flush");
    same(answer("nothing-of-the-kind"), "85 9, end", "what is unknown is answered too");
    same(answer("timer"), "82 timer, 85 0, end", "the timer comes");
    same(answer("past"), "82 timer, 85 0, end", "a deadline that is past comes at once");

    tell(channel[0], WIRE_EMPTY - 1, 1);
    same(next_frame(managed.channel), "82 frame 62 of 3", "a frame of an inherited keeper arrives");
    if (write(channel[0], "junk", 4) != 4)
        exit(1);
    same(next_frame(managed.channel), "82 frame 27502 of 3", "junk of a keeper is the program's to refuse");
    shutdown(channel[0], SHUT_RDWR);
    same(next_frame(managed.channel), "82 closed 3", "the end of a keeper's channel arrives");

    int asker = connect_client();
    ask(asker, fresh_id(), "keeper", false);
    same(next_frame(managed.channel), "1 7 +fd +fd", "make-keeper sends init both ends of its channel");
    same(answer_of(asker), "85 0, end", "and goes on");
    close(channel[0]);
    stop(&managed);
}

/* init tells that a keeper is gone before we have looked at what the keeper said last. */
static void hears_keepers_out(void) {
    struct keeper_entry keeper = {.keeper = 5, .pid = 77};
    int channel[2];
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel);
    keeper.channel = channel[1];
    struct managed managed = start_manager(control, "", &keeper, 1);
    close(channel[1]);
    next_frame(managed.channel);
    kill(managed.pid, SIGSTOP);
    waitpid(managed.pid, NULL, WUNTRACED);
    uint8_t frame[64];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_KEEPER_GONE, 0, 0);
    wire_put_u32(&writer, WIRE_KEEPER_GONE_KEEPER, 5);
    wire_send(managed.channel, frame, wire_end(&writer), NULL, 0);
    for (uint32_t i = 1; i <= 20; i++)
        tell(channel[0], WIRE_EXITED, i);
    kill(managed.pid, SIGCONT);
    int before = 0;
    while (strcmp(next_frame(managed.channel), "82 frame 62 of 5") == 0)
        before++;
    result(before == 20, "all that a keeper said comes before init's word that it is gone (%d of 20)", before);
    close(channel[0]);
    stop(&managed);
}

static void bears_clients(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");

    int slow = connect_client();
    ask(slow, fresh_id(), "much", false);
    same(answer("hello"), "82 hi, 85 3, end", "a client that does not read keeps nobody waiting");
    size_t frames = 0;
    const char *frame;
    while (strncmp(frame = next_frame(slow), "82 xxx", 6) == 0)
        frames++;
    result(frames == 200, "once it reads it gets all of it, in order (%zu of 200)", frames);
    same(frame, "85 5", "with the status at the end");
    close(slow);

    int dead = connect_client();
    ask(dead, fresh_id(), "flood", false);
    same(next_frame(managed.channel), "82 gone", "a client that leaves more than 16 MiB unread is closed");
    close(dead);
    same(answer("hello"), "82 hi, 85 3, end", "and others are served");

    static int silent[256];
    for (int i = 0; i < 256; i++)
        silent[i] = connect_client();
    same(answer("hello"), "83 pidone: too many ask at a time\n, 85 1, end", "the 257th at a time is turned away");
    close(silent[0]);
    next_frame(managed.channel);
    same(answer("hello"), "82 hi, 85 3, end", "those who say nothing keep nobody waiting");
    for (int i = 1; i < 256; i++) {
        close(silent[i]);
        next_frame(managed.channel);
    }

    int vanishing = connect_client();
    ask(vanishing, fresh_id(), "hang", false);
    close(vanishing);
    same(next_frame(managed.channel), "82 gone", "a client that leaves while it waits is told of");
    vanishing = connect_client();
    ask(vanishing, fresh_id(), "much", false);
    next_frame(vanishing);
    close(vanishing);
    same(next_frame(managed.channel), "82 gone", "one that leaves in the midst of its answer too");
    same(answer("hello"), "82 hi, 85 3, end", "and the manager goes on");

    int hostile = connect_client();
    if (write(hostile, "", 1) != 1)
        exit(1);
    same(answer_of(hostile), "85 9, end", "one byte is the program's to refuse");
    hostile = connect_client();
    static uint8_t half[20] = {1, 0, 80, 0, 0, 0, 0, 1};
    if (write(hostile, half, sizeof half) != sizeof half)
        exit(1);
    same(answer_of(hostile), "85 9, end", "a length that is not there too");
    stop(&managed);
}

static void watches(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    write_text(below("watched"), "a", 1);
    int client = connect_client();
    ask(client, fresh_id(), "watch", false);
    same(next_frame(client), "82 watching true", "a file can be watched");
    write_text(below("watched"), "bc", 2);
    same(answer_of(client), "82 changed, 85 0, end", "a change is told");
    client = connect_client();
    ask(client, fresh_id(), "mask", false);
    same(next_frame(client), "82 watching true", "a file can be watched for several things, and the clock beside it");
    write_text(below("watched"), "d", 1);
    same(answer_of(client), "82 changed, 85 0, end", "each is told of what it asked for alone");
    stop(&managed);
}

static void leaves(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    int client = connect_client();
    ask(client, fresh_id(), "leave", false);
    int status = await_end(&managed);
    result(status == 42, "leave is the exit status (%d)", status);
    result(strcmp(next_frame(client), "end") == 0, "and a client that waits sees the end, to ask again");
    close(client);
}

/* A word that is the end of a manager each time: what each manager says, what the record says, and what the client
 * gets. */
static void deadly(const char *word, const char *exception, const char *frame_wanted) {
    char request_id[33], start[256];
    forget_crashes();
    strcpy(request_id, fresh_id());
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    int client = connect_client();
    ask(client, request_id, word, false);
    int status = await_end(&managed);
    result(status == 70, "%s is the end of the manager (status %d)", word, status);
    result(strstr(said, exception) != NULL, "which says why: %s", exception);
    result(strstr(said, frame_wanted) != NULL, "and where: %s", frame_wanted);
    result(strstr(said, word) != NULL, "and by which request");
    same(next_frame(client), "end", "the client sees the end");
    close(client);

    /* It asks again, as clients do. */
    snprintf(start, sizeof start, "82 start|1|exception: %s", exception);
    client = connect_client();
    ask(client, request_id, word, true);
    managed = start_manager(control, "exited 70", NULL, 0);
    const char *told = next_frame(managed.channel);
    result(strncmp(told, start, strlen(start)) == 0, "the next manager knows why: %s", told);
    status = await_end(&managed);
    result(status == 70, "the same request again is its end too");
    close(client);

    client = connect_client();
    ask(client, request_id, word, true);
    managed = start_manager(control, "exited 70", NULL, 0);
    next_frame(managed.channel);
    same(answer_of(client), "83 pidone: this request has ended the manager twice and is refused\n, 85 1, end",
        "a third time it is refused with a sentence");
    char refused[256];
    snprintf(refused, sizeof refused, "82 refused {\"kind\":\"client\",\"client\":1} request: systemctl %s", word);
    same(next_frame(managed.channel), refused, "the program is told");
    same(answer("hello"), "82 hi, 85 3, end", "and others are served");
    client = connect_client();
    ask(client, fresh_id(), "hello", true);
    same(answer_of(client), "82 hi, 85 3, end", "whoever they are");
    stop(&managed);
}

static void ends(void) {
    deadly("boom", "ReferenceError: 'undefinedFunction' is not defined", "main.js:");
    deadly("reject", "Error: nobody listens", "main.js:");
    deadly("recursion", "InternalError: stack overflow", "main.js:");
    deadly("memory", "InternalError: out of memory", "main.js:");
    deadly("junk", "TypeError: internal error: no effect no-such-effect", "an effect");
    deadly("flush", "TypeError: cannot read property 'kind' of null", "an effect");
}

static void ends_without_end(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    int client = connect_client();
    ask(client, fresh_id(), "endless", false);
    int status = await_end(&managed);
    result(status == 70 && strstr(said, "an event without end") != NULL, "an event without end is the manager's");
    result(strstr(read_text(below("crash")), "systemctl endless") != NULL, "and is in the record");
    close(client);
    forget_crashes();
}

/* A keeper's frame that kills is refused in the end, and the program learns its number; the keeper's other frames are
 * not lost. */
static void deadly_frame(void) {
    struct keeper_entry keeper = {.keeper = 5, .pid = 77};
    int channel[2], status = 70;
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel);
    keeper.channel = channel[1];
    struct managed managed;
    for (int i = 0; i < 2; i++) {
        managed = start_manager(control, i == 0 ? "" : "exited 70", &keeper, 1);
        next_frame(managed.channel);
        tell(channel[0], WIRE_EMPTY, 12);
        if (await_end(&managed) != 70)
            status = 0;
    }
    result(status == 70, "a keeper's frame may be the end of a manager");
    managed = start_manager(control, "exited 70", &keeper, 1);
    next_frame(managed.channel);
    tell(channel[0], WIRE_EMPTY, 12);
    tell(channel[0], WIRE_EXITED, 13);
    same(next_frame(managed.channel),
        "82 refused {\"kind\":\"frame\",\"keeper\":5,\"sequence\":12} frame of type 63, number 12, from keeper 5",
        "the third time it is refused and counts as taken");
    same(next_frame(managed.channel), "82 frame 62 of 5", "the next one is not");
    close(channel[0]);
    close(channel[1]);
    stop(&managed);
}

/* Whatever was ready when a manager ended: the next one takes it one by one, so that the culprit alone is refused. */
static void one_by_one(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    kill(managed.pid, SIGSTOP);
    waitpid(managed.pid, NULL, WUNTRACED);
    int innocent = connect_client(), culprit = connect_client();
    ask(innocent, "11111111111111111111111111111111", "batch", false);
    ask(culprit, "22222222222222222222222222222222", "reject", false);
    kill(managed.pid, SIGCONT);
    result(await_end(&managed) == 70, "one of a batch is the end of the manager");
    result(strstr(read_text(below("crash")), "batch") != NULL && strstr(read_text(below("crash")), "reject") != NULL,
        "all of it is suspect");
    close(innocent);
    close(culprit);
    innocent = connect_client();
    ask(innocent, "11111111111111111111111111111111", "batch", true);
    managed = start_manager(control, "exited 70", NULL, 0);
    next_frame(managed.channel);
    same(answer_of(innocent), "82 1, 85 0, end", "the next manager takes them one by one, and the innocent is served");
    stop(&managed);
}

static void bad_starts(void) {
    write_text(below("bad-start"), "throw", 5);
    for (int i = 0; i < 3; i++) {
        struct managed managed = start_manager(control, i == 0 ? "" : "exited 70", NULL, 0);
        result(await_end(&managed) == 70, "a start that fails is the end of the manager");
    }
    unlink(below("bad-start"));
    struct managed managed = started("exited 70", "82 start|1|exception: Error: bad start|3|--option|2|dcff|");
    same(answer("hello"), "82 hi, 85 3, end", "the next one is told how many failed");
    kill(managed.pid, SIGKILL);
    await_end(&managed);
    managed = started("killed by SIGKILL", "82 start|1|killed by SIGKILL|0|--option|2|dcff|");
    stop(&managed);
}

static void torn_records(void) {
    static const char *const records[] = {
        "",
        "pidone-crash 1",
        "pidone-crash 1\n1\nold\n2 00 start\n",
        "pidone-crash 1\n99999999999999999\nahead\n",
        "\n\n\n\n",
        "pidone-crash 1\nx\ny\nz\n",
        "pidone-crash 2\n",
    };
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        write_text(below("crash"), records[i], strlen(records[i]));
        struct managed managed = started("exited 70", "82 start|1|exited 70|0|--option|2|dcff|");
        kill(managed.pid, SIGKILL);
        await_end(&managed);
    }
    forget_crashes();
    mkdir(below("crash"), 0700);
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    int client = connect_client();
    ask(client, fresh_id(), "boom", false);
    result(await_end(&managed) == 70, "a record that cannot be written changes nothing");
    close(client);
    rmdir(below("crash"));
}

static void strangers(void) {
    if (geteuid() != 0) {
        printf("ok %d - host: a stranger is refused # SKIP needs root\n", ++tap_number);
        return;
    }
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    chmod(folder, 0755);
    chmod(below("control"), 0666);
    int ends[2];
    if (pipe(ends) < 0)
        exit(1);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(65534) < 0 || setuid(65534) < 0)
            _exit(1);
        int client = connect_client();
        ask(client, id, "hello", false);
        const char *got = answer_of(client);
        _exit(write(ends[1], got, strlen(got)) < 0);
    }
    close(ends[1]);
    char got[256] = "";
    if (read(ends[0], got, sizeof got - 1) < 0)
        exit(1);
    waitpid(pid, NULL, 0);
    same(got, "83 pidone: access denied: only root and user 0 may ask (this is user 65534)\n, 85 1, end",
        "a stranger is refused with a sentence");
    close(ends[0]);
    stop(&managed);
}

/* Idle, the loop does not turn. */
static void sleeps(void) {
    struct managed managed = started("", "82 start|0||0|--option|2|dcff|");
    answer("hello");
    /* One more turn gives memory back, 300 ms after the last event: it is awaited. */
    uint32_t before = *shared_progress;
    while (*(volatile uint32_t *)shared_progress == before)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    before = *shared_progress;
    nanosleep(&(struct timespec){.tv_nsec = 900000000}, NULL);
    result(*(volatile uint32_t *)shared_progress == before, "an idle manager does not wake");
    stop(&managed);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    begin_folder();
    test_modules = modules;
    control = listen_control();
    speaks();
    hears_keepers_out();
    bears_clients();
    watches();
    leaves();
    ends();
    ends_without_end();
    deadly_frame();
    one_by_one();
    bad_starts();
    torn_records();
    strangers();
    sleeps();
    end_folder();
    return tap_end();
}
