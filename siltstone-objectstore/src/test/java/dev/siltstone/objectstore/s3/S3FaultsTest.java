package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.objectstore.BackOff;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.EffectUnknownException;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.objectstore.RetrySettings;
import dev.siltstone.objectstore.RetryingStore;
import dev.siltstone.objectstore.StoreMeter;
import dev.siltstone.objectstore.StoreRefusedException;
import dev.siltstone.objectstore.StoreUnavailableException;
import dev.siltstone.objectstore.StoreUsage;
import dev.siltstone.objectstore.UploadId;
import dev.siltstone.objectstore.s3.FakeS3.Fault;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// What a server does wrong, and what [S3Store] makes of it.
class S3FaultsTest {
    private static final ObjectKey KEY = ObjectKey.of("a/key");
    private static final ObjectBody BODY = ObjectBody.of("hello world".getBytes(UTF_8));

    private FakeS3 s3;
    private S3Store store;

    @BeforeEach
    void open() throws IOException {
        s3 = FakeS3.start();
        store =
                S3Store.open(
                        s3.settings("prefix/"), InstantSource.system(), new SplittableRandom(1));
        s3.forgetRequests();
    }

    @AfterEach
    void close() {
        store.close();
        s3.close();
    }

    @Test
    void provesPutIfAbsentWhenItOpens() throws IOException {
        S3Store.open(s3.settings("other/"), InstantSource.system(), new SplittableRandom(2))
                .close();

        assertThat(s3.requests())
                .extracting(FakeS3.Request::toString)
                .containsExactly(
                        "PutObject-if-absent", "HeadObject", "PutObject-if-absent", "DeleteObject");
        assertThat(s3.objects()).isEmpty();
        s3.forgetRequests();
        S3Store.openForReading(s3.settings("other/"), InstantSource.system()).close();
        assertThat(s3.requests()).isEmpty();
    }

    @Test
    void provesPutIfAbsentOnceBeforeTheFirstWriteIfItIsToldTo() throws IOException {
        try (S3Store later =
                S3Store.openProvingLater(
                        s3.settings("later/"), InstantSource.system(), new SplittableRandom(2))) {
            assertThat(later.list("", null).objects()).isEmpty();
            later.put(KEY, ObjectBody.of(new byte[1]), PutOptions.NONE);
            later.abortUpload(later.startUpload(KEY, PutOptions.NONE));
        }
        assertThat(s3.requests())
                .extracting(FakeS3.Request::toString)
                .containsExactly(
                        "ListObjectsV2",
                        "PutObject-if-absent",
                        "HeadObject",
                        "PutObject-if-absent",
                        "DeleteObject",
                        "PutObject",
                        "CreateMultipartUpload",
                        "AbortMultipartUpload");
    }

    @Test
    void writesNothingToAStoreThatOverwritesIfItIsToProveItLater() throws IOException {
        s3.ignoreConditions();
        try (S3Store later =
                S3Store.openProvingLater(
                        s3.settings("x/"), InstantSource.system(), new SplittableRandom(2))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(
                                () -> later.put(KEY, ObjectBody.of(new byte[1]), PutOptions.NONE))
                        .isInstanceOf(StoreRefusedException.class)
                        .hasMessageContaining("overwrites");
                assertThatThrownBy(() -> later.startUpload(KEY, PutOptions.NONE))
                        .isInstanceOf(StoreRefusedException.class);
            }
        }
        assertThat(s3.objects()).isEmpty();
    }

    @Test
    void refusesAStoreThatOverwrites() {
        s3.ignoreConditions();

        assertThatThrownBy(() ->
                        S3Store.open(
                                s3.settings("x/"), InstantSource.system(), new SplittableRandom(2)))
                .isInstanceOf(StoreRefusedException.class)
                .hasMessageContaining("If-None-Match")
                .hasMessageContaining("overwrites")
                .hasMessageContaining("s3://bucket/x");
        assertThat(s3.objects()).isEmpty();
    }

    @Test
    void saysThatThereIsNoSuchBucket() {
        S3Settings settings =
                S3Settings.of("nowhere", "")
                        .withEndpoint(s3.uri())
                        .withCredentials(new S3Credentials("a", "b"));

        assertThatThrownBy(() ->
                        S3Store.open(settings, InstantSource.system(), new SplittableRandom(2)))
                .isInstanceOf(StoreRefusedException.class)
                .hasMessageContaining("NoSuchBucket")
                .hasMessageContaining("create the bucket first");
        try (S3Store reading = S3Store.openForReading(settings, InstantSource.system())) {
            assertThatThrownBy(() -> reading.get(KEY)).isInstanceOf(StoreRefusedException.class);
            assertThatThrownBy(() -> reading.list("", null))
                    .isInstanceOf(StoreRefusedException.class);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void saysThatNobodyIsThere() throws IOException {
        s3.close();

        try (S3Store late =
                S3Store.openForReading(s3.settings("prefix/"), InstantSource.system())) {
            assertThatThrownBy(() -> late.putIfAbsent(KEY, BODY, PutOptions.NONE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("put a/key")
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"TRUNCATED", "ERROR_IN_SUCCESS"})
    void makesOneRequestAndSaysWhatItsFailureMeans(Fault fault) {
        s3.failNext("PutObject", fault);
        Class<?> expected =
                fault == Fault.SLOW_DOWN
                        ? StoreUnavailableException.class
                        : EffectUnknownException.class;

        assertThatThrownBy(() -> store.putIfAbsent(KEY, BODY, PutOptions.NONE))
                .isInstanceOf(expected)
                .hasMessageContaining("put a/key");
        assertThat(s3.requests()).hasSize(1);

        s3.failNext("HeadObject", fault);
        assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(StoreUnavailableException.class);
        s3.failNext("GetObject", fault);
        assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(StoreUnavailableException.class);
        s3.failNext("ListObjectsV2", fault);
        assertThatThrownBy(() -> store.list("", null))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(s3.requests()).hasSize(4);
    }

    @Test
    void noticesAnErrorThatComesAsASuccess() throws IOException {
        UploadId upload = store.startUpload(KEY, PutOptions.NONE);
        var parts = List.of(store.putPart(upload, 1, BODY));
        s3.failNext("CompleteMultipartUpload", Fault.ERROR_IN_SUCCESS);

        assertThatThrownBy(() -> store.completeUploadIfAbsent(upload, parts))
                .isInstanceOf(EffectUnknownException.class)
                .hasMessageContaining("InternalError");
        assertThat(store.completeUploadIfAbsent(upload, parts))
                .isInstanceOf(PutOutcome.Created.class);
    }

    @Test
    void noticesABodyThatEndsEarly() throws IOException {
        store.put(KEY, BODY, PutOptions.NONE);
        s3.failNext("GetObject", Fault.TRUNCATED);

        try (ObjectContent content = store.get(KEY)) {
            assertThatThrownBy(content::readAll).isInstanceOf(IOException.class);
        }
        assertThat(store.get(KEY).readAll()).hasSize(11);
    }

    @Test
    void makesExactlyTheseRequests() throws IOException {
        StoreMeter meter = new StoreMeter();
        ObjectStore metered = new MeteredStore(store, meter);
        metered.putIfAbsent(KEY, BODY, PutOptions.NONE);
        metered.put(KEY, BODY, PutOptions.NONE);
        metered.head(KEY);
        metered.get(KEY, 2, 3).readAll();
        metered.list("", null);
        metered.delete(List.of(KEY, ObjectKey.of("none")));
        metered.delete(KEY);
        UploadId upload = metered.startUpload(KEY, PutOptions.NONE);
        var part = metered.putPart(upload, 1, BODY);
        metered.listParts(upload);
        metered.completeUploadIfAbsent(upload, List.of(part));
        metered.abortUpload(upload);

        assertThat(s3.requests())
                .extracting(FakeS3.Request::toString)
                .containsExactly(
                        "PutObject-if-absent",
                        "PutObject",
                        "HeadObject",
                        "GetObject",
                        "ListObjectsV2",
                        "DeleteObjects",
                        "DeleteObject",
                        "CreateMultipartUpload",
                        "UploadPart",
                        "ListParts",
                        "CompleteMultipartUpload-if-absent",
                        "AbortMultipartUpload");
        assertThat(meter.usage().total()).isEqualTo(new StoreUsage.Calls(12, 0, 33, 3));
    }

    @Test
    void deletesOneByOneWhereThereIsNoBatch() throws IOException {
        try (S3Store other =
                S3Store.openForReading(
                        s3.settings("p/").withProfile(S3Profile.OTHER), InstantSource.system())) {
            other.delete(List.of(KEY, ObjectKey.of("b")));
        }

        assertThat(s3.requests())
                .extracting(FakeS3.Request::operation)
                .containsExactly("DeleteObject", "DeleteObject");
    }

    @Test
    void leavesOutForeignKeys() throws IOException {
        store.put(KEY, BODY, PutOptions.NONE);
        try (S3Store strange =
                S3Store.openForReading(s3.settings("prefix//"), InstantSource.system())) {
            strange.put(ObjectKey.of("foreign"), BODY, PutOptions.NONE);
        }

        assertThat(s3.objects()).hasSize(2);
        assertThat(store.list("", null).objects()).hasSize(1);
    }

    @Test
    void anInterruptEndsARequest() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        s3.before(() -> {
            reached.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                store.put(KEY, BODY, PutOptions.NONE);
                            } catch (IOException e) {
                                failure.set(e);
                            }
                        });
        reached.await();
        caller.interrupt();
        caller.join();
        never.countDown();

        assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void anInterruptEndsARequestThatWaitsForAConnection() throws Exception {
        try (S3Store narrow =
                S3Store.open(oneConnection(), InstantSource.system(), new SplittableRandom(1))) {
            narrow.put(KEY, ObjectBody.of(new byte[1 << 20]), PutOptions.NONE);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (ObjectContent holdsTheConnection = narrow.get(KEY)) {
                assertThat(holdsTheConnection.stream().read()).isZero();
                Thread caller =
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        narrow.head(KEY);
                                    } catch (IOException | RuntimeException e) {
                                        failure.set(e);
                                    }
                                });
                while (caller.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
                caller.join();
            }
            assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
        }
    }

    private S3Settings oneConnection() {
        S3Settings some = s3.settings("narrow/");
        return new S3Settings(
                some.bucket(),
                some.prefix(),
                some.endpoint(),
                some.region(),
                some.pathStyle(),
                some.profile(),
                some.storageClass(),
                some.credentials(),
                1,
                some.timeout());
    }

    /// Writers race for the same keys while a third of all requests goes wrong, and yet each knows whether it
    /// was the one.
    @Test
    void everyRaceHasOneWinnerWhateverGoesWrong() throws Exception {
        StoreMeter meter = new StoreMeter();
        s3.fail(
                FakeS3.random(
                        5,
                        0.3,
                        Fault.ERROR,
                        Fault.ERROR_AFTER_EFFECT,
                        Fault.SLOW_DOWN,
                        Fault.LOST_REQUEST,
                        Fault.LOST_RESPONSE));
        for (int round = 0; round < 20; round++) {
            ObjectKey key = ObjectKey.of("race/" + round);
            List<Integer> winners = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<PutOutcome>> racers =
                        IntStream.range(0, 8)
                                .mapToObj(racer ->
                                        threads.submit(() ->
                                                retrying(meter, racer)
                                                        .putIfAbsent(
                                                                key,
                                                                racer(racer),
                                                                PutOptions.NONE)))
                                .toList();
                for (int racer = 0; racer < 8; racer++) {
                    if (racers.get(racer).get() instanceof PutOutcome.Created) {
                        winners.add(racer);
                    }
                }
            }
            assertThat(winners).as("winners of round %d", round).hasSize(1);
            assertThat(s3.objects().get("prefix/race/" + round))
                    .asString(UTF_8)
                    .isEqualTo("racer " + winners.getFirst());
        }
        assertThat(meter.usage().calls().get(CallKind.PUT_IF_ABSENT).failures()).isPositive();
        assertThat(meter.usage().requests()).containsKey(CallKind.HEAD);
    }

    private ObjectStore retrying(StoreMeter meter, int racer) {
        return new RetryingStore(
                new MeteredStore(store, meter),
                new RetrySettings(50),
                new BackOff(
                        Duration.ofMillis(1), Duration.ofMillis(1), new SplittableRandom(racer)),
                pause -> Thread.yield(),
                new SplittableRandom(1000 + racer));
    }

    private static ObjectBody racer(int racer) {
        return ObjectBody.of(("racer " + racer).getBytes(UTF_8));
    }

    @Test
    void keepsWhatWasPutWithMetadata() throws IOException {
        store.put(KEY, BODY, PutOptions.withMetadata(Map.of("a", "b")));

        assertThat(s3.objects()).containsOnlyKeys("prefix/a/key");
        assertThatThrownBy(() -> store.head(ObjectKey.of("prefix/a/key")))
                .isInstanceOf(NoSuchObjectException.class);
    }
}
