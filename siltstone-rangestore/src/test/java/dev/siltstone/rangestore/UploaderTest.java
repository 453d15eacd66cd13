package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.TIME;
import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.BackOff;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectBody;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UploaderTest {
    private static final HexNames NAMES = new HexNames(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    private final MemoryStore memory = new MemoryStore(new ManualClock());
    private final FaultyStore faulty = new FaultyStore(memory);
    private final Semaphore permits = new Semaphore(1);

    /// Each pause waits until the test takes it.
    private final SynchronousQueue<Duration> pauses = new SynchronousQueue<>();

    private LocalRanges local;
    private UploadBacklog backlog;

    @BeforeEach
    void open() throws IOException {
        local = LocalRanges.open(new SimulatedDisk(), Path.of("/local"), NAMES);
        RemoteRanges remote =
                RemoteRanges.open(faulty, "", NAMES, RemoteSettings.ofTimeName("time"));
        backlog = UploadBacklog.open(local, remote, 0, 100, local::attributes);
    }

    private Uploader start() {
        return Uploader.start(
                backlog,
                permits,
                new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(60), new SplittableRandom(1)),
                pauses::put);
    }

    @Test
    void uploadsWhatIsAdded() throws Exception {
        try (Uploader uploader = start()) {
            for (int i = 1; i <= 10; i++) {
                backlog.add(put(local, id(0, i, i), "number " + i));
            }
            assertThat(backlog.awaitConfirmed(10, LONG)).isTrue();
            assertThat(uploader.state()).isInstanceOf(UploadState.Ready.class);
            assertThat(memory.list("", null).objects()).hasSize(10);
            assertThat(backlog.awaitConfirmed(11, Duration.ZERO)).isFalse();
        }
        assertThat(permits.availablePermits()).isEqualTo(1);
    }

    @Test
    void triesForEverWhileTheStoreIsAway() throws Exception {
        faulty.goAway();
        backlog.add(put(local, id(0, 1, 1), "x"));
        try (Uploader uploader = start()) {
            Duration last = Duration.ZERO;
            for (int failures = 1; failures <= 20; failures++) {
                Duration pause = pauses.take();
                assertThat(pause).isLessThanOrEqualTo(Duration.ofSeconds(60));
                last = pause;
            }
            assertThat(last).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
            pauses.take();
            assertThat(uploader.state()).isInstanceOf(UploadState.Waiting.class);
            assertThat(backlog.pendingFiles()).isEqualTo(1);
            faulty.recover();
            Thread taker = Thread.ofVirtual().start(this::takeOne);
            assertThat(backlog.awaitConfirmed(1, LONG)).isTrue();
            taker.interrupt();
            taker.join();
        }
    }

    private void takeOne() {
        try {
            pauses.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void stopsWhenAnotherWriterIsThere() throws Exception {
        RemoteRanges.open(memory, "", NAMES, RemoteSettings.ofTimeName("time"))
                .put(id(0, 1, 1), ObjectBody.of(new byte[1]), TIME, Map.of());
        try (Uploader uploader = start()) {
            backlog.add(put(local, id(0, 1, 1), "ours"));

            assertThatThrownBy(() -> backlog.awaitConfirmed(1, LONG))
                    .isInstanceOf(RangeTakenException.class);
            uploader.close();
            assertThat(uploader.state())
                    .isInstanceOfSatisfying(
                            UploadState.Stopped.class,
                            stopped ->
                                    assertThat(stopped.cause())
                                            .isInstanceOf(RangeTakenException.class));
        }
    }

    @Test
    void uploadsNoMoreAtOnceThanAllowed() throws Exception {
        FaultyStore.Stall stall = faulty.stall(CallKind.PUT_IF_ABSENT);
        backlog.add(put(local, id(0, 1, 1), "x"));
        try (Uploader first = start()) {
            stall.awaitReached();
            assertThat(permits.availablePermits()).isZero();
            stall.release();
            assertThat(backlog.awaitConfirmed(1, LONG)).isTrue();
            assertThat(first.state()).isInstanceOf(UploadState.Ready.class);
        }
    }

    @Test
    void closesWhileItWaitsForWork() throws Exception {
        Uploader uploader = start();
        uploader.close();
        uploader.close();

        assertThat(uploader.state())
                .isInstanceOfSatisfying(
                        UploadState.Stopped.class,
                        stopped -> assertThat(stopped.cause()).hasMessageContaining("closed"));
        backlog.add(put(local, id(0, 1, 1), "x"));
        assertThat(backlog.uploadNext()).isTrue();
    }
}
