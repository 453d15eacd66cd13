package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.FaultyStore.Fault;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryingStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("a/key");
    private static final ObjectBody OURS = ObjectBody.of("ours".getBytes(UTF_8));
    private static final ObjectBody THEIRS = ObjectBody.of("theirs".getBytes(UTF_8));

    private final MemoryStore memory = new MemoryStore(new ManualClock());
    private final FaultyStore faulty = new FaultyStore(memory);
    private final StoreMeter meter = new StoreMeter();
    private final Retries retries = new Retries();
    private final RetryingStore store = retries.around(new MeteredStore(faulty, meter), 4);

    @Test
    void triesAgainWithGrowingPauses() throws IOException {
        faulty.failNext(CallKind.PUT, Fault.UNAVAILABLE, Fault.LOST_BEFORE, Fault.LOST_AFTER);

        store.put(KEY, OURS, PutOptions.NONE);

        assertThat(text()).isEqualTo("ours");
        assertThat(meter.usage().requests().get(CallKind.PUT)).isEqualTo(4);
        assertThat(meter.usage().calls().get(CallKind.PUT).failures()).isEqualTo(3);
        assertThat(retries.pauses()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Duration whole = Duration.ofMillis(100 << i);
            assertThat(retries.pauses().get(i)).isBetween(whole.dividedBy(2), whole);
        }
    }

    @Test
    void givesUpAfterSoManyAttempts() {
        faulty.goAway();

        assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(StoreUnavailableException.class);
        assertThat(meter.usage().requests()).isEqualTo(Map.of(CallKind.HEAD, 4L));
    }

    @Test
    void doesNotRepeatWhatCannotHelp() {
        assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(NoSuchObjectException.class);
        assertThat(meter.usage().requests()).isEqualTo(Map.of(CallKind.GET, 1L));
        assertThat(retries.pauses()).isEmpty();
    }

    @Test
    void saysThatAnEarlierAttemptMayHaveHappened() {
        faulty.failNext(
                CallKind.PUT,
                Fault.LOST_AFTER,
                Fault.UNAVAILABLE,
                Fault.UNAVAILABLE,
                Fault.UNAVAILABLE);

        assertThatThrownBy(() -> store.put(KEY, OURS, PutOptions.NONE))
                .isInstanceOf(EffectUnknownException.class)
                .hasMessageContaining("may have succeeded");
    }

    @Test
    void knowsItsOwnObjectAgain() throws IOException {
        faulty.failNext(CallKind.PUT_IF_ABSENT, Fault.LOST_AFTER);

        assertThat(store.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isEqualTo(new PutOutcome.Created(memory.head(KEY).etag()));
        assertThat(meter.usage().requests())
                .isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 2L, CallKind.HEAD, 1L));
    }

    @Test
    void knowsThatAnObjectIsAnothersThoughItsBytesAreTheSame() throws IOException {
        retries.around(memory, 1).putIfAbsent(KEY, OURS, PutOptions.NONE);
        faulty.failNext(CallKind.PUT_IF_ABSENT, Fault.LOST_BEFORE);

        assertThat(store.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isEqualTo(new PutOutcome.AlreadyThere());
    }

    @Test
    void looksAtNothingWhenNoAttemptCanHaveHappened() throws IOException {
        memory.put(KEY, THEIRS, PutOptions.NONE);
        faulty.failNext(CallKind.PUT_IF_ABSENT, Fault.UNAVAILABLE, Fault.UNAVAILABLE);

        assertThat(store.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isEqualTo(new PutOutcome.AlreadyThere());
        assertThat(meter.usage().requests()).isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 3L));
    }

    @Test
    void saysSoWhenTheLookFailsToo() {
        faulty.fail(kind ->
                switch (kind) {
                    case PUT_IF_ABSENT -> Fault.LOST_AFTER;
                    default -> Fault.UNAVAILABLE;
                });
        assertThatThrownBy(() -> store.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isInstanceOf(EffectUnknownException.class);
        int[] puts = {0};
        faulty.fail(kind ->
                switch (kind) {
                    case PUT_IF_ABSENT -> puts[0]++ == 0 ? Fault.LOST_AFTER : null;
                    default -> Fault.UNAVAILABLE;
                });
        assertThatThrownBy(() -> store.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isInstanceOf(EffectUnknownException.class)
                .hasMessageContaining("a look did not tell");
    }

    @Test
    void comparesBytesWhereThereIsNoMetadata() throws IOException {
        ForgetfulStore forgetful = new ForgetfulStore(memory);
        FaultyStore between = new FaultyStore(forgetful);
        RetryingStore without = retries.around(between, 4);

        between.failNext(CallKind.PUT_IF_ABSENT, Fault.LOST_AFTER);
        assertThat(without.putIfAbsent(KEY, OURS, PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);
        between.failNext(CallKind.PUT_IF_ABSENT, Fault.LOST_BEFORE);
        assertThat(without.putIfAbsent(KEY, THEIRS, PutOptions.NONE))
                .isInstanceOf(PutOutcome.AlreadyThere.class);
    }

    @Test
    void knowsItsOwnUploadAgain() throws IOException {
        for (Fault fault : List.of(Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.UNAVAILABLE)) {
            memory.delete(KEY);
            UploadId upload = store.startUpload(KEY, PutOptions.NONE);
            List<UploadedPart> parts = List.of(store.putPart(upload, 1, OURS));
            faulty.failNext(CallKind.UPLOAD_COMPLETE_IF_ABSENT, fault);

            assertThat(store.completeUploadIfAbsent(upload, parts))
                    .as("after %s", fault)
                    .isEqualTo(new PutOutcome.Created(memory.head(KEY).etag()));
        }
        UploadId upload = store.startUpload(KEY, PutOptions.NONE);
        List<UploadedPart> parts = List.of(store.putPart(upload, 1, THEIRS));
        faulty.failNext(CallKind.UPLOAD_COMPLETE, Fault.LOST_AFTER);
        assertThat(store.completeUpload(upload, parts)).isEqualTo(memory.head(KEY).etag());
        assertThat(text()).isEqualTo("theirs");
    }

    @Test
    void knowsThatAnotherCompletedFirst() throws IOException {
        UploadId upload = store.startUpload(KEY, PutOptions.NONE);
        List<UploadedPart> parts = List.of(store.putPart(upload, 1, OURS));
        memory.put(KEY, THEIRS, PutOptions.NONE);
        faulty.failNext(CallKind.UPLOAD_COMPLETE_IF_ABSENT, Fault.LOST_BEFORE);

        assertThat(store.completeUploadIfAbsent(upload, parts))
                .isEqualTo(new PutOutcome.AlreadyThere());
    }

    @Test
    void doesNotTakeAnEndedUploadForItsOwnWithoutReason() throws IOException {
        UploadId upload = store.startUpload(KEY, PutOptions.NONE);
        List<UploadedPart> parts = List.of(store.putPart(upload, 1, OURS));
        store.completeUpload(upload, parts);

        assertThatThrownBy(() -> store.completeUploadIfAbsent(upload, parts))
                .isInstanceOf(NoSuchUploadException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000, 100_000})
    void goesOnReadingWhereABodyBrokeOff(int bytes) throws IOException {
        byte[] whole = new byte[bytes];
        new Random(bytes).nextBytes(whole);
        memory.put(KEY, ObjectBody.of(whole), PutOptions.NONE);
        int[] gets = {0};
        faulty.fail(kind -> gets[0]++ < 12 && gets[0] % 3 != 0 ? Fault.TRUNCATED : null);

        try (ObjectContent content = store.get(KEY)) {
            assertThat(content.readAll()).isEqualTo(whole);
        }
        gets[0] = 0;
        try (ObjectContent content = store.get(KEY, bytes / 3, Math.max(1, bytes / 2))) {
            assertThat(content.readAll())
                    .isEqualTo(
                            Arrays.copyOfRange(
                                    whole, bytes / 3, bytes / 3 + Math.max(1, bytes / 2)));
        }
        assertThat(meter.usage().calls().get(CallKind.GET).requests()).isGreaterThan(2);
    }

    @Test
    void givesUpReadingThatDoesNotGoOn() throws IOException {
        memory.put(KEY, OURS, PutOptions.NONE);
        ObjectContent content = store.get(KEY);
        int[] gets = {0};
        faulty.fail(kind -> gets[0]++ == 0 ? Fault.TRUNCATED : Fault.UNAVAILABLE);

        try (ObjectContent second = store.get(KEY)) {
            assertThatThrownBy(second::readAll).isInstanceOf(StoreUnavailableException.class);
        }
        assertThat(content.readAll()).hasSize(4);
    }

    @Test
    void doesNotMixTwoObjects() throws IOException {
        memory.put(KEY, OURS, PutOptions.NONE);
        faulty.failNext(CallKind.GET, Fault.TRUNCATED);
        try (ObjectContent content = store.get(KEY)) {
            memory.put(KEY, THEIRS, PutOptions.NONE);
            assertThatThrownBy(content::readAll)
                    .isInstanceOf(StoreRefusedException.class)
                    .hasMessageContaining("replaced while it was being read");
        }
    }

    @Test
    void anInterruptEndsTheWaiting() {
        RetryingStore waiting =
                new RetryingStore(
                        faulty,
                        new RetrySettings(4),
                        new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(1)),
                        duration -> {
                            throw new InterruptedException();
                        },
                        new SplittableRandom(1));
        faulty.goAway();

        assertThatThrownBy(() -> waiting.head(KEY)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private String text() throws IOException {
        return new String(memory.get(KEY).readAll(), UTF_8);
    }
}
