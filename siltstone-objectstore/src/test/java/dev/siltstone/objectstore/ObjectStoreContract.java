package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [ObjectStore] does. Each test gets an empty one.
public abstract class ObjectStoreContract {
    private static final int RACERS = 16;

    private ObjectStore store;

    /// What a server does otherwise than S3, and nothing here rests on.
    protected enum Quirk {
        /// Takes parts for an upload that was completed or aborted, and lists it as empty.
        ENDED_UPLOADS_GO_ON,
        /// Sorts keys by UTF-16, which is another order beyond U+FFFF.
        SORTS_BY_UTF16,
        /// Fails to delete `a/b/c` when there is an object `a/b`.
        NO_DELETE_BELOW_AN_OBJECT,
        /// Lists what came of an object whose body broke off, under a name of its own.
        LISTS_WHAT_BROKE_OFF
    }

    /// Opens an empty store; it is closed after the test.
    protected abstract ObjectStore open() throws IOException;

    protected Set<Quirk> quirks() {
        return Set.of();
    }

    /// Returns how many rounds a race takes.
    protected int raceRounds() {
        return 10;
    }

    @BeforeEach
    final void openStore() throws IOException {
        store = open();
    }

    @AfterEach
    final void closeStore() throws IOException {
        store.close();
    }

    protected final ObjectStore store() {
        return store;
    }

    @Test
    void readsBackWhatWasPut() throws IOException {
        String etag = store.put(key("a/b/c"), text("hello world"), PutOptions.NONE);

        try (ObjectContent content = store.get(key("a/b/c"))) {
            assertThat(content.start()).isZero();
            assertThat(content.bytes()).isEqualTo(11);
            assertThat(content.info().key()).isEqualTo(key("a/b/c"));
            assertThat(content.info().bytes()).isEqualTo(11);
            assertThat(content.info().etag()).isEqualTo(etag).isNotEmpty();
            assertThat(new String(content.readAll(), UTF_8)).isEqualTo("hello world");
        }
        assertThat(store.head(key("a/b/c")).bytes()).isEqualTo(11);
        assertThat(store.head(key("a/b/c")).etag()).isEqualTo(etag);
    }

    @Test
    void keepsAnEmptyObject() throws IOException {
        store.put(key("empty"), text(""), PutOptions.NONE);

        assertThat(read("empty")).isEmpty();
        assertThat(store.head(key("empty")).bytes()).isZero();
        assertThatThrownBy(() -> store.get(key("empty"), 0, 1))
                .isInstanceOf(ObjectRangeException.class);
    }

    @Test
    void readsRanges() throws IOException {
        store.put(key("a"), text("0123456789"), PutOptions.NONE);

        assertThat(read("a", 0, 10)).isEqualTo("0123456789");
        assertThat(read("a", 0, 1)).isEqualTo("0");
        assertThat(read("a", 3, 4)).isEqualTo("3456");
        assertThat(read("a", 9, 1)).isEqualTo("9");
        assertThat(read("a", 8, 100)).isEqualTo("89");
        assertThat(read("a", 8, Long.MAX_VALUE)).isEqualTo("89");
        try (ObjectContent content = store.get(key("a"), 3, 4)) {
            assertThat(content.start()).isEqualTo(3);
            assertThat(content.bytes()).isEqualTo(4);
            assertThat(content.info().bytes()).isEqualTo(10);
        }
    }

    @Test
    void refusesARangePastTheEnd() throws IOException {
        store.put(key("a"), text("0123456789"), PutOptions.NONE);

        assertThatThrownBy(() -> store.get(key("a"), 10, 1))
                .isInstanceOf(ObjectRangeException.class)
                .hasMessageContaining("a")
                .hasMessageContaining("10");
        assertThatThrownBy(() -> store.get(key("a"), 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.get(key("a"), -1, 5))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysThatAnObjectIsNotThere() {
        assertThatThrownBy(() -> store.get(key("none/at/all")))
                .isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("none/at/all");
        assertThatThrownBy(() -> store.get(key("none"), 0, 5))
                .isInstanceOf(NoSuchObjectException.class);
        assertThatThrownBy(() -> store.head(key("none")))
                .isInstanceOf(NoSuchObjectException.class)
                .satisfies(e -> {
                    assertThat(((ObjectStoreException) e).retryHelps()).isFalse();
                    assertThat(((ObjectStoreException) e).effectUnknown()).isFalse();
                });
    }

    @Test
    void aFolderIsNoObjectAndAnObjectNoFolder() throws IOException {
        store.put(key("a/b"), text("x"), PutOptions.NONE);

        assertThatThrownBy(() -> store.get(key("a"))).isInstanceOf(NoSuchObjectException.class);
        assertThatThrownBy(() -> store.get(key("a/b/c"))).isInstanceOf(NoSuchObjectException.class);
        store.delete(key("a"));
        if (!quirks().contains(Quirk.NO_DELETE_BELOW_AN_OBJECT)) {
            store.delete(key("a/b/c"));
        }
        assertThat(read("a/b")).isEqualTo("x");
    }

    @Test
    void putReplaces() throws IOException {
        String first = store.put(key("a"), text("first"), PutOptions.NONE);
        String second = store.put(key("a"), text("second!"), PutOptions.NONE);

        assertThat(read("a")).isEqualTo("second!");
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void putIfAbsentDoesNotReplace() throws IOException {
        assertThat(store.putIfAbsent(key("a/b"), text("first"), PutOptions.NONE))
                .isEqualTo(new PutOutcome.Created(store.head(key("a/b")).etag()));
        assertThat(store.putIfAbsent(key("a/b"), text("second"), PutOptions.NONE))
                .isEqualTo(new PutOutcome.AlreadyThere());
        assertThat(read("a/b")).isEqualTo("first");
        store.delete(key("a/b"));
        assertThat(store.putIfAbsent(key("a/b"), text("third"), PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);
    }

    @Test
    void ofManyPutsIfAbsentOneWins() throws Exception {
        for (int round = 0; round < raceRounds(); round++) {
            ObjectKey key = key("race/" + round);
            List<Integer> winners = race(key);

            assertThat(winners).as("winners of round %d", round).hasSize(1);
            assertThat(read(key.value())).isEqualTo("racer " + winners.getFirst());
        }
    }

    private List<Integer> race(ObjectKey key) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Integer> winners = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PutOutcome>> racers =
                    IntStream.range(0, RACERS)
                            .mapToObj(racer ->
                                    threads.submit(() -> {
                                        start.await();
                                        return store.putIfAbsent(
                                                key, text("racer " + racer), PutOptions.NONE);
                                    }))
                            .toList();
            start.countDown();
            for (int racer = 0; racer < RACERS; racer++) {
                if (racers.get(racer).get() instanceof PutOutcome.Created) {
                    winners.add(racer);
                }
            }
        }
        return winners;
    }

    @Test
    void keepsUserMetadata() throws IOException {
        assumeThat(store.keepsMetadata()).isTrue();
        Map<String, String> metadata =
                Map.of("litestream-timestamp", "2026-01-02T03:04:05.678Z", "a1", "x = y; z");
        store.put(key("put"), text("x"), PutOptions.withMetadata(metadata));
        store.putIfAbsent(key("if-absent"), text("x"), PutOptions.withMetadata(metadata));
        store.put(key("none"), text("x"), PutOptions.NONE);

        assertThat(store.head(key("put")).metadata()).isEqualTo(metadata);
        assertThat(store.head(key("if-absent")).metadata()).isEqualTo(metadata);
        assertThat(store.head(key("none")).metadata()).isEmpty();
        try (ObjectContent content = store.get(key("put"))) {
            assertThat(content.info().metadata()).isEqualTo(metadata);
        }
    }

    @Test
    void givesAnObjectItsTimeWhereItSaysSo() throws IOException {
        assumeThat(store.setsModified()).isTrue();
        Instant time = Instant.parse("2020-02-03T04:05:06.789Z");
        store.put(key("put"), text("x"), PutOptions.NONE.at(time));
        store.putIfAbsent(key("if-absent"), text("x"), PutOptions.NONE.at(time));

        assertThat(store.head(key("put")).modified()).isEqualTo(time);
        assertThat(store.head(key("if-absent")).modified()).isEqualTo(time);
        assertThat(store.list("", null).objects())
                .extracting(ListedObject::modified)
                .containsOnly(time);
    }

    @Test
    void listsInTheOrderOfUtf8() throws IOException {
        List<String> keys =
                List.of(
                        "a-b",
                        "a/b",
                        "a/b-c",
                        "a/c/d",
                        "a/c0",
                        "a0",
                        "b/" + "z",
                        "ä",
                        "\uFFFDreplacement");
        for (String key : keys.reversed()) {
            store.put(key(key), text(key), PutOptions.NONE);
        }

        assertThat(list("", null)).containsExactlyElementsOf(keys);
        for (ListedObject object : store.list("", null).objects()) {
            assertThat(object.bytes()).isEqualTo(object.key().value().getBytes(UTF_8).length);
        }
    }

    @Test
    void listsWhatIsBeyondTheBasicPlaneLast() throws IOException {
        assumeThat(quirks()).doesNotContain(Quirk.SORTS_BY_UTF16);
        store.put(key("\uD83D\uDE00smile"), text("x"), PutOptions.NONE);
        store.put(key("\uFFFDreplacement"), text("x"), PutOptions.NONE);

        assertThat(list("", null)).containsExactly("\uFFFDreplacement", "\uD83D\uDE00smile");
    }

    @Test
    void listsByPrefixAndAfter() throws IOException {
        for (String key :
                List.of("ltx/0/a", "ltx/0/b", "ltx/00/c", "ltx/1/d", "ltx-other/e", "ltx2")) {
            store.put(key(key), text("x"), PutOptions.NONE);
        }

        assertThat(list("ltx/0/", null)).containsExactly("ltx/0/a", "ltx/0/b");
        assertThat(list("ltx/0", null)).containsExactly("ltx/0/a", "ltx/0/b", "ltx/00/c");
        assertThat(list("ltx/", "ltx/0/a")).containsExactly("ltx/0/b", "ltx/00/c", "ltx/1/d");
        assertThat(list("ltx/", "ltx/0/")).hasSize(4);
        assertThat(list("ltx/", "a")).hasSize(4);
        assertThat(list("ltx/", "ltx/00/c")).containsExactly("ltx/1/d");
        assertThat(list("ltx/", "ltx/1")).containsExactly("ltx/1/d");
        assertThat(list("ltx/", "m")).isEmpty();
        assertThat(list("ltx/0/a", null)).containsExactly("ltx/0/a");
        assertThat(list("none/", null)).isEmpty();
        assertThat(list("l", "ltx2")).isEmpty();
    }

    @Test
    void listsNothingInAnEmptyStore() throws IOException {
        assertThat(store.list("", null)).isEqualTo(new ObjectPage(List.of(), null));
        assertThat(list("../", null)).isEmpty();
        assertThat(list("/", null)).isEmpty();
    }

    @Test
    void listsEverythingPageByPage() throws IOException {
        List<String> keys =
                IntStream.range(0, 25)
                        .mapToObj(i -> "%s/%02d".formatted("abcde".charAt(i / 5), i))
                        .toList();
        for (String key : keys) {
            store.put(key(key), text("x"), PutOptions.NONE);
        }

        assertThat(list("", null)).containsExactlyElementsOf(keys);
        assertThat(list("c/", null)).containsExactlyElementsOf(keys.subList(10, 15));
    }

    @Test
    void keepsKeysAsTheyAre() throws IOException {
        List<String> keys =
                List.of(
                        " leading and trailing ",
                        "a+b&c=d?e#f%20g",
                        "it's \"quoted\" <xml> & co",
                        "tilde~star*paren(1)!",
                        "Ünïcödé/日本",
                        "..a/b..",
                        "a\\b",
                        "x".repeat(200) + "/" + "y".repeat(200));
        for (String key : keys) {
            store.put(key(key), text(key), PutOptions.NONE);
        }

        for (String key : keys) {
            assertThat(read(key)).isEqualTo(key);
        }
        assertThat(list("", null)).containsExactlyInAnyOrderElementsOf(keys);
        store.delete(keys.stream().map(ObjectKey::of).toList());
        assertThat(list("", null)).isEmpty();
    }

    @Test
    void deletes() throws IOException {
        store.put(key("a/b"), text("x"), PutOptions.NONE);
        store.put(key("a/c"), text("x"), PutOptions.NONE);

        store.delete(key("a/b"));
        store.delete(key("a/b"));
        store.delete(key("never/was"));

        assertThat(list("", null)).containsExactly("a/c");
    }

    @Test
    void deletesMany() throws IOException {
        for (int i = 0; i < 10; i++) {
            store.put(key("many/" + i), text("x"), PutOptions.NONE);
        }
        List<ObjectKey> keys = IntStream.range(3, 13).mapToObj(i -> key("many/" + i)).toList();

        store.delete(keys);
        store.delete(List.of());

        assertThat(list("", null)).containsExactly("many/0", "many/1", "many/2");
        List<ObjectKey> tooMany =
                IntStream.rangeClosed(0, 1000).mapToObj(i -> key("k" + i)).toList();
        assertThatThrownBy(() -> store.delete(tooMany))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1001");
    }

    @Test
    void makesAnObjectOfParts() throws IOException {
        byte[] whole = random((int) store.partBytesMin() + 1000);
        ObjectBody body = ObjectBody.of(whole);
        UploadId upload =
                store.startUpload(key("big/one"), PutOptions.withMetadata(Map.of("name", "value")));
        long first = store.partBytesMin();
        assertThat(store.listParts(upload)).isEmpty();
        UploadedPart two = store.putPart(upload, 2, body.region(first, whole.length - first));
        store.putPart(upload, 1, ObjectBody.of(random((int) first)));
        UploadedPart one = store.putPart(upload, 1, body.region(0, first));

        assertThat(store.listParts(upload)).containsExactly(one, two);
        assertThat(list("", null)).isEmpty();

        String etag = store.completeUpload(upload, List.of(one, two));

        assertThat(readBytes("big/one")).isEqualTo(whole);
        assertThat(store.head(key("big/one")).etag()).isEqualTo(etag);
        if (store.keepsMetadata()) {
            assertThat(store.head(key("big/one")).metadata())
                    .containsExactly(entry("name", "value"));
        }
        assertThat(list("", null)).containsExactly("big/one");
        if (!quirks().contains(Quirk.ENDED_UPLOADS_GO_ON)) {
            assertThatThrownBy(() -> store.listParts(upload))
                    .isInstanceOf(NoSuchUploadException.class)
                    .hasMessageContaining("big/one");
        }
    }

    @Test
    void completingAnUploadIfAbsentDoesNotReplace() throws IOException {
        UploadId first = store.startUpload(key("a"), PutOptions.NONE);
        UploadId second = store.startUpload(key("a"), PutOptions.NONE);
        List<UploadedPart> firstParts = List.of(store.putPart(first, 1, text("first")));
        List<UploadedPart> secondParts = List.of(store.putPart(second, 1, text("second")));

        assertThat(store.completeUploadIfAbsent(second, secondParts))
                .isInstanceOf(PutOutcome.Created.class);
        assertThat(store.completeUploadIfAbsent(first, firstParts))
                .isEqualTo(new PutOutcome.AlreadyThere());
        assertThat(read("a")).isEqualTo("second");
        assertThat(store.listParts(first)).isEqualTo(firstParts);
        store.abortUpload(first);
    }

    @Test
    void completingAnUploadReplaces() throws IOException {
        store.put(key("a"), text("old"), PutOptions.NONE);
        UploadId upload = store.startUpload(key("a"), PutOptions.NONE);

        store.completeUpload(upload, List.of(store.putPart(upload, 7, text("new"))));

        assertThat(read("a")).isEqualTo("new");
    }

    @Test
    void abortsAnUpload() throws IOException {
        UploadId upload = store.startUpload(key("a"), PutOptions.NONE);
        UploadedPart part = store.putPart(upload, 1, text("x"));

        store.abortUpload(upload);
        store.abortUpload(upload);

        assertThatThrownBy(() -> store.completeUpload(upload, List.of(part)))
                .isInstanceOf(NoSuchUploadException.class);
        if (!quirks().contains(Quirk.ENDED_UPLOADS_GO_ON)) {
            assertThatThrownBy(() -> store.putPart(upload, 2, text("x")))
                    .isInstanceOf(NoSuchUploadException.class);
        }
        assertThatThrownBy(() -> store.get(key("a"))).isInstanceOf(NoSuchObjectException.class);
    }

    @Test
    void refusesPartsInDisorder() throws IOException {
        UploadId upload = store.startUpload(key("a"), PutOptions.NONE);
        UploadedPart one = store.putPart(upload, 1, text("x"));
        UploadedPart two = store.putPart(upload, 2, text("x"));

        assertThatThrownBy(() -> store.completeUpload(upload, List.of(two, one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.completeUpload(upload, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        store.abortUpload(upload);
    }

    @Test
    void closesAStreamEarly() throws IOException {
        byte[] whole = random(3 << 20);
        store.put(key("a"), ObjectBody.of(whole), PutOptions.NONE);

        for (int i = 0; i < 3; i++) {
            try (ObjectContent content = store.get(key("a"))) {
                assertThat(content.stream().readNBytes(10)).isEqualTo(Arrays.copyOf(whole, 10));
            }
        }
        assertThat(readBytes("a")).isEqualTo(whole);
    }

    @Test
    void putsNothingWhenTheBodyCannotBeRead() throws IOException {
        ObjectBody broken = new BrokenBody(200_000, 100_000);

        assertThatThrownBy(() -> store.put(key("a"), broken, PutOptions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken body");
        assertThatThrownBy(() -> store.putIfAbsent(key("a"), broken, PutOptions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken body");
        assertThatThrownBy(() -> store.head(key("a"))).isInstanceOf(NoSuchObjectException.class);
        if (!quirks().contains(Quirk.LISTS_WHAT_BROKE_OFF)) {
            assertThat(list("", null)).isEmpty();
        }
        assertThat(store.putIfAbsent(key("a"), text("x"), PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);
    }

    /// A body whose stream fails on the way.
    private record BrokenBody(long bytes, int good) implements ObjectBody {
        @Override
        public InputStream open() {
            return new InputStream() {
                private int left = good;

                @Override
                public int read() throws IOException {
                    if (left-- <= 0) {
                        throw new IOException("broken body");
                    }
                    return 'x';
                }
            };
        }

        @Override
        public ObjectBody region(long start, long length) {
            throw new UnsupportedOperationException();
        }
    }

    protected static ObjectKey key(String value) {
        return ObjectKey.of(value);
    }

    protected static ObjectBody text(String text) {
        return ObjectBody.of(text.getBytes(UTF_8));
    }

    protected static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    protected final String read(String key) throws IOException {
        return new String(readBytes(key), UTF_8);
    }

    private byte[] readBytes(String key) throws IOException {
        try (ObjectContent content = store.get(key(key))) {
            return content.readAll();
        }
    }

    private String read(String key, long start, long bytes) throws IOException {
        try (ObjectContent content = store.get(key(key), start, bytes)) {
            return new String(content.readAll(), UTF_8);
        }
    }

    /// Lists all pages.
    protected final List<String> list(String prefix, String after) throws IOException {
        List<String> keys = new ArrayList<>();
        String from = after;
        do {
            ObjectPage page = store.list(prefix, from);
            page.objects().forEach(object -> keys.add(object.key().value()));
            from = page.next();
        } while (from != null);
        return keys;
    }
}
