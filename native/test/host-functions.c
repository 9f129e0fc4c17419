/* The functions of `host`, as a program sees them: hostile files, odd bytes, users. */
#include "manager.h"

static struct engine engine;

/* Evaluates an expression with `host`, `dir` and `show` at hand; its value as text. */
static const char *evaluate(const char *expression) {
    static char text[4096];
    JSContext *c = engine.context;
    JSValue value = JS_Eval(c, expression, strlen(expression), "test", JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(value)) {
        engine_error_text(c, JS_GetException(c), text, sizeof text);
        return text;
    }
    const char *given = JS_ToCString(c, value);
    snprintf(text, sizeof text, "%s", given == NULL ? "?" : given);
    JS_FreeCString(c, given);
    JS_FreeValue(c, value);
    return text;
}

static void check(const char *expression, const char *wanted, const char *title) {
    same(evaluate(expression), wanted, title);
}

static void files(void) {
    static const char junk[] = "a\0b\xff\xc3\xa9\xed\xa0\x80\xf4\x90\x80\x80";
    write_text(below("junk"), junk, sizeof junk - 1);
    write_text(below("plain"), "0123456789", 10);
    mkdir(below("folder"), 0755);
    mkfifo(below("fifo"), 0600);
    if (symlink("loop", below("loop")) != 0 || symlink("plain", below("link")) != 0 ||
        symlink("nowhere", below("dangling")) != 0)
        exit(94);

    check("host.readFile(dir + '/plain', 10)", "0123456789", "readFile gives the whole text");
    check("host.readFile(dir + '/plain', 9)", "27", "a file above the limit is EFBIG");
    check("host.readFile(dir + '/link', 100)", "0123456789", "readFile follows a symlink");
    check("host.readFile(dir + '/fifo', 9)", "22", "a FIFO is EINVAL and is not waited for");
    check("host.readFile('/dev/zero', 9)", "22", "a device is EINVAL");
    check("host.readFile(dir + '/folder', 9)", "21", "a directory is EISDIR");
    check("host.readFile(dir + '/loop', 9)", "40", "a loop of symlinks is ELOOP");
    check("host.readFile(dir + '/dangling', 9)", "2", "a dangling symlink is ENOENT");
    check("host.readFile(dir + '/plain/x', 9)", "20", "a file is no directory");
    check("host.readFile('relative', 9)", "22", "a path that is not absolute is EINVAL");
    check("host.readFile('', 9)", "2", "an empty path is ENOENT");
    check("host.readFile(dir + '/plain\\0x', 9)", "22", "a path with a NUL is EINVAL");
    check("host.readFile('/' + 'x'.repeat(1 << 20), 9)", "36", "a path of 1 MB is ENAMETOOLONG");
    check("host.readFile('/proc/self/stat', 4096).includes(') ')", "true", "procfs, which tells no size, is read");
    check("[...host.readFile(dir + '/junk', 99)].map(x => x.codePointAt(0).toString(16)).join()",
        "61,0,62,dcff,e9,dced,dca0,dc80,dcf4,dc90,dc80,dc80",
        "bytes that are no UTF-8 become lone surrogates, surrogates and what is above U+10FFFF among them");
    check(
        "host.writeFile(dir + '/copy', host.readFile(dir + '/junk', 99), 0o640)", "undefined", "writeFile takes them");
    result(memcmp(read_text(below("copy")), junk, sizeof junk - 1) == 0, "and writes the bytes that they were");
    check("host.status(dir + '/copy').mode.toString(8)", "640", "with the mode that was asked for");
    check("host.writeFile(dir + '/link', 'x', 0o600)", "undefined", "writeFile replaces a symlink");
    check("host.readFile(dir + '/plain', 10) + host.readFile(dir + '/link', 10)", "0123456789x",
        "and leaves its target alone");
    check("host.writeFile(dir + '/folder', 'x', 0o600)", "21", "writeFile replaces no directory");
    check("host.readDirectory(dir).length", "8", "and leaves no temporary file behind");
    check("host.readRange(dir + '/plain', 8, 1e8).join()", "56,57", "readRange is short at the end");
    check("host.readRange(dir + '/plain', 80, 5).length", "0", "readRange behind the end is empty");
    check("host.readDirectory(dir).map(x => x.name + ' ' + x.type).sort().join()",
        "copy file,dangling symlink,fifo fifo,folder directory,junk file,link file,loop symlink,plain file",
        "readDirectory tells names and types");
    check("host.readDirectory(dir + '/plain')", "20", "a file cannot be listed");
    check("host.statusNoFollow(dir + '/loop').type + host.status(dir + '/loop')", "symlink40",
        "statusNoFollow looks at the link, status behind it");
    check("host.readLink(dir + '/dangling') + host.readLink(dir + '/plain')", "nowhere22", "readLink");
    check("host.realPath(dir + '/../' + dir.slice(5) + '/./plain') === dir + '/plain'", "true", "realPath");
    check("host.touchFile(dir + '/touched', 1234567890123456) + ',' + host.status(dir + '/touched').modified",
        "undefined,1234567890123456", "touchFile makes a file of that time");
    check("host.touchFile(dir + '/touched', undefined); host.status(dir + '/touched').modified > 1.6e15 &&"
          " host.touchFile(dir + '/loop', 1) + ',' + host.touchFile(dir + '/fifo', 1) + ',' + host.remove(dir + "
          "'/touched')",
        "40,6,undefined", "or of now; it follows no symlink and waits for nobody");
    check("host.makeDirectory(dir + '/folder', 0o755) + ',' + host.makeDirectory(dir + '/a/b', 0o755)", "17,2",
        "makeDirectory makes the last component only");
    check("host.remove(dir + '/folder') + ',' + host.removeDirectory(dir + '/plain')", "21,20",
        "remove takes no directory, removeDirectory nothing else");
    check("host.access('/bin/sh', 1) + ',' + host.access(dir + '/plain', 1) + ',' + host.access(dir + '/no', 4)",
        "undefined,13,2", "access");
    check("h = host.openAppend(dir + '/log', 0o600); host.append(h, 'a\\n'); host.append(h, '\\udcff'); host.close(h);"
          "host.readFile(dir + '/log', 9).length",
        "3", "append adds");
    check("host.append(h, 'x') + ',' + host.append(77, '') + ',' + host.append(-1, '')", "9,9,9",
        "a handle that is closed or was never given is EBADF");
    check("host.openAppend(dir + '/link', 0o600) > -1 && host.openAppend(dir + '/loop', 0o600)", "-40",
        "openAppend follows no symlink");
    check("host.openAppend(dir + '/fifo', 0o600)", "-6", "openAppend does not wait for a FIFO's reader");
    check(
        "host.rename(dir + '/log', dir + '/log2') + ',' + host.remove(dir + '/log') + ',' + host.remove(dir + '/log2')",
        "undefined,2,undefined", "rename and remove");
    check("host.makeDirectory(dir + '/t', 0o755); p = dir + '/t';"
          "for (let i = 0; i < 500; i++) { host.makeDirectory(p += '/d', 0o755);"
          "host.makeSymlink(dir + '/folder', p + '/link'); host.makeDirectory(p + '/e', 0o755); }"
          "host.removeTree(dir + '/t') + ',' + host.status(dir + '/t') + ',' + host.status(dir + '/folder').type",
        "undefined,2,directory", "removeTree removes what is there, and no link's target");
    check("host.removeTree(dir + '/t') + ',' + host.removeTree(dir + '/t/u') + ',' + host.removeTree(dir + '/../x')",
        "undefined,undefined,22", "nothing there is no error; a path that is not plain is");
    check(
        "host.makeSymlink('folder', dir + '/gone'); host.removeTree(dir + '/gone') + ',' + host.readLink(dir + '/gone')"
        "+ ',' + host.status(dir + '/folder').type",
        "undefined,2,directory", "of a link the link alone");
    check("host.makeSymlink('a\\udcffb', dir + '/odd'); host.readLink(dir + '/odd') === 'a\\udcffb'", "true",
        "a symlink's target may be any bytes");
}

static void text(void) {
    check("s = ''; for (let i = 0; i < 256; i++) for (let j = 0; j < 256; j++) {"
          "const b = Uint8Array.of(i, j, 0x80, 0x41, j, 0xbf, i); const c = host.encode(host.decode(b, 0, 7));"
          "if (b.join() !== c.join()) s += b.join() + ' '; } s",
        "", "every string of bytes survives decode and encode");
    check("host.encode('\\ud800x\\udc00y').join()", "239,191,189,120,239,191,189,121",
        "a surrogate that stands for no byte becomes U+FFFD");
    check("host.encode('\\ud83d\\ude00\\udc80').join()", "240,159,152,128,128", "a pair is not taken apart");
    check("host.decode(host.encode('h\\u00e9llo\\u20ac'), 1, 3)", "\xc3\xa9", "decode takes a range");
    check("try { host.decode(new Uint8Array(3), 1, 4) } catch (e) { String(e) }",
        "RangeError: internal error: decode of bytes that are not there", "a range that is not there is a bug");
    check("try { host.decode('abc', 0, 1) } catch (e) { e.name }", "RangeError", "as is what has no bytes");
    check("host.encode('').length + host.decode(new Uint8Array(0), 0, 0).length", "0", "nothing is nothing");
    check("host.decode(new Uint8Array(host.encode('xabcx').buffer, 1, 3), 0, 3)", "abc",
        "a view is read where it begins");
}

static void facts(void) {
    check("host.user('root').uid + host.user('0').home + host.user('root').shell.slice(0, 1)", "0/root/",
        "a user is found by name and by number");
    check("host.user('nobody-of-that-name') + ',' + host.user('4294967295') + ',' + host.user('') + ',' + "
          "host.user('-1')",
        "undefined,undefined,undefined,undefined", "who is not there is undefined");
    check("host.group('root').gid + host.group('0').name", "0root", "a group too");
    check("host.groupsOf('root', 0)[0]", "0", "groupsOf begins with the primary group");
    check(
        "/^[0-9a-f]{32}$/.test(host.randomHex(16)) && host.randomHex(16) !== host.randomHex(16)", "true", "randomHex");
    check("host.clock().realtime > 1.6e15 && host.clock().monotonic > 0", "true", "clock");
    check("host.errorText(2)", "No such file or directory", "errorText");
    check("host.kernel().release.length > 0 && host.hostName().length > 0", "true", "kernel and hostName");
}

int main(void) {
    begin_folder();
    if (!engine_start(&engine, test_source))
        return 1;
    JSContext *c = engine.context;
    JS_AddIntrinsicEval(c);
    JSValue global = JS_GetGlobalObject(c);
    JS_SetPropertyStr(c, global, "host", host_make_object(c));
    JS_SetPropertyStr(c, global, "dir", JS_NewString(c, folder));
    JS_FreeValue(c, global);
    files();
    text();
    facts();
    JS_FreeContext(c);
    JS_FreeRuntime(engine.runtime);
    end_folder();
    return tap_end();
}
