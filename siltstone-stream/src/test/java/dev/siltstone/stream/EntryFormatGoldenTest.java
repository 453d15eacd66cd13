package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The bytes of each version, kept for ever. Of appended entries version 2 is written.
class EntryFormatGoldenTest {
    private static final long TIME = 1_700_000_000_123L;

    private static final Map<String, Entry> ENTRIES = entries();

    private static Map<String, Entry> entries() {
        Payload text = Payload.ofBytes(ByteBuffer.wrap("héllo".getBytes(UTF_8)));
        Payload json;
        Payload single;
        try {
            json = Payload.ofJson(ByteBuffer.wrap("[1,{\"a\":[2]},\"\"]".getBytes(UTF_8)));
            single = Payload.ofJson(ByteBuffer.wrap("{\"a\":1}".getBytes(UTF_8)));
        } catch (InvalidJsonException e) {
            throw new AssertionError(e);
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        entries.put("opened", new Entry.Opened(TIME, 3));
        entries.put(
                "created-plain",
                new Entry.Created(
                        TIME,
                        "a/b",
                        "text/plain",
                        Lifetime.FOREVER,
                        false,
                        null,
                        Entry.Content.of(Payload.EMPTY)));
        entries.put(
                "created-full",
                new Entry.Created(
                        TIME,
                        "é",
                        "application/json; charset=utf-8",
                        new Lifetime.IdleFor(3600),
                        true,
                        null,
                        Entry.Content.of(json)));
        entries.put(
                "created-fork",
                new Entry.Created(
                        TIME,
                        "fork",
                        "text/plain",
                        new Lifetime.Until(Instant.ofEpochMilli(TIME + 1)),
                        false,
                        new Entry.Fork(17, 5, new ForkPoint("a/b", new Offset(17, 2), 3), true),
                        Entry.Content.of(text)));
        entries.put(
                "created-fork-at-tail",
                new Entry.Created(
                        TIME,
                        "fork",
                        "text/plain",
                        Lifetime.FOREVER,
                        false,
                        new Entry.Fork(17, 5, new ForkPoint("a/b", null, 0), false),
                        Entry.Content.of(Payload.EMPTY)));
        entries.put(
                "appended-text",
                new Entry.Appended(TIME, 17, 5, false, null, null, Entry.Content.of(text)));
        entries.put(
                "appended-json",
                new Entry.Appended(
                        TIME,
                        17,
                        5,
                        true,
                        new Producer("p-é", 2, 9),
                        "seq-1",
                        Entry.Content.of(json)));
        entries.put(
                "appended-json-single",
                new Entry.Appended(TIME, 17, 5, false, null, null, Entry.Content.of(single)));
        entries.put(
                "appended-close",
                new Entry.Appended(TIME, 17, 5, true, null, null, Entry.Content.of(Payload.EMPTY)));
        entries.put("deleted", new Entry.Deleted(TIME, 17));
        entries.put("expired", new Entry.Expired(TIME, 17));
        entries.put("touched", new Entry.Touched(TIME, 17));
        return entries;
    }

    static Stream<String> names() {
        return ENTRIES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void writesTheBytesOfItsVersion(String name) throws IOException {
        assertThat(HexFormat.of().formatHex(encode(Objects.requireNonNull(ENTRIES.get(name)))))
                .isEqualTo(golden(name, written(name)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsTheBytesOfVersion1(String name) throws IOException {
        readsTheSame(name, 1);
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsWhatItWrites(String name) throws IOException {
        readsTheSame(name, written(name));
    }

    private static void readsTheSame(String name, int version) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(golden(name, version));
        Entry entry = EntryFormat.decode(ByteBuffer.wrap(bytes));

        assertThat(describe(entry)).isEqualTo(describe(Objects.requireNonNull(ENTRIES.get(name))));
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesEntriesThatEndEarlyOrLate(String name) throws IOException {
        refusesWhatEndsEarly(name, 1);
        refusesWhatEndsEarly(name, written(name));
    }

    private static void refusesWhatEndsEarly(String name, int version) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(golden(name, version));
        Entry entry = Objects.requireNonNull(ENTRIES.get(name));
        int fixed =
                switch (entry) {
                    case Entry.Created created -> bytes.length - created.content().length();
                    case Entry.Appended appended -> bytes.length - appended.content().length();
                    default -> bytes.length;
                };
        for (int length = 0; length < fixed; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> EntryFormat.decode(ByteBuffer.wrap(cut)))
                    .as("%d bytes of %s", length, name)
                    .isInstanceOf(EntryException.class);
        }
    }

    @Test
    void refusesAKindThatItDoesNotKnow() {
        byte[] bytes = encode(new Entry.Deleted(TIME, 17));
        bytes[0] = 99;

        assertThatThrownBy(() -> EntryFormat.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining("unknown kind 99")
                .hasMessageContaining("newer version");
    }

    @Test
    void refusesANumberThatDoesNotEnd() {
        byte[] bytes = new byte[40];
        Arrays.fill(bytes, (byte) 0xFF);
        bytes[0] = 3;
        bytes[1] = 2;
        bytes[2] = 0;

        assertThatThrownBy(() -> EntryFormat.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining("a number of more than 10 bytes");
    }

    @Test
    void neverNeedsMoreThanItSaid() {
        ENTRIES.forEach((name, entry) ->
                assertThat(encode(entry).length)
                        .as(name)
                        .isLessThanOrEqualTo(EntryFormat.bytesMax(entry)));
    }

    @Test
    void saysWhereTheContentBegins() throws IOException {
        ByteBuffer target = ByteBuffer.allocate(1000);
        target.position(7);
        Entry entry = Objects.requireNonNull(ENTRIES.get("appended-json"));
        int dataOffset = EntryFormat.encode(entry, target);
        ByteBuffer payload = target.flip().position(7).slice();

        Entry.Appended decoded = (Entry.Appended) EntryFormat.decode(payload);
        assertThat(decoded.content().dataOffset()).isEqualTo(dataOffset);
        assertThat(decoded.content().bytes())
                .isEqualTo(payload.slice(dataOffset, payload.remaining() - dataOffset));
    }

    private static String describe(Entry entry) {
        return switch (entry) {
            case Entry.Created c ->
                    c.path()
                            + c.contentType()
                            + c.lifetime()
                            + c.closed()
                            + c.fork()
                            + c.time()
                            + describe(c.content());
            case Entry.Appended a ->
                    ""
                            + a.time()
                            + a.streamId()
                            + a.wireByte()
                            + a.close()
                            + a.producer()
                            + a.streamSeq()
                            + describe(a.content());
            default -> entry.toString();
        };
    }

    private static String describe(Entry.Content content) {
        return Arrays.toString(content.payload().messageLengths())
                + UTF_8.decode(content.bytes().duplicate());
    }

    private static byte[] encode(Entry entry) {
        ByteBuffer target = ByteBuffer.allocate(1000);
        int _ = EntryFormat.encode(entry, target);
        byte[] bytes = new byte[target.flip().remaining()];
        target.get(bytes);
        return bytes;
    }

    private static int written(String name) {
        return ENTRIES.get(name) instanceof Entry.Appended ? 2 : 1;
    }

    private static String golden(String name, int version) throws IOException {
        String resource = "/golden/entry-v" + version + "/" + name + ".hex";
        try (InputStream in = EntryFormatGoldenTest.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), UTF_8)
                    .replaceAll("\\s", "");
        }
    }
}
