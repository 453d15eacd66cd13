package dev.siltstone.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.util.ArrayList;
import java.util.List;

/// Requests that no polite client sends, and what becomes of each. None of them changes anything.
///
/// They meet the streams that [#TEXT] and its like name. `docs/hostile-requests.md` shows the same table.
final class HostileRequests {
    /// A stream of text.
    static final String TEXT = "/v1/stream/text";

    /// A stream of JSON.
    static final String JSON = "/v1/stream/json";

    /// A stream that was closed.
    static final String CLOSED = "/v1/stream/closed";

    /// A stream to which the producer `p` appended in its epoch 5, up to sequence 2.
    static final String PRODUCED = "/v1/stream/produced";

    /// A stream that was deleted while there was a fork of it.
    static final String DELETED = "/v1/stream/deleted";

    /// The most that a body may have where this table is used.
    static final int BODY_BYTES_MAX = 128 << 10;

    private static final String HOST = "Host: test\r\n";
    private static final String TYPE = "Content-Type: text/plain\r\n";
    private static final String LENGTH = "Content-Length: ";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String CHUNKED_POST =
            "POST " + TEXT + " HTTP/1.1\r\n" + HOST + TYPE + CHUNKED + "\r\n";

    /// What somebody would like to have executed that a proxy did not see.
    private static final String SMUGGLED =
            "DELETE " + TEXT + " HTTP/1.1\r\n" + HOST + LENGTH + "0\r\n\r\n";

    private static final boolean KEPT = true;
    private static final boolean ENDS = false;

    private final List<HostileRequest> all = new ArrayList<>();
    private String group = "";

    private HostileRequests() {}

    static List<HostileRequest> all() {
        var table = new HostileRequests();
        table.requestLines();
        table.headerFields();
        table.lengthsAndCodings();
        table.chunks();
        table.paths();
        table.reads();
        table.listings();
        table.creates();
        table.forks();
        table.appends();
        table.producers();
        table.json();
        table.tooMuch();
        table.notHttp();
        return List.copyOf(table.all);
    }

    private void add(String name, String sent, int status, String says, boolean kept) {
        all.add(
                new HostileRequest(
                        group, name, sent.getBytes(ISO_8859_1), false, status, says, kept));
    }

    /// Adds what ends in the middle: the client says that nothing follows.
    private void cutOff(String name, String sent) {
        all.add(new HostileRequest(group, name, sent.getBytes(ISO_8859_1), true, 0, "", ENDS));
    }

    // --- HTTP ---

    private void requestLines() {
        group = "Request lines";
        String malformed = "malformed_request";
        add("no version (HTTP/0.9)", "GET /health\r\n\r\n", 400, malformed, ENDS);
        add("a version of the future", "GET /health HTTP/3.7\r\n" + HOST + "\r\n", 400, "", ENDS);
        add("a version in lower case", "GET /health http/2\r\n" + HOST + "\r\n", 400, "", ENDS);
        add("a version that is none", "GET /health HTTP/1.x\r\n" + HOST + "\r\n", 400, "", ENDS);
        add("something after the version", line("GET /health HTTP/1.1 x"), 400, malformed, ENDS);
        add("two spaces", line("GET  /health HTTP/1.1"), 400, "", ENDS);
        add("a tab for a space", line("GET\t/health\tHTTP/1.1"), 400, "", ENDS);
        add("a space in the target", line("GET /hea lth HTTP/1.1"), 400, "", ENDS);
        add("no target", line("GET HTTP/1.1"), 400, "", ENDS);
        add("no method", line(" /health HTTP/1.1"), 400, "", ENDS);
        add("a method with a sign", line("G@T /health HTTP/1.1"), 400, "", ENDS);
        add("a method in lower case", line("get " + TEXT + " HTTP/1.1"), 405, "GET, HEAD", KEPT);
        add(
                "a method of 4,000 letters",
                line("G".repeat(4000) + " " + TEXT + " HTTP/1.1"),
                405,
                "method_not_allowed",
                KEPT);
        add("CONNECT", line("CONNECT test:443 HTTP/1.1"), 404, "nothing_here", KEPT);
        add("TRACE", line("TRACE " + TEXT + " HTTP/1.1"), 405, "method_not_allowed", KEPT);
        add("PRI inside HTTP/1.1", line("PRI * HTTP/1.1"), 404, "nothing_here", KEPT);
        add("a bare LF", "GET /health HTTP/1.1\n" + HOST + "\r\n", 400, malformed, ENDS);
        add("a bare CR", "GET /health HTTP/1.1\r" + HOST + "\r\n", 400, malformed, ENDS);
        add("NUL in the target", line("GET /heal\0th HTTP/1.1"), 400, "", ENDS);
        add(
                "a fragment in the target",
                line("DELETE " + TEXT + "#x HTTP/1.1"),
                400,
                "bad_encoding",
                KEPT);
        add(
                "a target of another scheme",
                line("GET ftp://test" + TEXT + "/none HTTP/1.1"),
                404,
                "",
                KEPT);
        add("a target that is no path", line("GET health HTTP/1.1"), 404, "nothing_here", KEPT);
    }

    private void headerFields() {
        group = "Header fields";
        String malformed = "malformed_request";
        add("no Host", "GET /health HTTP/1.1\r\n\r\n", 400, "bad_host", KEPT);
        add("two Hosts", get("/health", "Host: other\r\n"), 400, "bad_host", KEPT);
        add("two Hosts alike", get("/health", HOST), 400, "bad_host", KEPT);
        add("an empty Host", "PUT /v1/stream/new HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_host", KEPT);
        add(
                "a Host that is none",
                "PUT /v1/stream/new HTTP/1.1\r\nHost: a/../<b> @c\r\n\r\n",
                400,
                "bad_host",
                KEPT);
        add("a space before the colon", get("/health", "X-A : b\r\n"), 400, malformed, ENDS);
        add("a space in a name", get("/health", "X A: b\r\n"), 400, malformed, ENDS);
        add("no name", get("/health", ": b\r\n"), 400, malformed, ENDS);
        add("no colon", get("/health", "Nonsense\r\n"), 400, malformed, ENDS);
        add("a name with NUL", get("/health", "X\0A: b\r\n"), 400, malformed, ENDS);
        add("a name of other letters", get("/health", "X\u00e4: b\r\n"), 400, malformed, ENDS);
        add("a value with NUL", get("/health", "X-A: b\0c\r\n"), 400, malformed, ENDS);
        add("a value with a bare CR", get("/health", "X-A: b\rX-B: c\r\n"), 400, malformed, ENDS);
        add("a value with a bell", get("/health", "X-A: \7\r\n"), 400, malformed, ENDS);
        add("a line ended by LF alone", get("/health", "X-A: b\n"), 400, malformed, ENDS);
        add(
                "a folded line, read as one",
                get(TEXT + "/none", "X-A: b\r\n c\r\n"),
                404,
                "not_found",
                KEPT);
        add(
                "a fold before the first field",
                "GET /health HTTP/1.1\r\n Host: test\r\n\r\n",
                400,
                malformed,
                ENDS);
        add(
                "a folded Content-Length",
                post(TEXT, LENGTH + "\r\n 5\r\n", "hello"),
                400,
                malformed,
                ENDS);
        add(
                "two Content-Types",
                post(TEXT, LENGTH + "5\r\nContent-Type: text/html\r\n", "hello"),
                400,
                "repeated_header",
                KEPT);
        add(
                "an expectation that nobody meets",
                post(TEXT + "/none", LENGTH + "1\r\nExpect: a-pony\r\n", "x"),
                404,
                "not_found",
                KEPT);
        add(
                "an upgrade to another protocol",
                get(TEXT + "/none", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
                404,
                "not_found",
                KEPT);
    }

    private void lengthsAndCodings() {
        group = "Two ends of one body (request smuggling)";
        String malformed = "malformed_request";
        add(
                "Content-Length, then chunked",
                post(TEXT, LENGTH + "6\r\n" + CHUNKED, "0\r\n\r\n" + SMUGGLED),
                400,
                "both",
                ENDS);
        add(
                "chunked, then Content-Length",
                post(TEXT, CHUNKED + LENGTH + "6\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                "both",
                ENDS);
        add(
                "two lengths",
                post(TEXT, LENGTH + "3\r\n" + LENGTH + "0\r\n", SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "two lengths alike",
                post(TEXT, LENGTH + "3\r\n" + LENGTH + "3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "two lengths in one field",
                post(TEXT, LENGTH + "3, 4\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add("a length below 0", post(TEXT, LENGTH + "-3\r\n", SMUGGLED), 400, malformed, ENDS);
        add(
                "a length with a sign",
                post(TEXT, LENGTH + "+3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a length in hexadecimal",
                post(TEXT, LENGTH + "0x3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a length with an exponent",
                post(TEXT, LENGTH + "3e0\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a length in other digits",
                post(TEXT, LENGTH + "\u00b3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add("an empty length", post(TEXT, LENGTH + "\r\n", SMUGGLED), 400, malformed, ENDS);
        add(
                "a length over 2^63",
                post(TEXT, LENGTH + "9223372036854775808\r\n", "x"),
                400,
                malformed,
                ENDS);
        add(
                "a length over 2^64",
                post(TEXT, LENGTH + "18446744073709551619\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "chunked twice",
                post(TEXT, "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                "",
                ENDS);
        add(
                "chunked in two fields",
                post(TEXT, CHUNKED + CHUNKED, "0\r\n\r\n" + SMUGGLED),
                400,
                "",
                ENDS);
        add(
                "chunked, then another coding",
                post(TEXT, "Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "chunked before a coding of its own field",
                post(TEXT, CHUNKED + "Transfer-Encoding: identity\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a coding that ends like chunked",
                post(TEXT, "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a coding with a parameter",
                post(TEXT, "Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "identity",
                post(TEXT, "Transfer-Encoding: identity\r\n" + LENGTH + "3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "an empty coding",
                post(TEXT, "Transfer-Encoding:\r\n" + LENGTH + "3\r\n", "abc" + SMUGGLED),
                400,
                malformed,
                ENDS);
        add(
                "a coding behind a vertical tab",
                post(
                        TEXT,
                        "Transfer-Encoding: \u000bchunked\r\n" + LENGTH + "3\r\n",
                        "0\r\n\r\n" + SMUGGLED),
                400,
                "",
                ENDS);
        add(
                "a folded coding",
                post(
                        TEXT,
                        "Transfer-Encoding:\r\n chunked\r\n" + LENGTH + "3\r\n",
                        "0\r\n\r\n" + SMUGGLED),
                400,
                "",
                ENDS);
        add(
                "a space before the colon of a coding",
                post(
                        TEXT,
                        "Transfer-Encoding : chunked\r\n" + LENGTH + "3\r\n",
                        "0\r\n\r\n" + SMUGGLED),
                400,
                "",
                ENDS);
        add(
                "a coding in HTTP/1.0",
                "POST "
                        + TEXT
                        + " HTTP/1.0\r\n"
                        + HOST
                        + TYPE
                        + CHUNKED
                        + "\r\n1\r\nx\r\n0\r\n\r\n"
                        + SMUGGLED,
                400,
                "",
                ENDS);
        add(
                "a body that a DELETE does not need",
                "DELETE "
                        + TEXT
                        + "/none HTTP/1.1\r\n"
                        + HOST
                        + LENGTH
                        + SMUGGLED.length()
                        + "\r\n\r\n"
                        + SMUGGLED,
                404,
                "not_found",
                KEPT);
        add(
                "a body that a GET does not need",
                "GET "
                        + TEXT
                        + "/none HTTP/1.1\r\n"
                        + HOST
                        + LENGTH
                        + SMUGGLED.length()
                        + "\r\n\r\n"
                        + SMUGGLED,
                404,
                "not_found",
                KEPT);
    }

    private void chunks() {
        group = "Chunked bodies";
        String malformed = "malformed_request";
        add("a size that is none", CHUNKED_POST + "zz\r\n" + SMUGGLED, 400, malformed, ENDS);
        add("a size below 0", CHUNKED_POST + "-1\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add("a size with a sign", CHUNKED_POST + "+1\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add("a size with 0x", CHUNKED_POST + "0x1\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add("no size", CHUNKED_POST + "\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add("a size over 2^32", CHUNKED_POST + "100000001\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add(
                "a size over 2^64",
                CHUNKED_POST + "10000000000000001\r\nx\r\n0\r\n\r\n",
                400,
                malformed,
                ENDS);
        add(
                "a size of 9,000 zeros",
                CHUNKED_POST + "0".repeat(9000) + "1\r\nx\r\n0\r\n\r\n",
                414,
                "",
                ENDS);
        add("a space before a size", CHUNKED_POST + " 1\r\nx\r\n0\r\n\r\n", 400, malformed, ENDS);
        add(
                "a chunk longer than its size",
                CHUNKED_POST + "1\r\nxyz\r\n0\r\n\r\n" + SMUGGLED,
                400,
                malformed,
                ENDS);
        add(
                "a size line ended by LF alone",
                CHUNKED_POST + "1\nx\r\n0\r\n\r\n" + SMUGGLED,
                400,
                malformed,
                ENDS);
        add(
                "a chunk ended by LF alone",
                CHUNKED_POST + "1\r\nx\n0\r\n\r\n" + SMUGGLED,
                400,
                malformed,
                ENDS);
        add(
                "an extension with a line end",
                CHUNKED_POST + "1;a\n2\r\nx\r\n0\r\n\r\n" + SMUGGLED,
                400,
                malformed,
                ENDS);
        add(
                "an extension of 20,000 bytes",
                CHUNKED_POST + "1;" + "e".repeat(20_000) + "\r\nx\r\n0\r\n\r\n",
                414,
                "request_line_too_long",
                ENDS);
        add(
                "a trailer that is no field",
                CHUNKED_POST + "1\r\nx\r\n0\r\nnonsense\r\n\r\n" + SMUGGLED,
                400,
                malformed,
                ENDS);
        add(
                "a trailer that is a length, ignored",
                "POST "
                        + TEXT
                        + "/none HTTP/1.1\r\n"
                        + HOST
                        + TYPE
                        + CHUNKED
                        + "\r\n1\r\nx\r\n0\r\n"
                        + LENGTH
                        + "5\r\n\r\n",
                404,
                "not_found",
                KEPT);
        add(
                "a trailer of 70,000 bytes",
                CHUNKED_POST + "1\r\nx\r\n0\r\nT: " + "t".repeat(70_000) + "\r\n\r\n",
                431,
                "headers_too_large",
                ENDS);
        cutOff("a body cut off in a size", CHUNKED_POST + "1");
        cutOff("a body cut off in a chunk", CHUNKED_POST + "5\r\nab");
        cutOff("a body cut off before the last chunk", CHUNKED_POST + "2\r\nab\r\n");
        cutOff("a body cut off in the trailer", CHUNKED_POST + "2\r\nab\r\n0\r\n");
        cutOff("a body shorter than its length", post(TEXT, LENGTH + "5\r\n", "abc"));
        cutOff("a head cut off", "DELETE " + TEXT + " HTTP/1.1\r\n" + HOST);
        cutOff(
                "a head cut off before its last line end",
                "DELETE " + TEXT + " HTTP/1.1\r\n" + HOST + "\r");
    }

    // --- targets ---

    private void paths() {
        group = "Paths";
        put("an empty segment", "/v1/stream/a//b", "bad_path");
        put("a slash at the end", "/v1/stream/a/", "bad_path");
        put("a segment of one dot", "/v1/stream/./a", "bad_path");
        put("a segment of two dots", "/v1/stream/a/../../../etc/passwd", "bad_path");
        put("dots that are encoded", "/v1/stream/%2e%2e/a", "bad_path");
        put("dots and a slash that are encoded", "/v1/stream/a%2f..%2fb", "bad_path");
        put("NUL", "/v1/stream/a%00b", "bad_path");
        put("a line end", "/v1/stream/a%0d%0aX-A:b", "bad_path");
        put("DEL", "/v1/stream/a%7fb", "bad_path");
        put("a control character of two bytes", "/v1/stream/a%c2%85b", "bad_path");
        put("a slash in two bytes", "/v1/stream/a%c0%afb", "bad_encoding");
        put("a dot in two bytes", "/v1/stream/%c0%ae%c0%ae/a", "bad_encoding");
        put("half a surrogate pair", "/v1/stream/%ed%a0%80", "bad_encoding");
        put("half a character", "/v1/stream/%e2%82", "bad_encoding");
        put("a character past the last", "/v1/stream/%f4%90%80%80", "bad_encoding");
        put("a percent sign alone", "/v1/stream/100%", "bad_encoding");
        put("a percent sign and one digit", "/v1/stream/a%2", "bad_encoding");
        put("a percent sign and no digits", "/v1/stream/a%zz", "bad_encoding");
        put(
                "a percent sign and digits of another script",
                "/v1/stream/a%\u00b2\u00b2",
                "bad_encoding");
        put("bytes that are not encoded", "/v1/stream/\u00e4", "bad_encoding");
        put("a path of 1,025 bytes", "/v1/stream/" + "a".repeat(1025), "bad_path");
        put(
                "a path of 342 characters of 3 bytes",
                "/v1/stream/" + "%e2%82%ac".repeat(342),
                "bad_path");
        add(
                "a path of nothing but slashes",
                request("PUT", "/v1/stream" + "/".repeat(500)),
                400,
                "bad_path",
                KEPT);
        add("two slashes in front", request("PUT", "//v1/stream/a"), 404, "nothing_here", KEPT);
        add(
                "dots before the streams",
                request("PUT", "/v1/../v1/stream/a"),
                404,
                "nothing_here",
                KEPT);
        add("other case", request("PUT", "/V1/Stream/a"), 404, "nothing_here", KEPT);
        add(
                "a name that only begins like the streams",
                request("PUT", "/v1/streams/a"),
                404,
                "nothing_here",
                KEPT);
        add(
                "the place of the subscriptions",
                request("PUT", "/v1/stream/__ds/a"),
                501,
                "no_subscriptions",
                KEPT);
        add(
                "the place of the subscriptions, encoded",
                request("PUT", "/v1/stream/%5F%5Fds%2Fa"),
                501,
                "no_subscriptions",
                KEPT);
        add(
                "all streams deleted",
                request("DELETE", "/v1/stream"),
                405,
                "method_not_allowed",
                KEPT);
        add(
                "a path encoded twice",
                request("DELETE", "/v1/stream/%2574ext"),
                404,
                "not_found",
                KEPT);
    }

    private void put(String name, String path, String code) {
        add(name, request("PUT", path), 400, code, KEPT);
    }

    private void reads() {
        group = "Offsets and other parameters of a read";
        for (String[] offset :
                new String[][] {
                    {"empty", ""},
                    {"a word", "abc"},
                    {"a number", "0"},
                    {"below -1", "-2"},
                    {"a byte short", "000000000000000_0000000000000000"},
                    {"a byte long", "00000000000000000_0000000000000000"},
                    {"a sign in it", "000000000000000+_0000000000000000"},
                    {"hexadecimal", "00000000000000ff_0000000000000000"},
                    {"another separator", "0000000000000000-0000000000000000"},
                    {"digits of another script", "000000000000000%d9%a1_0000000000000000"},
                    {"NUL at its end", "0000000000000000_0000000000000000%00"},
                    {"a space at its end", "-1%20"},
                    {"a plus at its end", "-1+"},
                    {"a path", "../../text"},
                    {"of 7,000 digits", "9".repeat(7000)},
                }) {
            get("an offset: " + offset[0], TEXT + "?offset=" + offset[1], 400, "bad_offset");
        }
        get("an offset that does not decode", TEXT + "?offset=%zz", 400, "bad_encoding");
        get(
                "the last offset there can be",
                TEXT + "?offset=9999999999999999_9999999999999999",
                400,
                "bad_offset");
        get(
                "an offset of no lineage",
                TEXT + "?offset=0000000000000000_0000000000000001",
                410,
                "offset_gone");
        get(
                "an offset of another stream",
                TEXT + "?offset=0000000000000001_0000000000000000",
                410,
                "offset_gone");
        get("two offsets", TEXT + "?offset=-1&offset=now", 400, "repeated_parameter");
        get("two offsets alike", TEXT + "?offset=-1&offset=-1", 400, "repeated_parameter");
        get("a live that is none", TEXT + "?offset=-1&live=yes", 400, "bad_live");
        get("an empty live", TEXT + "?offset=-1&live=", 400, "bad_live");
        get("live in capitals", TEXT + "?offset=-1&live=SSE", 400, "bad_live");
        get("a long poll without an offset", TEXT + "?live=long-poll", 400, "missing_offset");
        get("an event stream without an offset", TEXT + "?live=sse", 400, "missing_offset");
        get("a stream that was deleted", DELETED + "?offset=-1", 410, "gone");
        get("an event stream of a deleted stream", DELETED + "?offset=-1&live=sse", 410, "gone");
        get("an event stream of none", TEXT + "/none?offset=-1&live=sse", 404, "not_found");
        get(
                "a parameter of 6,000 ampersands",
                TEXT + "/none?" + "&".repeat(6000),
                404,
                "not_found");
        get(
                "a byte in the query that is not encoded",
                TEXT + "?offset=\u00e4",
                400,
                "bad_encoding");
    }

    private void get(String name, String target, int status, String says) {
        add(name, request("GET", target), status, says, KEPT);
    }

    private void listings() {
        group = "Listings";
        for (String limit :
                List.of("0", "-1", "1001", "1e2", "01", "%20", "", "99999999999", "%d9%a1")) {
            get("limit=" + limit, "/v1/stream?limit=" + limit, 400, "bad_limit");
        }
        get("a prefix that does not decode", "/v1/stream?prefix=%ff", 400, "bad_encoding");
        get("two limits", "/v1/stream?limit=1&limit=2", 400, "repeated_parameter");
    }

    // --- creates ---

    private void creates() {
        group = "Creating a stream";
        for (String ttl :
                List.of(
                        "",
                        "-1",
                        "+1",
                        "01",
                        "1.0",
                        "1e3",
                        "1 0",
                        "0x10",
                        "ten",
                        "2147483648",
                        "9".repeat(100),
                        "\u00b2",
                        "1,1",
                        "NaN")) {
            create("Stream-TTL: " + ttl, "Stream-TTL: " + ttl + "\r\n", "bad_ttl");
        }
        create("two TTLs", "Stream-TTL: 1\r\nStream-TTL: 2\r\n", "repeated_header");
        create(
                "a TTL and an end",
                "Stream-TTL: 1\r\nStream-Expires-At: 2030-01-31T12:00:00Z\r\n",
                "two_lifetimes");
        for (String end :
                List.of(
                        "",
                        "tomorrow",
                        "1893456000",
                        "2030-01-31",
                        "2030-01-31T12:00:00",
                        "2030-02-30T12:00:00Z",
                        "2030-01-31T25:00:00Z",
                        "2030-13-01T00:00:00Z",
                        "2030-01-31T12:00:00+99:00",
                        "+12030-01-31T12:00:00Z",
                        "2030-01-31T12:00:00.Z",
                        "2030-01-31T12:00:00Z" + "0".repeat(1000))) {
            create(
                    "Stream-Expires-At: " + end,
                    "Stream-Expires-At: " + end + "\r\n",
                    "bad_expires_at");
        }
        for (String type :
                List.of(
                        "text",
                        "text/",
                        "/plain",
                        "text/plain/more",
                        "text/pl ain",
                        "text/plain;=x",
                        "text/plain; a=\"",
                        "text/\u00e4",
                        "*")) {
            create("Content-Type: " + type, "Content-Type: " + type + "\r\n", "bad_content_type");
        }
        create(
                "a type of 5,000 bytes",
                "Content-Type: text/" + "x".repeat(5000) + "\r\n",
                "header_too_long");
    }

    private void create(String name, String fields, String code) {
        add(name, request("PUT", "/v1/stream/new", fields + LENGTH + "0\r\n", ""), 400, code, KEPT);
    }

    private void forks() {
        group = "Forking a stream";
        String from = "Stream-Forked-From: ";
        create("from a path of nothing", from + "\r\n", "bad_fork_source");
        create("from a name", from + "text\r\n", "bad_fork_source");
        create("from another server", from + "http://other/v1/stream/text\r\n", "bad_fork_source");
        create("from all streams", from + "/v1/stream/\r\n", "bad_fork_source");
        create("from the health", from + "/health\r\n", "bad_fork_source");
        create("from a path with dots", from + "/v1/stream/a/../text\r\n", "bad_path");
        create("from two", from + TEXT + "\r\n" + from + JSON + "\r\n", "repeated_header");
        create("an offset without a source", "Stream-Fork-Offset: -1\r\n", "no_fork_source");
        create(
                "at an offset that is none",
                from + TEXT + "\r\nStream-Fork-Offset: abc\r\n",
                "bad_fork_offset");
        create("at now", from + TEXT + "\r\nStream-Fork-Offset: now\r\n", "bad_fork_offset");
        create(
                "at an offset past the tail",
                from + TEXT + "\r\nStream-Fork-Offset: 9999999999999999_9999999999999999\r\n",
                "");
        create(
                "at a message below 0",
                from + JSON + "\r\nStream-Fork-Sub-Offset: -1\r\n",
                "bad_number");
        create(
                "at a message past 2^53",
                from + JSON + "\r\nStream-Fork-Sub-Offset: 9007199254740992\r\n",
                "bad_number");
        add(
                "from a stream that is not there",
                request("PUT", "/v1/stream/new", from + TEXT + "/none\r\n", ""),
                404,
                "source_not_found",
                KEPT);
        add(
                "from a stream that was deleted",
                request("PUT", "/v1/stream/new", from + DELETED + "\r\n", ""),
                409,
                "source_gone",
                KEPT);
    }

    // --- appends ---

    private void appends() {
        group = "Appending";
        add("nothing", post(TEXT, LENGTH + "0\r\n", ""), 400, "empty_body", KEPT);
        add(
                "nothing, and closing by another word than true",
                post(TEXT, LENGTH + "0\r\nStream-Closed: 1\r\n", ""),
                400,
                "empty_body",
                KEPT);
        add(
                "no type",
                request("POST", TEXT, LENGTH + "1\r\n", "x"),
                400,
                "missing_content_type",
                KEPT);
        add(
                "another type",
                request("POST", TEXT, LENGTH + "1\r\nContent-Type: image/png\r\n", "x"),
                409,
                "content_type_mismatch",
                KEPT);
        add("to a closed stream", post(CLOSED, LENGTH + "1\r\n", "x"), 409, "stream_closed", KEPT);
        add("to a deleted stream", post(DELETED, LENGTH + "1\r\n", "x"), 410, "gone", KEPT);
        add(
                "a Stream-Seq of 5,000 bytes",
                post(TEXT, LENGTH + "1\r\nStream-Seq: " + "9".repeat(5000) + "\r\n", "x"),
                400,
                "header_too_long",
                KEPT);
        add(
                "a Stream-Seq below the last",
                post(PRODUCED, LENGTH + "1\r\nStream-Seq: a\r\n", "x"),
                409,
                "sequence_regression",
                KEPT);
        add(
                "two Stream-Seqs",
                post(TEXT, LENGTH + "1\r\nStream-Seq: 1\r\nStream-Seq: 2\r\n", "x"),
                400,
                "repeated_header",
                KEPT);
        add(
                "a create of a stream that is otherwise",
                request("PUT", TEXT, "Content-Type: image/png\r\n", ""),
                409,
                "configuration_mismatch",
                KEPT);
    }

    private void producers() {
        group = "Producers";
        produce("no id", "", "5", "3", 400, "bad_producer");
        produce("an id of 257 bytes", "i".repeat(257), "0", "0", 400, "bad_producer");
        produce(
                "an id of 129 characters of 2 bytes",
                "\u00e4".repeat(129),
                "0",
                "0",
                400,
                "bad_producer");
        for (String number :
                List.of(
                        "",
                        "-1",
                        "+1",
                        "00",
                        "1.0",
                        "1e1",
                        "0x1",
                        "one",
                        "9007199254740992",
                        "9".repeat(50),
                        "\u00b9")) {
            produce("an epoch: " + number, "p", number, "3", 400, "bad_number");
            produce("a sequence: " + number, "p", "5", number, 400, "bad_number");
        }
        produce("an epoch of the past", "p", "4", "3", 403, "producer_fenced");
        produce("a gap", "p", "5", "4", 409, "producer_gap");
        produce(
                "the last sequence there can be",
                "p",
                "5",
                "9007199254740991",
                409,
                "producer_gap");
        produce(
                "a new epoch that does not begin at 0",
                "p",
                "6",
                "3",
                400,
                "producer_sequence_not_zero");
        produce("a new producer that does not begin at 0", "q", "0", "1", 409, "producer_gap");
        add(
                "an id alone",
                post(PRODUCED, LENGTH + "1\r\nProducer-Id: p\r\n", "x"),
                400,
                "incomplete_producer",
                KEPT);
        add(
                "numbers without an id",
                post(PRODUCED, LENGTH + "1\r\nProducer-Epoch: 5\r\nProducer-Seq: 3\r\n", "x"),
                400,
                "incomplete_producer",
                KEPT);
        add(
                "two ids",
                post(
                        PRODUCED,
                        LENGTH
                                + "1\r\nProducer-Id: p\r\nProducer-Id: q\r\nProducer-Epoch: 5\r\nProducer-Seq: 3\r\n",
                        "x"),
                400,
                "repeated_header",
                KEPT);
        add(
                "two sequences",
                post(
                        PRODUCED,
                        LENGTH
                                + "1\r\nProducer-Id: p\r\nProducer-Epoch: 5\r\nProducer-Seq: 3\r\nProducer-Seq: 3\r\n",
                        "x"),
                400,
                "repeated_header",
                KEPT);
    }

    private void produce(
            String name, String id, String epoch, String sequence, int status, String code) {
        String fields =
                "Producer-Id: %s\r\nProducer-Epoch: %s\r\nProducer-Seq: %s\r\n"
                        .formatted(id, epoch, sequence);
        add(name, post(PRODUCED, LENGTH + "1\r\n" + fields, "x"), status, code, KEPT);
    }

    private void json() {
        group = "JSON";
        json("nothing but spaces", "  \r\n\t ");
        json("an empty array", "[]", "empty_array");
        json("an array that does not end", "[1,2");
        json("an array ended like an object", "[1,2}");
        json("an object that does not end", "{\"a\":1");
        json("only an end", "]");
        json("a comma too many", "[1,]");
        json("a comma too few", "[1 2]");
        json("commas alone", "[,]");
        json("two values", "1 2");
        json("two arrays", "[1][2]");
        json("something after the array", "[1]x");
        json("NUL after the array", "[1]\0");
        json("a string that does not end", "\"abc");
        json("a string in single quotes", "'abc'");
        json("a name without quotes", "{a:1}");
        json("a name alone", "{\"a\"}");
        json("a comment", "[1/* one */]");
        json("a comment to the line's end", "[1] // one");
        json("a word", "nul");
        json("a word in capitals", "TRUE");
        json("NaN", "NaN");
        json("Infinity", "-Infinity");
        json("a number with a plus", "+1");
        json("a number with a leading 0", "01");
        json("a number that begins with a point", ".5");
        json("a number that ends with a point", "1.");
        json("a number without its exponent", "1e");
        json("a number in hexadecimal", "0x10");
        json("a minus alone", "-");
        json("a line end in a string", "\"a\nb\"");
        json("NUL in a string", "\"a\0b\"");
        json("an escape that is none", "\"\\x41\"");
        json("an escape of three digits", "\"\\u12\"");
        json("half an escape", "\"\\");
        json("501 arrays in one another", "[".repeat(502) + "]".repeat(502));
        json("100,000 arrays that do not end", "[".repeat(100_000));
        json("20,000 objects in one another", "{\"a\":".repeat(20_000));
        json("UTF-16, little end first", new String("[\"a\"]".getBytes(UTF_16LE), ISO_8859_1));
        json("UTF-16, big end first", new String("[\"a\"]".getBytes(UTF_16BE), ISO_8859_1));
        json("UTF-16 with its mark", "\u00ff\u00fe[\0]\0");
        json("UTF-32", "\0\0\0[\0\0\0001\0\0\0]");
        json("UTF-8 with a mark", "\u00ef\u00bb\u00bf[1]");
        json("a quote in two bytes", "[\u00c0\u00a2a\"]");
        json("a slash in two bytes", "[\"\u00c0\u00af\"]");
        json("NUL in two bytes", "[\"\u00c0\u0080\"]");
        json("a euro sign in four bytes", "[\"\u00f0\u0082\u0082\u00ac\"]");
        json("half a surrogate pair in UTF-8", "[\"\u00ed\u00a0\u0080\"]");
        json("a character past the last", "[\"\u00f4\u0090\u0080\u0080\"]");
        json("a byte that never begins a character", "[\"\u00ff\"]");
        json("a byte that only continues one", "[\"\u0080\"]");
        json("half a character", "[\"\u00e2\u0082\"]");
        json("half a character at the end", "\"\u00e2\u0082");
        json("Latin-1", "[\"\u00e4\"]");
        add(
                "what is no JSON, to create with",
                request(
                        "PUT",
                        "/v1/stream/new",
                        "Content-Type: application/json\r\n" + LENGTH + "1\r\n",
                        "{"),
                400,
                "invalid_json",
                KEPT);
    }

    private void json(String name, String body) {
        json(name, body, "invalid_json");
    }

    private void json(String name, String body, String code) {
        String fields = "Content-Type: application/json\r\n" + LENGTH + body.length() + "\r\n";
        add(name, request("POST", JSON, fields, body), 400, code, KEPT);
    }

    // --- too much, or something else ---

    private void tooMuch() {
        group = "Too much";
        add(
                "a request line of 9,000 bytes",
                line("GET /" + "a".repeat(9000) + " HTTP/1.1"),
                414,
                "request_line_too_long",
                ENDS);
        add(
                "a request line that never ends",
                "GET /" + "a".repeat(100_000),
                414,
                "request_line_too_long",
                ENDS);
        add(
                "a field of 70,000 bytes",
                get("/health", "X-A: " + "b".repeat(70_000) + "\r\n"),
                431,
                "headers_too_large",
                ENDS);
        add(
                "a field that never ends",
                "GET /health HTTP/1.1\r\n" + HOST + "X-A: " + "b".repeat(100_000),
                431,
                "headers_too_large",
                ENDS);
        add(
                "a name of 70,000 bytes",
                get("/health", "X".repeat(70_000) + ": b\r\n"),
                431,
                "headers_too_large",
                ENDS);
        add("129 fields", get("/health", "X: a\r\n".repeat(128)), 431, "headers_too_large", ENDS);
        add(
                "20,000 fields of nothing",
                get("/health", "x:\r\n".repeat(20_000)),
                431,
                "headers_too_large",
                ENDS);
        add(
                "fields that never end",
                "GET /health HTTP/1.1\r\n" + HOST + "X: a\r\n".repeat(20_000),
                431,
                "headers_too_large",
                ENDS);
        add(
                "a length of 100 GB",
                post(TEXT, LENGTH + "100000000000\r\n", "x"),
                413,
                "body_too_large",
                ENDS);
        add(
                "a length of 2^63 - 1",
                post(TEXT, LENGTH + Long.MAX_VALUE + "\r\n", "x"),
                413,
                "body_too_large",
                ENDS);
        add(
                "a byte too many",
                post(TEXT, LENGTH + (BODY_BYTES_MAX + 1) + "\r\n", "x".repeat(BODY_BYTES_MAX + 1)),
                413,
                "body_too_large",
                ENDS);
        add(
                "a body that is asked for first",
                post(TEXT, LENGTH + (BODY_BYTES_MAX + 1) + "\r\nExpect: 100-continue\r\n", ""),
                413,
                "body_too_large",
                ENDS);
        add(
                "a chunk of 2 GB",
                CHUNKED_POST + "7fffffff\r\n" + "x".repeat(BODY_BYTES_MAX + 1),
                413,
                "body_too_large",
                ENDS);
        add(
                "small chunks without end",
                CHUNKED_POST
                        + "20\r\n0123456789abcdef0123456789abcdef\r\n"
                                .repeat(BODY_BYTES_MAX / 32 + 1),
                413,
                "body_too_large",
                ENDS);
        add(
                "a body that a DELETE does not need, of 100 GB",
                "DELETE " + TEXT + "/none HTTP/1.1\r\n" + HOST + LENGTH + "100000000000\r\n\r\nx",
                413,
                "body_too_large",
                ENDS);
    }

    private void notHttp() {
        group = "Something else than HTTP";
        add(
                "a greeting of TLS",
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003"
                        + "r".repeat(40)
                        + "\r\n\r\n",
                400,
                "malformed_request",
                ENDS);
        add("a greeting of SSH", "SSH-2.0-OpenSSH_9.2\r\n", 400, "malformed_request", ENDS);
        add("a greeting of SMTP", "EHLO test\r\n", 400, "malformed_request", ENDS);
        add("a request of Redis", "*1\r\n$4\r\nPING\r\n", 400, "malformed_request", ENDS);
        add(
                "a proxy's announcement",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + line("GET /health HTTP/1.1"),
                400,
                "malformed_request",
                ENDS);
        add("an answer", "HTTP/1.1 200 OK\r\n\r\n", 400, "malformed_request", ENDS);
        add("zeros", "\0".repeat(9_000), 400, "", ENDS);
        add("ones", "\u00ff".repeat(9_000), 414, "", ENDS);
        cutOff("empty lines", "\r\n".repeat(3));
        cutOff("nothing", "");
        cutOff("half of HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM");
    }

    // --- spelling ---

    private static String line(String requestLine) {
        return requestLine + "\r\n" + HOST + "\r\n";
    }

    private static String get(String target, String fields) {
        return request("GET", target, fields, "");
    }

    private static String post(String target, String fields, String body) {
        return request("POST", target, TYPE + fields, body);
    }

    private static String request(String method, String target) {
        return request(method, target, "", "");
    }

    private static String request(String method, String target, String fields, String body) {
        return method + " " + target + " HTTP/1.1\r\n" + HOST + fields + "\r\n" + body;
    }
}
